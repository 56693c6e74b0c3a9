"""What probes read, one experiment at a time."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from echoseq.evaluation.readouts import Readouts, read_readouts
from echoseq.places import experiment_of


def read(inputs: Mapping[str, Sequence[Path]]) -> Iterator[tuple[str, tuple[str, Readouts]]]:
    """Read one experiment after the other, from `probes`."""
    for path in inputs["probes"]:
        experiment = experiment_of(path)
        yield experiment, (experiment, read_readouts(path))
