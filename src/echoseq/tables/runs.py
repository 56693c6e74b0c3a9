"""Every run: its size, how training ended, and when it learned."""

from collections.abc import Sequence

import pandas as pd

from echoseq.training.learned import epochs_to_learn
from echoseq.training.records import TrainedRun

SOURCE = "runs"
ROW = "run"
SETTINGS = ("success", "learned_over")
COLUMNS = {
    "experiment": "its name",
    "seed": "of the run",
    "parameters": "of the network",
    "epochs": "of training",
    "updates": "of the weights, one for each batch",
    "final_loss": "mean over the last 20 epochs, in nats",
    "final_accuracy": "training accuracy, mean over the last 20 epochs",
    "digest": "SHA-256 of the trained weights",
    "epochs_to_learn": "the first multiple of 100 epochs at which the mean training accuracy of "
    "{learned_over} epochs had reached {success}; empty: never",
    "updates_to_learn": "the updates in them",
}


def make(
    experiment: str, runs: Sequence[TrainedRun], *, success: float, learned_over: int
) -> pd.DataFrame:
    """A row for each run of an experiment."""
    recorded = [key for key in COLUMNS if key != "experiment" and not key.endswith("_to_learn")]
    rows = []
    for run in runs:
        epochs = epochs_to_learn(run.accuracy, success, learned_over)
        rows.append(
            {"experiment": experiment}
            | {key: run.record[key] for key in recorded}
            | {
                "epochs_to_learn": epochs,
                "updates_to_learn": epochs * run.record["updates"] / run.record["epochs"],
            }
        )
    return pd.DataFrame(rows)
