"""Loss and accuracy of every run during training, at a reduced number of points."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from echoseq.training.records import TrainedRun

SOURCE = "runs"
ROW = "run and epoch"
SETTINGS = ()
COLUMNS = {
    "experiment": "its name",
    "seed": "of the run",
    "epoch": "the middle of the epochs that the row averages",
    "loss": "in nats, mean over these epochs",
    "accuracy": "in training, mean over these epochs",
}
POINTS = 100


def make(experiment: str, runs: Sequence[TrainedRun]) -> pd.DataFrame:
    """The curves of the runs of an experiment, one after the other."""
    curves = [
        learning_curve(run.loss, run.accuracy).assign(experiment=experiment, seed=run.seed)
        for run in runs
    ]
    return pd.concat(curves)[list(COLUMNS)]


def learning_curve(loss: np.ndarray, accuracy: np.ndarray, points: int = POINTS) -> pd.DataFrame:
    """Reduce a history to means over at most `points` spans of epochs.

    The epoch of a row is the middle of its span.

    Args:
        loss, accuracy: of every epoch from the first, (epochs,).
    """
    history = {"epoch": np.arange(1, len(loss) + 1), "loss": loss, "accuracy": accuracy}
    spans = min(points, len(loss))
    return pd.DataFrame(
        {
            key: [span.mean() for span in np.array_split(values.astype(np.float64), spans)]
            for key, values in history.items()
        }
    )
