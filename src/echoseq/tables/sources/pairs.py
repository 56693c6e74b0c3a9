"""Pairs of experiments and their bases, all of them at once."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from echoseq.evaluation.predictions import Predictions, read_predictions

NamedPredictions = tuple[str, Predictions]


def read(
    inputs: Mapping[str, Sequence[Path]],
) -> Iterator[tuple[str, tuple[Iterator[tuple[NamedPredictions, NamedPredictions]]]]]:
    """Read `predictions` and `bases`, pair by pair, on demand."""
    paths = list(zip(inputs["predictions"], inputs["bases"], strict=True))
    yield f"{len(paths)} pairs", (((_named(ours), _named(base)) for ours, base in paths),)


def _named(path: Path) -> NamedPredictions:
    return path.parent.name, read_predictions(path)
