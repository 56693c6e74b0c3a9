"""All experiments of which others published something: their predictions and their runs."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from echoseq.evaluation.predictions import Predictions, read_predictions
from echoseq.places import experiment_of
from echoseq.tables.sources import runs
from echoseq.training.records import TrainedRun

Found = dict[str, tuple[Predictions, list[TrainedRun]]]


def read(
    inputs: Mapping[str, Sequence[Path]],
    plans: Mapping[str, Mapping[str, Any]] | None = None,
) -> Iterator[tuple[str, tuple[Found]]]:
    """Read `predictions`, and the runs from `records` and `histories`, by experiment."""
    trained = dict(arguments for _, arguments in runs.read(inputs, plans))
    answers = {experiment_of(path): read_predictions(path) for path in inputs["predictions"]}
    found = {name: (answers[name], trained[name]) for name in answers}
    yield f"{len(found)} experiments", (found,)
