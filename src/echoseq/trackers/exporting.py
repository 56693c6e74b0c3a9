"""A version as a folder that an experiment tracker opens, whole or not at all."""

import importlib
import shlex
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from echoseq.api.version import Version
from echoseq.checked import one_line, shorten
from echoseq.errors import EchoseqError
from echoseq.extras import require_extra
from echoseq.trackers.catalogue import TRACKERS
from echoseq.trackers.contents import Place, TrackedRun, figures_of, runs_of
from echoseq.wholes import whole
from echoseq.wording import plural


def export(version: Version, tracker: str, target: Path) -> str:
    """Write the runs and the figures of a version for a tracker.

    Args:
        tracker: one of `TRACKERS`.
        target: a folder that does not exist yet.

    Returns:
        A line that says what was written, and one that says how to show it.

    Raises:
        EchoseqError: if the target exists, the tracker is not installed, or a file of the version
            is missing or damaged. Nothing is left of the target then.
    """
    require_extra(tracker, tracker)
    epochs: list[int] = []
    with whole(target) as folder, _in_one_line(tracker):
        writer = importlib.import_module(f"echoseq.trackers.{tracker}")
        folder.mkdir()
        place = Place(folder, target.absolute(), version.configuration["version"])
        figures = figures_of(version, writer.IMAGES)
        writer.write(place, _noted(runs_of(version), epochs), figures)
        if not epochs:
            raise EchoseqError(f"{version.folder}: expected runs to export, found none")
    count, bare = plural(len(epochs), "run"), epochs.count(0)
    without = f" ({bare} without a curve, as published)" if bare else ""
    said = f"{target}: {count}{without}, {plural(len(figures), 'figure')}"
    return f"{said}\n{TRACKERS[tracker].format(folder=shlex.quote(str(target.absolute())))}"


def _noted(runs: Iterable[TrackedRun], epochs: list[int]) -> Iterator[TrackedRun]:
    """The same runs; the number of points of each curve is added to a list."""
    for run in runs:
        epochs.append(len(run.curve))
        yield run


@contextmanager
def _in_one_line(tracker: str) -> Iterator[None]:
    """Say what went wrong in a tracker's library."""
    try:
        yield
    except (EchoseqError, OSError):
        raise
    except Exception as error:  # it passes on what its database and its dependencies raise
        said = one_line(f"{type(error).__name__}: {error}")
        raise EchoseqError(f"--to {tracker}: {shorten(said, 300)}") from error
