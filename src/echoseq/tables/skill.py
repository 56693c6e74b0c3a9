"""Skill of every experiment over its seeds: accuracy per value, exact match, bits recalled."""

import math
from typing import Any

import numpy as np
import pandas as pd

from echoseq.evaluation.predictions import Predictions
from echoseq.statistics.counts import Counts
from echoseq.statistics.inference import mean_interval, real_mean
from echoseq.tables.accuracy import over_seeds
from echoseq.tables.columns import COMPLETE
from echoseq.tables.counted import count_predictions
from echoseq.tables.skill_of_seeds import bits

SOURCE = "predictions"
ROW = "experiment and kind of windows"
SETTINGS = ("confidence", "resamples")
COLUMNS = {
    "experiment": "its name",
    "windows": "`complete`, or `incomplete` for those with missing values",
    "seeds": "number of seeds",
    "accuracy": "share of right values over all positions, mean over seeds",
    "low": "lower end of its {confidence} interval (bootstrap of seeds and sequences)",
    "high": "its upper end",
    "minimum": "accuracy of the lowest seed",
    "maximum": "accuracy of the highest seed",
    "exact_match": "share of windows with every value right, mean over seeds",
    "exact_match_low": "lower end of its {confidence} interval",
    "exact_match_high": "its upper end",
    "bits": "information recalled from a window, mean over seeds: a lower bound",
    "bits_low": "lower end of its {confidence} interval",
    "bits_high": "its upper end",
    "bits_asked": "information in the drawn values that are asked for: log2(alphabet) for each",
    "confidence": "coverage of the intervals",
}
# The columns that claims may be about: those with the ends of the interval, and what it is.
MEASURES = {
    "accuracy": "low high share",
    "exact_match": "exact_match_low exact_match_high share",
    "bits": "bits_low bits_high number",
}


def make(
    experiment: str, predictions: Predictions, *, confidence: float, resamples: int
) -> pd.DataFrame:
    """A row for each kind of windows."""
    rows = []
    for windows, counts in count_predictions(predictions).items():
        if not counts.values_asked:
            continue
        rows.append(
            {
                "experiment": experiment,
                "windows": windows,
                "seeds": len(predictions.seeds),
                **_accuracy(counts, confidence=confidence, resamples=resamples),
                **_bits(predictions, windows, confidence=confidence, resamples=resamples),
                "confidence": confidence,
            }
        )
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _accuracy(counts: Counts, **settings: Any) -> dict[str, float]:
    exact = counts.correct[..., -1], int(counts.per_sequence[-1])
    exact_low, exact_high = mean_interval(*exact, **settings)
    return over_seeds(counts.values_right, counts.values_asked, **settings) | {
        "exact_match": exact[0].mean() / exact[1],
        "exact_match_low": exact_low,
        "exact_match_high": exact_high,
    }


def _bits(predictions: Predictions, windows: str, **settings: Any) -> dict[str, float]:
    recalled = bits(predictions)
    asked = int(predictions.drawn.sum()) * math.log2(int(predictions.alphabet)) or math.nan
    if windows != COMPLETE or np.isnan(recalled).any():
        return {"bits_asked": asked}
    mean, low, high = real_mean(recalled, **settings)
    return {"bits": mean, "bits_low": low, "bits_high": high, "bits_asked": asked}
