"""The files of a run, read back and checked, without TensorFlow."""

import json
from pathlib import Path
from typing import Any

import pandas as pd

from echoseq.errors import EchoseqError

MODEL, HISTORY, RECORD, TIMING = "model.keras", "history.csv", "run.json", "timing.json"

# What tables/runs.csv holds of each run.
KEYS = ("experiment", "seed", "parameters", "epochs", "final_loss", "final_accuracy", "digest")


def read_record(path: Path) -> dict[str, Any]:
    """Read a run.json.

    Raises:
        EchoseqError: if it is damaged.
    """
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        missing = set(KEYS) - set(record)
    except (OSError, ValueError, TypeError) as error:
        raise EchoseqError(f"{path}: expected the record of a run, cannot read it") from error
    if missing:
        raise EchoseqError(f"{path}: expected the keys {', '.join(sorted(missing))}")
    return record


def read_history(path: Path, epochs: int) -> pd.DataFrame:
    """Read a history.csv: epoch from 1, loss, accuracy, a row for each epoch.

    Raises:
        EchoseqError: if it is damaged or does not have the epochs of its run.
    """
    try:
        history = pd.read_csv(path)
    except (OSError, ValueError) as error:
        raise EchoseqError(f"{path}: expected a training history, cannot read it") from error
    if list(history.columns) != ["epoch", "loss", "accuracy"]:
        raise EchoseqError(f"{path}: expected the columns epoch, loss, accuracy")
    if history["epoch"].tolist() != list(range(1, epochs + 1)):
        raise EchoseqError(f"{path}: expected the epochs 1 to {epochs}, each once")
    return history


def run_row(record: dict[str, Any]) -> dict[str, Any]:
    """The facts of a run that tables/runs.csv holds."""
    return {key: record[key] for key in KEYS}
