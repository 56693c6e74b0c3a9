"""Event files for TensorBoard: a folder for each run, and one for the figures.

The package `tensorboard` writes them; it does not need TensorFlow, but loads it if it is there.
"""

import os
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

from PIL import Image
from tensorboard.compat.proto import event_pb2, summary_pb2
from tensorboard.plugins.hparams import summary_v2 as hparams
from tensorboard.plugins.image import metadata as image
from tensorboard.plugins.scalar import metadata as scalar
from tensorboard.summary.writer.event_file_writer import EventFileWriter
from tensorboard.util import tensor_util

from echoseq.escaping import markdown
from echoseq.trackers.contents import CURVE, FIGURES_RUN, METRICS, Figure, Place, TrackedRun

IMAGES = (".png",)


def write(place: Place, runs: Iterable[TrackedRun], figures: Sequence[Figure]) -> None:
    """Write event files into a folder.

    Hyperparameters and final metrics are in the tab HParams. The curves are scalars by epoch; the
    final metrics are too, at the last one.
    """
    if figures:
        _write_figures(place.folder / FIGURES_RUN, figures)
    for run in runs:
        _write_run(place.folder / run.name, run)


def _write_run(folder: Path, run: TrackedRun) -> None:
    writer = EventFileWriter(str(folder))
    now = time.time()
    _emit(writer, hparams.hparams_pb(run.settings, run.name, now), 0, now)
    for epoch, *values in run.curve[["epoch", *CURVE]].itertuples(index=False):
        summary = summary_pb2.Summary(value=map(_scalar, CURVE, values))
        _emit(writer, summary, epoch, now)
    summary = summary_pb2.Summary(value=map(_scalar, run.final.keys(), run.final.values()))
    _emit(writer, summary, run.last, now)
    writer.close()


def _scalar(name: str, value: float) -> Any:
    meta = scalar.create_summary_metadata(name, METRICS[name])
    tensor = tensor_util.make_tensor_proto(value, dtype="float32")
    return summary_pb2.Summary.Value(tag=name, tensor=tensor, metadata=meta)


def _image(figure: Figure) -> Any:
    with Image.open(figure.path) as opened:
        sizes = [str(size).encode() for size in opened.size]
    meta = image.create_summary_metadata(figure.name, markdown(figure.caption))
    tensor = tensor_util.make_tensor_proto([*sizes, figure.path.read_bytes()], dtype="string")
    value = summary_pb2.Summary.Value(
        tag=f"{FIGURES_RUN}/{figure.name}", tensor=tensor, metadata=meta
    )
    return summary_pb2.Summary(value=[value])


def _write_figures(folder: Path, figures: Sequence[Figure]) -> None:
    writer = EventFileWriter(str(folder))
    for figure in figures:
        _emit(writer, _image(figure), 0, time.time())
    writer.close()


def _emit(writer: EventFileWriter, summary: Any, step: int, now: float) -> None:
    writer.add_event(event_pb2.Event(summary=summary, step=int(step), wall_time=now))
