"""The files of a run, read back and checked, without TensorFlow."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from echoseq.errors import EchoseqError
from echoseq.run_files import history_digest

# What tables/runs.csv holds of each run.
KEYS = ("experiment", "seed", "parameters", "epochs", "final_loss", "final_accuracy", "digest")


def read_record(path: Path) -> dict[str, Any]:
    """Read a run.json.

    Raises:
        EchoseqError: if it is damaged.
    """
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        missing = {*KEYS, "history_digest", "plan"} - record.keys()
    except (OSError, ValueError, AttributeError) as error:
        raise EchoseqError(f"{path}: expected the record of a run, cannot read it") from error
    if missing:
        raise EchoseqError(f"{path}: expected the keys {', '.join(sorted(missing))}")
    return record


def require_plan(paths: Iterable[Path], plan: Mapping[str, Any]) -> None:
    """Refuse runs that were trained with another plan.

    Snakemake does not notice them if it was killed, and its jobs on a cluster lived on.

    Args:
        paths: of the run.json files.
        plan: from `study.training_plan`.

    Raises:
        EchoseqError: it names the first one and what is different.
    """
    for path in paths:
        difference = plan_difference(read_record(path)["plan"], plan)
        if difference:
            key, trained, configured = difference
            raise EchoseqError(
                f"{path}: expected a run with {key} {configured}, as configured, got {trained}; "
                f"remove its folder, and it is trained again"
            )


def plan_difference(a: Mapping[str, Any], b: Mapping[str, Any]) -> tuple[str, Any, Any] | None:
    """The first key in which two training plans differ, and its value in both; None if none."""
    for key in sorted({*a, *b}):
        if a.get(key) != b.get(key):
            return key, a.get(key), b.get(key)
    return None


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
        raise EchoseqError(f"{path}: the values do not fit the digest in run.json; train it again")
    return history.astype({"loss": np.float64, "accuracy": np.float64})


def run_row(record: dict[str, Any]) -> dict[str, Any]:
    """The facts of a run that tables/runs.csv holds."""
    return {key: record[key] for key in KEYS}
