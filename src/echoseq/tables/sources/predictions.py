"""Predictions, one experiment at a time."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from echoseq.evaluation.predictions import Predictions, read_predictions


def read(inputs: Mapping[str, Sequence[Path]]) -> Iterator[tuple[str, tuple[str, Predictions]]]:
    """Read one experiment after the other, from `predictions`."""
    for path in inputs["predictions"]:
        experiment = path.parent.name
        yield experiment, (experiment, read_predictions(path))
