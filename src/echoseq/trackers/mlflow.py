"""A database for MLflow, mlflow.db, and the figures as artifacts beside it."""

import logging
import os
import shutil
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")  # an export sends nothing

from mlflow import MlflowClient
from mlflow.entities import Metric, Param, RunTag

from echoseq.trackers.contents import CURVE, FIGURES_RUN, Figure, Place, TrackedRun

IMAGES = (".png", ".svg")
DATABASE, ARTIFACTS = "mlflow.db", "artifacts"
KIND = {"mlflow.experimentKind": "custom_model_development"}  # shown as training, not as chats
AT_ONCE = 1000  # metrics, the most that MLflow takes


def write(place: Place, runs: Iterable[TrackedRun], figures: Sequence[Figure]) -> None:
    """Write the database into a folder.

    The version is an experiment of MLflow, whose runs have the tag `experiment`. It stores where
    their artifacts are, by the path that the folder will have.
    """
    logging.getLogger("mlflow").setLevel(logging.WARNING)
    client = MlflowClient(f"sqlite:///{place.folder.absolute() / DATABASE}")
    there = client.create_experiment(place.version, (place.target / ARTIFACTS).as_uri(), KIND)
    for run in runs:
        _write_run(client, there, run)
    if figures:
        _write_figures(client, there, place.folder, figures)


def _write_run(client: MlflowClient, there: str, run: TrackedRun) -> None:
    made = client.create_run(there, run_name=run.name, tags={"experiment": run.experiment})
    params = [Param(key, str(value)) for key, value in run.settings.items()]
    client.log_batch(made.info.run_id, params=params)
    metrics = list(_metrics(run))
    for start in range(0, len(metrics), AT_ONCE):
        client.log_batch(made.info.run_id, metrics=metrics[start : start + AT_ONCE])
    client.set_terminated(made.info.run_id)


def _metrics(run: TrackedRun) -> Iterator[Metric]:
    now = int(time.time() * 1000)
    for epoch, *values in run.curve[["epoch", *CURVE]].itertuples(index=False):
        yield from (Metric(name, float(x), now, int(epoch)) for name, x in zip(CURVE, values))
    yield from (Metric(name, value, now, run.last) for name, value in run.final.items())


def _write_figures(
    client: MlflowClient, there: str, folder: Path, figures: Sequence[Figure]
) -> None:
    """A run that has the figures, where MLflow looks for its artifacts once the folder is named."""
    made = client.create_run(there, run_name=FIGURES_RUN)
    captions = [RunTag(f"caption.{figure.name}", figure.caption) for figure in figures]
    client.log_batch(made.info.run_id, tags=captions)
    artifacts = folder / ARTIFACTS / made.info.run_id / "artifacts"
    artifacts.mkdir(parents=True)
    for figure in figures:
        shutil.copyfile(figure.path, artifacts / figure.path.name)
    client.set_terminated(made.info.run_id)
