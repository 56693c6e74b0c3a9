"""Times until learned, of which some are censored: runs that met their cap before they learned."""

import math
import warnings
from typing import NamedTuple

import numpy as np
import scipy  # which loads its `stats` where that is used: figures need none of it


class Median(NamedTuple):
    """A median with its interval; NaN where the curve does not come down to one half."""

    median: float
    low: float
    high: float


def median_time(times: np.ndarray, learned: np.ndarray, confidence: float) -> Median:
    """The Kaplan-Meier median (Kaplan and Meier 1958, J. Am. Stat. Assoc. 53:457).

    The first time by which at least half had learned. The ends of the interval are the first times
    at which the ends of the log-log interval of the curve come down to one half (Brookmeyer and
    Crowley 1982, Biometrics 38:29). That interval does not exist where the curve is at 0: its lower
    end is 0 there, and the upper one, if all runs learned, the exact bound of none in as many
    (Clopper and Pearson 1934, Biometrika 26:404). With five runs or fewer, there is no upper end
    at the usual confidence.

    Args:
        times: until learned, or of training for runs that did not learn, (runs,).
        learned: which runs learned, (runs,).
    """
    if not learned.any():
        return Median(math.nan, math.nan, math.nan)
    data = scipy.stats.CensoredData.right_censored(times.astype(np.float64), ~learned)
    unlearned = scipy.stats.ecdf(data).sf
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # at 0, the interval is not defined
        interval = unlearned.confidence_interval(confidence, method="log-log")
    shares = unlearned.probabilities
    none_left = 1 - ((1 - confidence) / 2) ** (1 / len(times)) if learned.all() else math.nan
    low = np.where(shares > 0, interval.low.probabilities, 0.0)
    high = np.where(shares > 0, interval.high.probabilities, none_left)
    return Median(*(_half(unlearned.quantiles, curve) for curve in (shares, low, high)))


def _half(times: np.ndarray, shares: np.ndarray) -> float:
    """The first time at which a falling curve is at one half or below."""
    reached = times[shares <= 0.5 + 1e-12]
    return float(reached[0]) if reached.size else math.nan
