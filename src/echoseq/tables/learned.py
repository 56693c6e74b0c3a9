"""How many seeds have learned by each epoch."""

from collections.abc import Sequence

import pandas as pd

from echoseq.statistics.inference import wilson
from echoseq.training.records import TrainedRun
from echoseq.training.stopping import epochs_to_learn

SOURCE = "runs"
ROW = "experiment and epoch"
SETTINGS = ("confidence", "success", "learned_over")
COLUMNS = {
    "experiment": "its name",
    "epoch": "0, every multiple of 100 at which a seed has learned, and the last one",
    "learned": "seeds that had learned by then: the mean training accuracy of {learned_over} "
    "epochs had reached {success}",
    "seeds": "how many there are",
    "share": "`learned` divided by `seeds`",
    "low": "lower end of its {confidence} interval (Wilson)",
    "high": "its upper end",
    "confidence": "coverage of the intervals",
}


def make(
    experiment: str,
    runs: Sequence[TrainedRun],
    *,
    confidence: float,
    success: float,
    learned_over: int,
) -> pd.DataFrame:
    """How many seeds of an experiment have learned by each epoch: steps, from none at epoch 0.

    Seeds that never learn stay in the denominator, so the share is an empirical distribution
    function, and its interval at each epoch is Wilson's.
    """
    epochs = pd.Series([epochs_to_learn(run.accuracy, success, learned_over) for run in runs])
    learned, last = epochs.dropna(), max(len(run.accuracy) for run in runs)
    rows = []
    for epoch in sorted({0, *learned.astype(int), last}):
        by_then = int((learned <= epoch).sum())
        low, high = wilson(by_then, len(runs), confidence)
        rows.append(
            {
                "experiment": experiment,
                "epoch": epoch,
                "learned": by_then,
                "seeds": len(runs),
                "share": by_then / len(runs),
                "low": low,
                "high": high,
                "confidence": confidence,
            }
        )
    return pd.DataFrame(rows)
