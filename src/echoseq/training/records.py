"""The files of a run, read back and checked, without TensorFlow."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from echoseq.data.snapshots import seed_in
from echoseq.errors import EchoseqError
from echoseq.study.plan import Plan, difference
from echoseq.training.files import RUNS, history_digest

# The keys that every record must have.
KEYS = ("experiment", "seed", "parameters", "epochs", "final_loss", "final_accuracy", "digest")


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
        EchoseqError: if a file is damaged.
    """
    record = read_record(record_path)
    history = read_history(history_path, record)
    loss, accuracy = (history[key].to_numpy(np.float32) for key in ("loss", "accuracy"))
    return TrainedRun(record, loss, accuracy)


def read_record(path: Path) -> dict[str, Any]:
    """Read a run.json.

    Raises:
        EchoseqError: if it is damaged, or lies in the folder of another seed.
    """
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        missing = {*KEYS, "history_digest", "plan"} - record.keys()
    except (OSError, ValueError, AttributeError) as error:
        raise EchoseqError(f"{path}: expected the record of a run, cannot read it") from error
    if missing:
        raise EchoseqError(f"{path}: expected the keys {', '.join(sorted(missing))}")
    _require_seed(record, path)
    return record


def _require_seed(record: dict[str, Any], path: Path) -> None:
    """Refuse the record of another seed in runs/<experiment>/seed-<n>."""
    folder = path.absolute().parent
    in_runs = folder.parent.parent.name == RUNS
    seed = seed_in(folder.name) if in_runs else None
    if seed is not None and record["seed"] != seed:
        raise EchoseqError(
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
        experiment = path.parents[1].name
        if experiment in plans:
            require_plan([path], Plan.from_facts(plans[experiment]))


def read_history(path: Path, record: dict[str, Any]) -> pd.DataFrame:
    """Read the history.csv of a run: epoch from 1, loss, accuracy, a row for each epoch.

    Raises:
        EchoseqError: if it is damaged, or not the history that the run recorded.
    """
    try:
        history = pd.read_csv(path, dtype={"loss": np.float32, "accuracy": np.float32})
    except (OSError, ValueError) as error:
        raise EchoseqError(f"{path}: expected a training history, cannot read it") from error
    if list(history.columns) != ["epoch", "loss", "accuracy"]:
        raise EchoseqError(f"{path}: expected the columns epoch, loss, accuracy")
    if history["epoch"].tolist() != list(range(1, record["epochs"] + 1)):
        raise EchoseqError(f"{path}: expected the epochs 1 to {record['epochs']}, each once")
    if history_digest(history) != record["history_digest"]:
        raise EchoseqError(
            f"{path}: the values do not match the digest in run.json; train it again"
        )
    return history
