"""Runs, one experiment at a time."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from echoseq.places import experiment_of
from echoseq.training.records import TrainedRun, read_run, require_plans


def read(
    inputs: Mapping[str, Sequence[Path]],
    plans: Mapping[str, Mapping[str, Any]] | None = None,
) -> Iterator[tuple[str, tuple[str, list[TrainedRun]]]]:
    """Read the runs of one experiment after the other, from `records` and `histories`."""
    require_plans(inputs["records"], plans or {})
    files = zip(inputs["records"], inputs["histories"], strict=True)
    for experiment, runs in groupby(files, key=lambda pair: experiment_of(pair[0].parent)):
        yield experiment, (experiment, [read_run(*pair) for pair in runs])
