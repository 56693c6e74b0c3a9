"""Timings, measured while each run was trained."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from echoseq.stored import read_json
from echoseq.training.schema import Timing


def read(
    inputs: Mapping[str, Sequence[Path]],
) -> Iterator[tuple[str, tuple[dict[Path, dict[str, float]]]]]:
    """Read `timings`, each by the folder of its run.

    Raises:
        DamagedError: if one is damaged.
    """
    yield "timings", ({path.parent: _read(path) for path in inputs["timings"]},)


def _read(path: Path) -> dict[str, float]:
    timing = read_json(path, Timing, "the timing of a run")
    return {key: timing[key] for key in Timing.model_fields}
