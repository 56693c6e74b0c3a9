"""The accuracy of an experiment, as the columns that several tables have."""

from typing import Any

import numpy as np

from echoseq.statistics.inference import mean_interval


def over_seeds(correct: np.ndarray, answers: int, **settings: Any) -> dict[str, float]:
    """The mean over seeds with its interval, and the accuracies of the lowest and highest seed.

    Args:
        correct: right answers, (seeds, sequences).
        answers: in a sequence.
        settings: `confidence` and `resamples`.
    """
    by_seed = correct.mean(axis=1) / answers
    low, high = mean_interval(correct, answers, **settings)
    return {
        "accuracy": by_seed.mean(),
        "low": low,
        "high": high,
        "minimum": by_seed.min(),
        "maximum": by_seed.max(),
    }
