"""Intervals of rates: ratios of two counts over seeds and held-out sequences."""

import math

import numpy as np

from echoseq.statistics.inference import Bootstrap, percentile_interval, wilson


def rate_interval(
    part: np.ndarray, whole: np.ndarray, bootstrap: Bootstrap | None, confidence: float
) -> tuple[float, float]:
    """Interval of the ratio of two totals over seeds and sequences.

    Widened at both ends as in `inference.mean_interval`, by the pairs of seed and sequence with a
    `whole` above 0.

    Args:
        part, whole: whole numbers, (seeds, sequences).
        bootstrap: None for one seed.

    Returns:
        Low and high end; NaN (not available) for one seed, and where `whole` is 0 throughout.
    """
    if bootstrap is None or not whole.any():
        return math.nan, math.nan
    with np.errstate(invalid="ignore"):
        ratios = bootstrap.totals(part) / bootstrap.totals(whole)
    low, high = percentile_interval(ratios[~np.isnan(ratios)], confidence, len(part))
    _, unseen = wilson(0, int((whole > 0).sum()), confidence)
    return min(low, 1 - unseen), max(high, unseen)


def rate_difference_interval(
    one: tuple[float, float, float], other: tuple[float, float, float]
) -> tuple[float, float]:
    """Interval of a difference of rates from their intervals (Newcombe 1998, Stat. Med. 17:873).

    It assumes independent rates; here they share their seeds and vary together, so it tends to be
    too wide.

    Args:
        one, other: rate, low and high end.
    """
    (rate, low, high), (other_rate, other_low, other_high) = one, other
    difference = rate - other_rate
    return (
        difference - math.hypot(rate - low, other_high - other_rate),
        difference + math.hypot(high - rate, other_rate - other_low),
    )
