"""Medians of times until learned, by hand, and against a curve drawn step by step."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from echoseq.statistics.survival import median_time

NAN = float("nan")


def found(times: list[int], learned: list[bool], confidence: float = 0.95):
    return median_time(np.array(times), np.array(learned), confidence)


@pytest.mark.parametrize(
    ("times", "learned", "median"),
    [
        ([100, 300, 500, 700, 900], [True] * 5, 500),
        ([100, 300, 500, 700], [True] * 4, 300),  # half have learned by then
        ([100, 300, 900, 900, 900], [True, True, False, False, False], NAN),
        ([100, 300, 500, 900, 900], [True, True, True, False, False], 500),
        ([900, 900], [False, False], NAN),
        ([900], [True], 900),
        # 400 and 600 are censored early: of 5, 100 leaves 4/5; of 3, 500 leaves 4/5 * 2/3 = .533;
        # of 1, 800 leaves 0.
        ([100, 400, 500, 600, 800], [True, False, True, False, True], 800),
    ],
)
def test_the_median_by_hand(times, learned, median):
    assert found(times, learned).median == pytest.approx(median, nan_ok=True)


def test_the_interval_by_hand():
    """Log-log: S ** exp(+-z s), s the standard error of log(-log S), by Greenwood's formula.

    Of 10 at risk, each step takes one. At S = .9 the interval is .47 to .99, at .3 .07 to .58, at
    .2 .03 to .47: the lower end is at one half or below from the first on, the upper end from the
    eighth.
    """
    times = np.arange(100, 1100, 100)
    interval = found(times.tolist(), [True] * 10)
    z = 1.959964
    ends = []
    for sign in (1, -1):
        reached = []
        for step in range(1, 10):
            share = 1 - step / 10
            variance = sum(1 / ((10 - i) * (10 - i - 1)) for i in range(step))
            error = math.sqrt(variance) / abs(math.log(share))
            if share ** math.exp(sign * z * error) <= 0.5:
                reached.append(100 * step)
        ends.append(reached[0])
    assert (interval.low, interval.high) == tuple(ends) == (100, 800)
    assert interval.median == 500


def test_with_few_runs_the_upper_end_does_not_exist():
    interval = found([100, 200, 300], [True] * 3)
    assert interval.low == 100
    assert math.isnan(interval.high)


@pytest.mark.parametrize(
    ("times", "low", "high"),
    [
        ([500] * 10, 500, 500),
        ([700, 800, 800, 900, 900, 900, 900], 700, 900),
        ([100, 200, 300, 400, 500, 600], 100, 600),  # the median of all is later once in 64 times
        ([100, 200, 300, 400, 500], 100, NAN),  # once in 32 times
    ],
)
def test_the_interval_ends_where_all_have_learned(times, low, high):
    interval = found(times, [True] * len(times))
    assert (interval.low, interval.high) == pytest.approx((low, high), nan_ok=True)


def test_what_is_censored_leaves_the_upper_end_open():
    interval = found([100, 400, 400, 400, 400, 400, 400], [False] + [True] * 6)
    assert (interval.low, interval.high) == pytest.approx((400, NAN), nan_ok=True)


@given(st.lists(st.tuples(st.integers(1, 9), st.booleans()), min_size=1, max_size=12))
def test_the_interval_is_about_the_median(runs):
    median, low, high = found(*map(list, zip(*runs, strict=True)))
    if not math.isnan(median):
        assert low <= median
        assert math.isnan(high) or median <= high


def test_more_confidence_is_wider():
    times, learned = list(range(100, 2100, 100)), [True] * 20
    narrow, wide = found(times, learned, 0.5), found(times, learned, 0.95)
    assert wide.low < narrow.low < narrow.high < wide.high


@given(st.lists(st.tuples(st.integers(1, 9), st.booleans()), min_size=1, max_size=12))
def test_the_median_is_where_a_curve_drawn_step_by_step_comes_to_one_half(runs):
    share, expected = 1.0, NAN
    for time in sorted({t for t, _ in runs}):
        at_risk = sum(t >= time for t, _ in runs)
        share *= 1 - sum(t == time and learned for t, learned in runs) / at_risk
        if share <= 0.5 + 1e-9 and math.isnan(expected):
            expected = time
    times, learned = zip(*runs, strict=True)
    assert found(times, learned).median == pytest.approx(expected, nan_ok=True)
