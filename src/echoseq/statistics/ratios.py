"""Ratios of times until learned, paired by seed."""

import math

import numpy as np

from echoseq.statistics.inference import MILLIONTH, bootstrap_mean


def step_of(epochs: np.ndarray, others: np.ndarray, every: int) -> float:
    """Half of the step in which times are known, as a base-2 logarithm of a ratio.

    Args:
        epochs, others: times of the two sides, in epochs.
        every: the epochs after which it is checked whether a run has learned.
    """
    return math.log2(1 + every / 2 / min(epochs.mean(), others.mean()))


def log_ratio(
    ours: np.ndarray, theirs: np.ndarray, step: float, *, confidence: float, resamples: int
) -> tuple[tuple[float, float, float], np.ndarray]:
    """The mean base-2 logarithm of the ratio of times, with its interval, and that of each seed.

    Times are known to a step of epochs only, so the interval is never narrower than that, as when
    all seeds have the same times.

    Args:
        ours, theirs: times of the same seeds, (seeds,).

    Returns:
        The mean with both ends, which are NaN for one seed; whole millionths, (seeds,).
    """
    millionths = np.rint(np.log2(ours / theirs) * MILLIONTH).astype(np.int64)
    low, high = (
        end / MILLIONTH
        for end in bootstrap_mean(millionths[:, None], confidence=confidence, resamples=resamples)
    )
    mean = float(millionths.mean() / MILLIONTH)
    if not math.isnan(low):
        low, high = min(low, mean - step), max(high, mean + step)
    return (mean, low, high), millionths
