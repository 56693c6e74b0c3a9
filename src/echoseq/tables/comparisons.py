"""Experiments compared with their bases, paired by seed."""

import math
from collections.abc import Iterable

import numpy as np
import pandas as pd

from echoseq.evaluation.predictions import Predictions
from echoseq.tables.columns import COMPLETE, EXACT_MATCH
from echoseq.tables.counts import count_predictions
from echoseq.tables.inference import difference_interval, holm, sign_flip

SOURCE = "pairs"
ROW = "experiment and position"
SETTINGS = ("confidence", "resamples")
COLUMNS = {
    "experiment": "its name",
    "base": "the experiment that it is compared with",
    "position": "echoed position, 1 is the oldest value; `all` is the exact match",
    "accuracy": "of the experiment, mean over seeds",
    "base_accuracy": "of the base",
    "difference": "accuracy less that of the base, seed by seed",
    "low": "lower end of its {confidence} interval (bootstrap over seeds and sequences)",
    "high": "its upper end",
    "confidence": "coverage of the intervals",
    "seeds": "that both have",
    "p": "p-value of a test that flips the signs of the differences, seed by seed",
    "p_holm": "the same, corrected for the number of experiments; for the exact match only",
}

NamedPredictions = tuple[str, Predictions]


def make(
    pairs: Iterable[tuple[NamedPredictions, NamedPredictions]], *, confidence: float, resamples: int
) -> pd.DataFrame:
    """Compare experiments with their bases, each given by name and predictions."""
    rows = [compare(*pair, confidence=confidence, resamples=resamples) for pair in pairs]
    return corrected(pd.concat(rows)) if rows else pd.DataFrame(columns=list(COLUMNS))


def compare(
    ours: NamedPredictions,
    theirs: NamedPredictions,
    *,
    confidence: float,
    resamples: int,
) -> pd.DataFrame:
    """Differences from a base, paired by seed: a row for each shared position, and the exact match.

    Only complete windows and shared seeds are used. The exact match of echoes of different length
    is compared without adjustment, though more values have to be right in the longer one.

    Args:
        ours, theirs: name and predictions.
    """
    pair = ours[1], theirs[1]
    seeds, at_ours, at_theirs = np.intersect1d(pair[0].seeds, pair[1].seeds, return_indices=True)
    a, b = (count_predictions(p)[COMPLETE] for p in pair)
    shared = min(len(a.per_sequence), len(b.per_sequence)) - 1
    rows = []
    for i in [*range(shared), -1]:
        x, y = a.correct[at_ours][..., i], b.correct[at_theirs][..., i]
        low, high = difference_interval(
            x, y, (a.per_sequence[i], b.per_sequence[i]), confidence=confidence, resamples=resamples
        )
        by_seed = (x * b.per_sequence[i] - y * a.per_sequence[i]).sum(axis=1)
        rows.append(
            {
                "experiment": ours[0],
                "base": theirs[0],
                "position": EXACT_MATCH if i == -1 else str(i + 1),
                "accuracy": a.accuracy[at_ours, i].mean(),
                "base_accuracy": b.accuracy[at_theirs, i].mean(),
                "difference": a.accuracy[at_ours, i].mean() - b.accuracy[at_theirs, i].mean(),
                "low": low,
                "high": high,
                "confidence": confidence,
                "seeds": len(seeds),
                "p": sign_flip(by_seed) if len(seeds) > 1 else math.nan,
            }
        )
    return pd.DataFrame(rows)


def corrected(comparisons: pd.DataFrame) -> pd.DataFrame:
    """Comparisons with a column `p_holm`: corrected p-values of the exact match.

    They are one family: every experiment's exact match against its base. The positions show where
    a difference lies; they are not part of the tests.
    """
    exact = (comparisons["position"] == EXACT_MATCH).to_numpy()
    column = np.full(len(comparisons), math.nan)
    column[exact] = holm(comparisons.loc[exact, "p"].to_numpy())
    return comparisons.assign(p_holm=column)
