"""Runs, one experiment at a time."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path

from echoseq.training.records import TrainedRun, read_run


def read(
    inputs: Mapping[str, Sequence[Path]],
) -> Iterator[tuple[str, tuple[str, list[TrainedRun]]]]:
    """Read the runs of one experiment after the other, from `records` and `histories`."""
    files = zip(inputs["records"], inputs["histories"], strict=True)
    for experiment, runs in groupby(files, key=lambda pair: pair[0].parents[1].name):
        yield experiment, (experiment, [read_run(*pair) for pair in runs])
