"""Accuracy, loss and distance of every seed at every position."""

import math

import numpy as np
import pandas as pd

from echoseq.evaluation.predictions import Predictions
from echoseq.tables.columns import COMPLETE, position_names
from echoseq.tables.counted import count_predictions

SOURCE = "predictions"
ROW = "experiment, seed and position"
SETTINGS = ()
COLUMNS = {
    "experiment": "its name",
    "seed": "of the run",
    "position": "place in the answer, from 1; `all` is the exact match",
    "accuracy": "share of right answers",
    "loss": "in nats; for the linear representation, the squared error on the scale 0..1",
    "distance": "mean absolute error in integers",
    "n": "windows counted, of the {sequences} held-out sequences",
    "windows": "`complete`, or `incomplete` for those with missing values",
}


def make(experiment: str, predictions: Predictions) -> pd.DataFrame:
    """A row for each seed and position: accuracy, loss, distance and number of windows.

    The loss and distance of the exact match are means over positions. Incomplete windows, if an
    experiment keeps them, have separate rows, with accuracy only.
    """
    frames = []
    names = position_names(predictions.loss.shape[-1])
    seeds, sequences = predictions.loss.shape[:2]
    for windows, counts in count_predictions(predictions).items():
        rows = {
            "experiment": experiment,
            "seed": np.repeat(predictions.seeds, len(names)),
            "position": names * seeds,
            "accuracy": counts.accuracy.ravel(),
        }
        for key in ("loss", "distance"):
            values = getattr(predictions, key)
            known = windows == COMPLETE
            rows[key] = _with_mean(values, predictions.asked) if known else math.nan
        rows |= {"n": np.tile(sequences * counts.per_sequence, seeds), "windows": windows}
        frames.append(pd.DataFrame(rows))
    table = pd.concat(frames, ignore_index=True)
    return table[table["n"] > 0]


def _with_mean(values: np.ndarray, asked: np.ndarray) -> np.ndarray:
    """Flat means by seed and position, from (seeds, sequences, n_out); over what is asked last."""
    by_position = values.astype(np.float64).mean(axis=1)
    over_all = by_position[:, asked].mean(axis=1, keepdims=True)
    return np.append(by_position, over_all, axis=1).ravel()
