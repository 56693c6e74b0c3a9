"""Ours beside theirs: the difference, what it may be, and how often that is judged wrongly."""

import math
from collections import Counter

import numpy as np
import pytest
from scipy import stats
from workspaces import random_generator

from echoseq.answers.verdicts import HOLDS, REFUTED, judge
from echoseq.statistics.agreement import (
    Sample,
    compare,
    mean_with_interval,
    of_range,
    of_runs,
)

# Expected range of normal values, its standard deviation, and that of the middle of the range, in
# units of theirs: for two by hand, for the others from tables of the range and by simulation.
RANGES = {
    2: (2 / math.sqrt(math.pi), math.sqrt(2 - 4 / math.pi), math.sqrt(0.5)),
    5: (2.326, 0.864, 0.511),
    10: (3.078, 0.797, 0.431),
}


def test_a_set_of_runs_has_their_mean_and_spread() -> None:
    found = of_runs([0.1, 0.2, 0.6])
    assert found.mean == pytest.approx(0.3)
    assert found.spread == pytest.approx(np.std([0.1, 0.2, 0.6], ddof=1))
    assert found.error == pytest.approx(found.spread / math.sqrt(3))
    assert (found.freedom, found.runs) == (2, 3)
    assert math.isnan(of_runs([0.5]).spread)


@pytest.mark.parametrize("runs", RANGES)
def test_a_range_tells_of_the_spread_and_of_the_mean(runs: int) -> None:
    expected, deviation, middle = RANGES[runs]
    found = of_range(1.0, 3.0, runs)
    assert found.mean == 2
    assert found.spread == pytest.approx(2 / expected, rel=1e-3)
    assert found.error == pytest.approx(found.spread * middle, rel=2e-3)
    assert found.freedom == pytest.approx((expected / deviation) ** 2 / 2, rel=4e-3)


def test_the_interval_is_welchs() -> None:
    one, other = random_generator(1).normal(5, 1, 10), random_generator(2).normal(4, 3, 6)
    found = compare(of_runs(one), of_runs(other), 0.0, 0.9)
    expected = stats.ttest_ind(one, other, equal_var=False).confidence_interval(0.9)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))
    assert found.difference == pytest.approx(one.mean() - other.mean())


def test_the_tolerance_is_what_single_runs_differ_by_and_half_a_step() -> None:
    one, other = Sample(0, 3, 1, 9, 10), Sample(0, 4, 1, 9, 10)
    freedom = 25**2 / (81 / 9 + 256 / 9)
    assert compare(one, other, 0.5, 0.95).tolerance == pytest.approx(
        5 * stats.t.ppf(0.975, freedom) + 0.25
    )


def test_one_run_that_they_print_is_taken_as_it_is() -> None:
    ours = of_runs([1.0, 2.0, 3.0, 4.0])
    found = compare(ours, of_runs([2.0]), 0.0, 0.95)
    assert (found.low + 2, found.high + 2) == pytest.approx(mean_with_interval(ours, 0.95))
    t = stats.t.ppf(0.975, 3)
    assert found.tolerance == pytest.approx(t * ours.spread * math.sqrt(2))


def test_without_any_spread_the_steps_of_the_print_are_tolerated() -> None:
    same, other = of_runs([1.0, 1.0]), of_runs([0.996, 0.996])
    found = compare(same, other, 0.01, 0.95)
    assert (found.low, found.high) == pytest.approx((0.004, 0.004))
    assert found.tolerance == 0.005


# Simulated papers whose truth is known: theirs are of the same runs, or lie some spreads apart.

STUDIES = 2000


def verdicts(theirs: int, apart: float, *, ranged: bool = False) -> Counter[str]:
    draw = random_generator(theirs)
    found: Counter[str] = Counter()
    for _ in range(STUDIES):
        ours = of_runs(draw.normal(0.0, 1.0, 10))
        printed = draw.normal(apart, 1.0, theirs)
        sample = of_range(printed.min(), printed.max(), theirs) if ranged else of_runs(printed)
        agreement = compare(ours, sample, 0.0, 0.95)
        reach = (-agreement.tolerance, agreement.tolerance)
        found[judge(agreement.low, agreement.high, reach)] += 1
    return found


@pytest.mark.parametrize(("theirs", "ranged"), [(10, False), (5, False), (10, True), (1, False)])
def test_what_is_the_same_is_met(theirs: int, ranged: bool) -> None:
    found = verdicts(theirs, 0.0, ranged=ranged)
    assert found[HOLDS] >= (0.94 if theirs == 1 else 0.99) * STUDIES
    assert found[REFUTED] <= 0.002 * STUDIES


@pytest.mark.parametrize(("theirs", "ranged"), [(10, False), (5, False), (10, True), (1, False)])
def test_what_lies_far_apart_is_not_met(theirs: int, ranged: bool) -> None:
    found = verdicts(theirs, 6.0, ranged=ranged)
    assert found[HOLDS] <= 0.005 * STUDIES
    assert found[REFUTED] >= 0.9 * STUDIES


def test_in_between_most_is_undecided() -> None:
    found = verdicts(10, 3.0)
    assert found[HOLDS] + found[REFUTED] < 0.2 * STUDIES
