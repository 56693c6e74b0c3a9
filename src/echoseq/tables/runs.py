"""Every run: its size, how training ended, and when it learned."""

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd

from echoseq.training.records import TrainedRun

SOURCE = "runs"
ROW = "run"
SETTINGS = ("success", "learned_over")
COLUMNS = {
    "experiment": "its name",
    "seed": "of the run",
    "parameters": "of the network",
    "epochs": "of training",
    "final_loss": "mean over the last 20 epochs, in nats",
    "final_accuracy": "training accuracy, mean over the last 20 epochs",
    "digest": "SHA-256 of the trained weights",
    "epochs_to_learn": "the first epoch at which the mean training accuracy of {learned_over} "
    "epochs reached {success}; empty: never",
}


def make(
    experiment: str, runs: Sequence[TrainedRun], *, success: float, learned_over: int
) -> pd.DataFrame:
    """A row for each run of an experiment."""
    recorded = [key for key in COLUMNS if key not in ("experiment", "epochs_to_learn")]
    rows = [
        {"experiment": experiment}
        | {key: run.record[key] for key in recorded}
        | {"epochs_to_learn": epochs_to_learn(run.accuracy, success, learned_over)}
        for run in runs
    ]
    return pd.DataFrame(rows)


def epochs_to_learn(accuracy: np.ndarray, success: float, over: int) -> float:
    """The first epoch (from 1) whose mean accuracy over the last `over` epochs succeeds.

    NaN for a run that never learns.
    """
    if len(accuracy) < over:
        return math.nan
    sums = np.cumsum(np.append(0.0, accuracy.astype(np.float64)))
    means = (sums[over:] - sums[:-over]) / over
    learned = np.flatnonzero(means >= success - 1e-9)
    return float(learned[0] + over) if learned.size else math.nan
