"""A version as a folder that an experiment tracker opens, whole or not at all."""

import importlib
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from echoseq.api.version import Version
from echoseq.errors import EchoseqError
from echoseq.extras import require_extra
from echoseq.files import clear_unfinished_folders, remove_folder, temporary_name
from echoseq.trackers.contents import Place, TrackedRun, figures_of, runs_of
from echoseq.wording import plural

# The trackers: a module here, an extra and a package for each, and how its folder is shown.
TRACKERS = {
    "tensorboard": "tensorboard --logdir {folder}",
    "mlflow": "mlflow server --backend-store-uri sqlite:///{folder}/mlflow.db",
    "trackio": "TRACKIO_DIR={folder} trackio show",
}


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
    writer = importlib.import_module(f"echoseq.trackers.{tracker}")
    figures, epochs = figures_of(version, writer.IMAGES), list[int]()
    with new_folder(target) as folder:
        place = Place(folder, target.absolute(), version.configuration["version"])
        writer.write(place, _noted(runs_of(version), epochs), figures)
        if not epochs:
            raise EchoseqError(f"{version.folder}: expected runs to export, found none")
    count, bare = plural(len(epochs), "run"), epochs.count(0)
    without = f" ({bare} without a curve, as published)" if bare else ""
    said = f"{target}: {count}{without}, {plural(len(figures), 'figure')}"
    return f"{said}\n{TRACKERS[tracker].format(folder=target.absolute())}"


def _noted(runs: Iterable[TrackedRun], epochs: list[int]) -> Iterator[TrackedRun]:
    """The same runs; the number of points of each curve is added to a list."""
    for run in runs:
        epochs.append(len(run.curve))
        yield run


@contextmanager
def new_folder(target: Path) -> Iterator[Path]:
    """A temporary folder that gets the name of the target once it is filled, and goes otherwise.

    Raises:
        EchoseqError: if there is something of that name.
    """
    _require_free(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    clear_unfinished_folders(target.parent)
    folder = target.with_name(temporary_name(target.name))
    folder.mkdir()
    try:
        yield folder
        _require_free(target)  # still: it took a while
        folder.rename(target)
    finally:
        if folder.exists():
            remove_folder(folder)


def _require_free(target: Path) -> None:
    if os.path.lexists(target):
        raise EchoseqError(f"{target}: expected a new name, found something there already")
