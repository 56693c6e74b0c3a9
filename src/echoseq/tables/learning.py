"""Loss and accuracy of every run during training, at a reduced number of points."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from echoseq.training.records import TrainedRun

SOURCE = "runs"
ROW = "run and span of epochs"
SETTINGS = ()
COLUMNS = {
    "experiment": "its name",
    "seed": "of the run",
    "epoch": "the middle of the span: one of 100, or of 5 if training went on until learned (of 50 "
    "with the linear representation, whose accuracy swings)",
    "loss": "in nats, mean over the span, to five digits",
    "accuracy": "in training, mean over the span, to four decimals",
}
# A published version has the curves of hundreds of runs. The histories have every epoch.
POINTS = 100
POINTS_UNTIL_LEARNED = {"one_hot": 5, "linear": 50}
LOSS_DIGITS, ACCURACY_DECIMALS = 5, 4


def make(experiment: str, runs: Sequence[TrainedRun]) -> pd.DataFrame:
    """The curves of the runs of an experiment, one after the other."""
    curves = [
        learning_curve(run.loss, run.accuracy, points_of(run.record["plan"])).assign(
            experiment=experiment, seed=run.seed
        )
        for run in runs
    ]
    table = pd.concat(curves)[list(COLUMNS)]
    loss = [float(f"{value:.{LOSS_DIGITS}g}") for value in table["loss"]]
    return table.assign(loss=loss, accuracy=table["accuracy"].round(ACCURACY_DECIMALS))


def points_of(plan: Mapping[str, Any]) -> int:
    """The most points that the curve of a run has.

    Args:
        plan: as in its record; the first training program recorded no `until`.
    """
    learned = plan.get("until") == "learned"
    return POINTS_UNTIL_LEARNED[plan["encoding"]] if learned else POINTS


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
