"""Timings, measured while each run was trained."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from echoseq.errors import EchoseqError


def read(
    inputs: Mapping[str, Sequence[Path]],
) -> Iterator[tuple[str, tuple[dict[Path, dict[str, float]]]]]:
    """Read `timings`, each by the folder of its run.

    Raises:
        EchoseqError: if one is damaged.
    """
    yield "timings", ({path.parent: _read(path) for path in inputs["timings"]},)


def _read(path: Path) -> dict[str, float]:
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise EchoseqError(f"{path}: expected the timing of a run, cannot read it") from error
