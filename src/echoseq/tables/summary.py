"""Accuracy over seeds at every position, with intervals."""

import numpy as np
import pandas as pd

from echoseq.evaluation.predictions import Predictions
from echoseq.statistics.inference import interquartile_mean, mean_interval, wilson
from echoseq.tables.columns import position_names
from echoseq.tables.counted import count_predictions

SOURCE = "predictions"
ROW = "experiment and position"
SETTINGS = ("confidence", "resamples", "success")
COLUMNS = {
    "experiment": "its name",
    "position": "place in the answer, from 1; `all` is the exact match",
    "mean": "accuracy, mean over seeds on {sequences} held-out sequences",
    "median": "over seeds",
    "interquartile_mean": "mean over seeds, without the lowest and the highest quarter",
    "low": "lower end of the {confidence} interval of the mean (bootstrap of seeds and sequences)",
    "high": "its upper end",
    "confidence": "coverage of the intervals",
    "minimum": "accuracy of the lowest seed",
    "maximum": "accuracy of the highest seed",
    "seeds": "number of seeds",
    "success_rate": "share of seeds with an accuracy of {success} or more",
    "success_low": "lower end of its {confidence} interval (Wilson)",
    "success_high": "its upper end",
    "chance": "accuracy of a uniform guess",
    "windows": "`complete`, or `incomplete` for those with missing values",
}
# The columns that claims may be about: those with the ends of the interval, and what it is.
MEASURES = {"mean": "low high share", "success_rate": "success_low success_high share"}


def make(
    experiment: str,
    predictions: Predictions,
    *,
    confidence: float,
    resamples: int,
    success: float,
) -> pd.DataFrame:
    """A row for each position: mean over seeds with its interval, success rate, and chance.

    Args:
        success: a seed succeeds with this accuracy or more.
    """
    rows = []
    for windows, counts in count_predictions(predictions).items():
        n_out = len(counts.per_sequence) - 1
        for i, position in enumerate(position_names(n_out)):
            if counts.per_sequence[i] == 0:
                continue
            low, high = mean_interval(
                counts.correct[..., i],
                counts.per_sequence[i],
                confidence=confidence,
                resamples=resamples,
            )
            row = {"experiment": experiment, "position": position, "low": low, "high": high}
            row |= _over_seeds(counts.accuracy[:, i], success, confidence)
            row |= {"chance": counts.chance(i, int(predictions.alphabet)), "windows": windows}
            rows.append(row)
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _over_seeds(accuracy: np.ndarray, success: float, confidence: float) -> dict[str, float]:
    """What the accuracies of all seeds at a position come to, (seeds,)."""
    successes, seeds = int((accuracy >= success).sum()), len(accuracy)
    low, high = wilson(successes, seeds, confidence)
    return {
        "mean": accuracy.mean(),
        "median": np.median(accuracy),
        "interquartile_mean": interquartile_mean(accuracy),
        "confidence": confidence,
        "minimum": accuracy.min(),
        "maximum": accuracy.max(),
        "seeds": seeds,
        "success_rate": successes / seeds,
        "success_low": low,
        "success_high": high,
    }
