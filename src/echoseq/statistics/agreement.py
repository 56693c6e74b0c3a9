"""Two sets of runs, ours and those that others printed: their difference, and what runs differ by.

Whoever repeats an experiment runs it with other seeds. So means are compared with what single
runs differ by: a difference that two runs of one and the same experiment have is none.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from statistics import NormalDist

import numpy as np
from scipy.special import stdtrit

DIGITS = 12  # the last bits of a mathematics library cannot appear in a table
GRID = np.linspace(-8.0, 8.0, 801)  # standard deviations


@dataclass(frozen=True)
class Sample:
    """What is known of a set of runs.

    mean: of the runs.
    spread: their standard deviation; NaN if one run is all there is.
    error: the standard error of the mean.
    freedom: the degrees of freedom of the spread.
    runs: how many.
    """

    mean: float
    spread: float
    error: float
    freedom: float
    runs: int


@dataclass(frozen=True)
class Agreement:
    """A difference of means, ours less theirs.

    low, high: the ends of its interval.
    tolerance: what it may be at most: what a run of ours and one of theirs differ by if the means
        are the same, with the confidence of the interval, and half a step of what is printed.
    """

    difference: float
    low: float
    high: float
    tolerance: float


def of_runs(values: Sequence[float]) -> Sample:
    """A set of runs of which every value is known."""
    runs = len(values)
    mean = math.fsum(values) / runs
    if runs == 1:
        return Sample(mean, math.nan, math.nan, math.nan, 1)
    variance = math.fsum((value - mean) ** 2 for value in values) / (runs - 1)
    return Sample(mean, math.sqrt(variance), math.sqrt(variance / runs), runs - 1.0, runs)


def of_range(low: float, high: float, runs: int) -> Sample:
    """A set of runs of which the lowest and the highest value are known, taken to be normal.

    The spread is the range divided by its expectation in units of the standard deviation (Tippett
    1925, Biometrika 17:364), with the degrees of freedom that have the same coefficient of
    variation (Patnaik 1950, Biometrika 37:78); the mean is the middle, with its own error.
    """
    expected, deviation, middle = _range_of_normals(runs)
    spread = (high - low) / expected
    return Sample((low + high) / 2, spread, spread * middle, (expected / deviation) ** 2 / 2, runs)


def compare(ours: Sample, theirs: Sample, step: float, confidence: float) -> Agreement:
    """The difference of two means, and what it may be.

    The interval is Welch's (1947, Biometrika 34:28). If they printed one run, it is taken as it is:
    the interval is that of our mean, and the tolerance what two of our runs differ by.

    Args:
        ours: of two runs or more.
        step: the steps in which theirs are printed.
    """
    alone = math.isnan(theirs.spread)
    other = (0.0, ours.freedom) if alone else (theirs.error, theirs.freedom)
    spread = ours.spread if alone else theirs.spread
    difference = ours.mean - theirs.mean
    half = _reach((ours.error, ours.freedom), other, confidence)
    apart = _reach((ours.spread, ours.freedom), (spread, other[1]), confidence, alone=alone)
    return Agreement(difference, difference - half, difference + half, apart + step / 2)


def mean_with_interval(ours: Sample, confidence: float) -> tuple[float, float]:
    """Student's interval of a mean."""
    half = _quantile(ours.freedom, confidence) * ours.error
    return ours.mean - half, ours.mean + half


def _reach(
    one: tuple[float, float],
    other: tuple[float, float],
    confidence: float,
    *,
    alone: bool = False,
) -> float:
    """How far a difference of two independent values reaches from 0.

    Args:
        one, other: the standard deviation of each, with its degrees of freedom.
        alone: whether both come from one estimate, with the degrees of freedom of one.
    """
    (a, a_freedom), (b, b_freedom) = (one[0] ** 2, one[1]), (other[0] ** 2, other[1])
    if a + b == 0:
        return 0.0
    freedom = (a + b) ** 2 / (a**2 / a_freedom + b**2 / b_freedom)
    return _quantile(a_freedom if alone else freedom, confidence) * math.sqrt(a + b)


def _quantile(freedom: float, confidence: float) -> float:
    return round(float(stdtrit(freedom, 0.5 + confidence / 2)), DIGITS)


@cache
def _range_of_normals(runs: int) -> tuple[float, float, float]:
    """Of that many standard normal values: mean and deviation of the range, that of the middle.

    By summing over a grid of the distribution function F: E[range] is the integral of
    1 - F^n - (1 - F)^n, and E[range^2] twice that of 1 - F(y)^n - (1 - F(x))^n + (F(y) - F(x))^n
    over x < y. The lowest and the highest value have the same variance V, and that of the range R
    gives their covariance, so that of their middle is V - R / 4.
    """
    below = np.array([NormalDist().cdf(float(x)) for x in GRID])
    width = float(GRID[1] - GRID[0])
    highest, lowest = below**runs, (1 - below) ** runs
    mean = float((1 - highest - lowest).sum()) * width
    pairs = 1 - highest[None, :] - lowest[:, None] + (below[None, :] - below[:, None]) ** runs
    # Half of the diagonal: its cells are cut in two by x < y.
    total = float(np.triu(pairs, 1).sum() + np.trace(pairs) / 2)
    of_range = 2 * total * width**2 - mean**2
    second = float((2 * GRID * np.where(GRID > 0, 1 - highest, -highest)).sum()) * width
    of_highest = second - (mean / 2) ** 2
    middle = math.sqrt(of_highest - of_range / 4)
    return round(mean, 6), round(math.sqrt(of_range), 6), round(middle, 6)
