"""Pairs of experiments and their bases, all of them at once."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from echoseq.evaluation.predictions import Predictions, read_predictions
from echoseq.places import RECORD, experiment_of, seed_name
from echoseq.training.records import read_record, require_plans


@dataclass(frozen=True)
class Side:
    """One of the two experiments of a pair.

    epochs, updates: of training, by seed, (seeds,).
    learned: whether the run learned, by seed, (seeds,); None if training had a fixed length.
    """

    name: str
    predictions: Predictions
    epochs: np.ndarray
    updates: np.ndarray
    learned: np.ndarray | None


def read(
    inputs: Mapping[str, Sequence[Path]],
    plans: Mapping[str, Mapping[str, Any]] | None = None,
) -> Iterator[tuple[str, tuple[Iterator[tuple[Side, Side]]]]]:
    """Read `predictions` and `bases`, pair by pair, on demand, with the records beside them."""
    require_plans(inputs.get("records", ()), plans or {})
    paths = list(zip(inputs["predictions"], inputs["bases"], strict=True))
    yield f"{len(paths)} pairs", (((_side(ours), _side(base)) for ours, base in paths),)


def _side(path: Path) -> Side:
    predictions = read_predictions(path)
    paths = [path.parent / seed_name(seed) / RECORD for seed in predictions.seeds]
    records = [read_record(record, "learned", "updates") for record in paths]
    learned = [record["learned"] for record in records]
    return Side(
        experiment_of(path),
        predictions,
        epochs=np.array([record["epochs"] for record in records]),
        updates=np.array([record["updates"] for record in records]),
        learned=None if None in learned else np.array(learned),
    )
