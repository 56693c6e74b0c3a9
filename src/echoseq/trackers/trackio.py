"""A folder of projects for Trackio, with one project."""

import io
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from pathlib import Path

from echoseq.errors import EchoseqError
from echoseq.trackers.contents import CURVE, FIGURES_RUN, Figure, Place, TrackedRun

IMAGES = (".png",)
FOLDER = "TRACKIO_DIR"
# By these Trackio would send what it is given elsewhere.
ELSEWHERE = ("TRACKIO_SPACE_ID", "TRACKIO_SERVER_URL", "TRACKIO_BUCKET_ID", "TRACKIO_WEBHOOK_URL")


def write(place: Place, runs: Iterable[TrackedRun], figures: Sequence[Figure]) -> None:
    """Write a project into a folder, with the name of the version.

    Trackio takes the folder from the environment when it is imported, so a process writes one.

    Raises:
        EchoseqError: if Trackio refuses the name.
    """
    with _at_home(place.folder), redirect_stdout(io.StringIO()):
        import trackio

        for run in runs:
            _write_run(place.version, run)
        if figures:
            _begin(place.version, FIGURES_RUN)
            trackio.log({f.name: trackio.Image(f.path, caption=f.caption) for f in figures}, step=0)
            trackio.finish()


def _write_run(project: str, run: TrackedRun) -> None:
    import trackio

    _begin(project, run.name, group=run.experiment, config=run.settings)
    for epoch, *values in run.curve[["epoch", *CURVE]].itertuples(index=False):
        trackio.log(dict(zip(CURVE, map(float, values))), step=int(epoch))
    trackio.log(run.final, step=run.last)
    trackio.finish()


def _begin(project: str, name: str, **given: object) -> None:
    import trackio

    quiet = {"embed": False, "auto_log_gpu": False, "auto_log_cpu": False}
    try:
        trackio.init(project, name=name, **quiet, **given)
    except ValueError as error:
        raise EchoseqError(f"--to trackio: {' '.join(str(error).split())}") from error


@contextmanager
def _at_home(folder: Path) -> Iterator[None]:
    """The environment in which Trackio writes into a folder and sends nothing."""
    before = {name: os.environ.pop(name, None) for name in (FOLDER, *ELSEWHERE)}
    os.environ[FOLDER] = str(folder.absolute())
    try:
        yield
    finally:
        del os.environ[FOLDER]
        os.environ.update({name: value for name, value in before.items() if value is not None})
