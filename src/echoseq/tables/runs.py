"""Every run: its size, how training ended, and when it learned."""

from collections.abc import Sequence

import pandas as pd

from echoseq.training.files import FINAL_EPOCHS
from echoseq.training.records import TrainedRun
from echoseq.training.stopping import epochs_to_learn

SOURCE = "runs"
ROW = "run"
SETTINGS = ("success", "learned_over")
COLUMNS = {
    "experiment": "its name",
    "seed": "of the run",
    "trained_for": "the experiment that it was trained for; if that is another, it is a copy",
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


def final_epochs(runs: pd.DataFrame) -> int:
    """The number of epochs that the final values of runs are means of: fewer in short runs.

    Args:
        runs: rows of tables/runs.csv.
    """
    return int(min(FINAL_EPOCHS, runs["epochs"].min()))


def make(
    experiment: str, runs: Sequence[TrainedRun], *, success: float, learned_over: int
) -> pd.DataFrame:
    """A row for each run of an experiment."""
    made = {"experiment", "trained_for", "epochs_to_learn", "updates_to_learn"}
    recorded = [key for key in COLUMNS if key not in made]
    rows = []
    for run in runs:
        epochs = epochs_to_learn(run.accuracy, success, learned_over)
        rows.append(
            {"experiment": experiment}
            | {key: run.record[key] for key in recorded}
            | {
                "trained_for": run.record["experiment"],
                "epochs_to_learn": epochs,
                "updates_to_learn": epochs * run.record["updates"] / run.record["epochs"],
            }
        )
    return pd.DataFrame(rows, columns=list(COLUMNS))
