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


def test_a_difference_of_rates_by_hand():
    """Newcombe's example: 56 of 70 and 48 of 80, Wilson intervals, 95%: .0524 to .3339."""
    one, other = ((s / n, *wilson(s, n, 0.95)) for s, n in ((56, 70), (48, 80)))
    assert rate_difference_interval(one, other) == pytest.approx((0.0524, 0.3339), abs=5e-5)
