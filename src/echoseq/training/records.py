"""The files of a run, read back and checked, without TensorFlow."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from echoseq.checked import shorten
from echoseq.errors import DamagedError, EchoseqError
from echoseq.places import experiment_of, seed_in, version_of
from echoseq.stored import read_json, require_file
from echoseq.study.plan import Plan, difference
from echoseq.training.files import history_digest
from echoseq.training.schema import RunRecord

HEAD, ROW = 1024, 64  # bytes of a history: at most, with its header, and for each epoch
COLUMNS = {"epoch": np.int64, "loss": np.float32, "accuracy": np.float32}


@dataclass(frozen=True)
class TrainedRun:
    """A finished run: its record and its training history.

    loss, accuracy: of every epoch, float32, (epochs,).
    """

    record: dict[str, Any]
    loss: np.ndarray
    accuracy: np.ndarray

    @property
    def seed(self) -> int:
        """The seed of the run."""
        return int(self.record["seed"])


def read_run(record_path: Path, history_path: Path) -> TrainedRun:
    """Read and check a finished run.

    Raises:
        DamagedError: if a file is damaged.
    """
    record = read_record(record_path)
    history = read_history(history_path, record)
    loss, accuracy = (history[key].to_numpy(np.float32) for key in ("loss", "accuracy"))
    return TrainedRun(record, loss, accuracy)


def read_record(path: Path, *also: str) -> dict[str, Any]:
    """Read a run.json.

    Args:
        also: keys that it must have, and that records of the first training program lack.

    Raises:
        DamagedError: if it is damaged, or lies in the folder of another seed; the message names
            the key.
    """
    record = read_json(path, RunRecord, "the record of a run")
    for key in also:
        if key not in record:
            raise DamagedError(f"{path}: {key}: expected a value, got none")
    _require_seed(record, path)
    return record


def _require_seed(record: dict[str, Any], path: Path) -> None:
    """Refuse the record of another seed in runs/<experiment>/seed-<n>."""
    folder = path.absolute().parent
    seed = seed_in(folder.name) if version_of(folder) else None
    if seed is not None and record["seed"] != seed:
        raise DamagedError(
            f"{path}: expected the record of seed {seed}, as its folder says, got that of seed "
            f"{record['seed']}"
        )


def plan_of(record: dict[str, Any], path: Path) -> Plan:
    """The plan that a run was trained with.

    Args:
        path: of the record, for the error message.

    Raises:
        EchoseqError: if the plan does not fit this version of the program.
    """
    try:
        return Plan.from_facts(record["plan"])
    except EchoseqError as error:
        raise EchoseqError(f"{path}: {error}") from error


def program_of(record: dict[str, Any]) -> int:
    """The number of the training program that made a run; the first one recorded none."""
    return int(record.get("program", 1))


def require_plan(paths: Iterable[Path], plan: Plan) -> None:
    """Refuse runs that were trained with another plan.

    Snakemake misses them if it was killed while its cluster jobs kept running.

    Args:
        paths: of the run.json files.
        plan: as configured.

    Raises:
        EchoseqError: the message names the first such run and what differs.
    """
    for path in paths:
        differing = difference(plan_of(read_record(path), path), plan)
        if differing:
            key, trained, configured = differing
            raise EchoseqError(
                f"{path}: expected a run with {key} {configured}, as configured, got {trained}; "
                f"remove its folder to train it again"
            )


def require_plans(paths: Iterable[Path], plans: Mapping[str, Mapping[str, Any]]) -> None:
    """Refuse runs that were trained with another plan than that of the experiment of their folder.

    Args:
        paths: of the files runs/<experiment>/seed-<n>/run.json.
        plans: as configured, by experiment; those of other experiments are not checked.
    """
    for path in paths:
        experiment = experiment_of(path.parent)
        if experiment in plans:
            require_plan([path], Plan.from_facts(plans[experiment]))


def read_history(path: Path, record: dict[str, Any]) -> pd.DataFrame:
    """Read the history.csv of a run: epoch from 1, loss, accuracy, a row for each epoch.

    Raises:
        DamagedError: if it is damaged, or not the history that the run recorded.
    """
    what, epochs = "a training history", record["epochs"]
    require_file(path, what, limit=HEAD + ROW * epochs)
    try:
        history = pd.read_csv(path, dtype=COLUMNS)
    except (OSError, ValueError, OverflowError) as error:
        reason = shorten(str(error), 100)
        raise DamagedError(f"{path}: expected {what}, cannot read it ({reason})") from error
    if list(history.columns) != list(COLUMNS):
        raise DamagedError(f"{path}: expected the columns {', '.join(COLUMNS)}")
    if not np.array_equal(history["epoch"], np.arange(1, epochs + 1)):
        raise DamagedError(f"{path}: epoch: expected 1 to {epochs}, each once")
    if not np.isfinite(history["loss"]).all() or not history["accuracy"].between(0, 1).all():
        raise DamagedError(f"{path}: expected finite losses, and accuracies from 0 to 1")
    if history_digest(history) != record["history_digest"]:
        raise DamagedError(
            f"{path}: the values do not match the digest in run.json; train it again"
        )
    return history
