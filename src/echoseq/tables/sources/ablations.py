"""What ablated networks answer, one experiment at a time."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from echoseq.evaluation.ablations import Ablations, read_ablations
from echoseq.places import experiment_of


def read(inputs: Mapping[str, Sequence[Path]]) -> Iterator[tuple[str, tuple[str, Ablations]]]:
    """Read one experiment after the other, from `ablations`."""
    for path in inputs["ablations"]:
        experiment = experiment_of(path)
        yield experiment, (experiment, read_ablations(path))
