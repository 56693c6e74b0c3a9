"""Predictions, one experiment at a time."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from echoseq.evaluation.predictions import Predictions, read_predictions
from echoseq.places import experiment_of


def read(inputs: Mapping[str, Sequence[Path]]) -> Iterator[tuple[str, tuple[str, Predictions]]]:
    """Read one experiment after the other, from `predictions`."""
    for path in inputs["predictions"]:
        experiment = experiment_of(path)
        yield experiment, (experiment, read_predictions(path))
