"""Intervals of rates, against a slow loop and a published example."""

import math

import numpy as np
import pytest

from echoseq.statistics.inference import Bootstrap, wilson
from echoseq.statistics.rates import rate_difference_interval, rate_interval


def test_the_interval_of_a_rate_agrees_with_a_slow_resampling_loop():
    generator = np.random.default_rng(1)
    whole = generator.integers(0, 20, (6, 30))
    part = generator.binomial(whole, 0.4)
    low, high = rate_interval(part, whole, Bootstrap.draw(6, 30, 4000), 0.95)
    ratios = []
    for _draw in range(4000):
        chosen = np.ix_(generator.integers(0, 6, 6), generator.integers(0, 30, 30))
        ratios.append(part[chosen].sum() / whole[chosen].sum())
    # The tails of six seeds: Student's quantile, scaled; 2.571 and sqrt(6 / 5).
    tail = 0.5 * math.erfc(math.sqrt(6 / 5) * 2.5706 / math.sqrt(2))
    assert (low, high) == pytest.approx(np.quantile(ratios, [tail, 1 - tail]), abs=0.012)


@pytest.mark.parametrize(
    ("share", "interval"), [(0, (0, 0.4345)), (1, (0.5655, 1))], ids=["never", "always"]
)
def test_what_did_not_happen_widens_the_interval(share, interval):
    """As 5 trials of Wilson's, 1.96**2 / (5 + 1.96**2): the other pairs have nothing to count.

    Resamples without any of the five have no rate.
    """
    whole = np.zeros((4, 10), int)
    whole[[0, 1, 1, 2, 3], [0, 1, 2, 3, 4]] = [1, 1, 6, 2, 9]
    found = rate_interval(share * whole, whole, Bootstrap.draw(4, 10, 500), 0.95)
    assert found == pytest.approx(interval, abs=5e-5)


def test_without_resamples_or_anything_to_count_there_is_no_interval():
    whole = np.ones((3, 4), int)
    for interval in (
        rate_interval(whole, whole, None, 0.95),
        rate_interval(0 * whole, 0 * whole, Bootstrap.draw(3, 4, 100), 0.95),
    ):
        assert np.isnan(interval).all()


def test_a_difference_of_rates_by_hand():
    """Newcombe's example: 56 of 70 and 48 of 80, Wilson intervals, 95%: .0524 to .3339."""
    one, other = ((s / n, *wilson(s, n, 0.95)) for s, n in ((56, 70), (48, 80)))
    assert rate_difference_interval(one, other) == pytest.approx((0.0524, 0.3339), abs=5e-5)
