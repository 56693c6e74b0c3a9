"""Skill of every seed: accuracy per value, exact match, and the information recalled."""

import math

import numpy as np
import pandas as pd

from echoseq.evaluation.predictions import Predictions
from echoseq.statistics.information import told
from echoseq.tables.columns import COMPLETE
from echoseq.tables.counted import count_predictions

SOURCE = "predictions"
ROW = "experiment, seed and kind of windows"
SETTINGS = ()
COLUMNS = {
    "experiment": "its name",
    "seed": "of the run",
    "windows": "`complete`, or `incomplete` for those with missing values",
    "accuracy": "share of right values, over all positions",
    "exact_match": "share of windows with every value right",
    "bits": "information recalled from a window: the sum over positions, where a drawn value is "
    "asked for, of log2(alphabet) less the loss in bits, a lower bound; empty for the linear "
    "representation, tasks of functions of one's own, and incomplete windows",
}


def make(experiment: str, predictions: Predictions) -> pd.DataFrame:
    """A row for each seed and kind of windows."""
    frames = []
    for windows, counts in count_predictions(predictions).items():
        if not counts.values_asked:
            continue
        recalled = bits(predictions).mean(axis=1) if windows == COMPLETE else math.nan
        rows = {
            "experiment": experiment,
            "seed": predictions.seeds,
            "windows": windows,
            "accuracy": counts.values_right.mean(axis=1) / counts.values_asked,
            "exact_match": counts.accuracy[:, -1],
            "bits": recalled,
        }
        frames.append(pd.DataFrame(rows))
    return pd.concat(frames, ignore_index=True)


def bits(predictions: Predictions) -> np.ndarray:
    """Information recalled from a window, mean over complete windows, (seeds, sequences).

    What `told` has, summed over the drawn values that are asked for. NaN for a regression, whose
    loss is no log probability, and where none is asked for.
    """
    if str(predictions.encoding) != "one_hot" or not predictions.drawn.any():
        return np.full(predictions.loss.shape[:2], math.nan)
    loss = predictions.loss[..., predictions.drawn]
    return told(loss, int(predictions.alphabet)).sum(axis=-1)
