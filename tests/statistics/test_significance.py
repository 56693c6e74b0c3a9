"""Tests over seeds, and p-values corrected for their number."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import stats
from workspaces import random_generator

from echoseq.statistics.inference import holm, sign_flip

# sign_flip


@given(
    st.integers(2, 9).flatmap(lambda n: hnp.arrays(np.int64, (2, n), elements=st.integers(-30, 30)))
)
def test_the_sign_flip_test_is_that_of_scipy(pair):
    expected = stats.permutation_test(
        tuple(pair),
        lambda x, y: np.sum(x - y),
        permutation_type="samples",
        n_resamples=math.inf,
    )
    assert sign_flip(pair[0] - pair[1]) == pytest.approx(min(1, expected.pvalue))


def test_a_sign_flip_test_by_hand():
    """Of the 8 sums of +-1 +-2 +-3, 6 and -6 are as far from 0 as 6; of 4, 0, 2 four are."""
    assert sign_flip(np.array([1, 2, 3])) == 2 / 8
    assert sign_flip(np.array([-1, 2, 3])) == 4 / 8
    assert sign_flip(np.array([0, 0, 0])) == 1


@pytest.mark.parametrize("pairs", [1, 2, 5, 10, 15])
@pytest.mark.parametrize("sign", [1, -1])
def test_no_p_value_is_below_that_of_equal_signs(pairs, sign):
    assert sign_flip(sign * np.arange(1, pairs + 1)) == 2 / 2**pairs


def test_more_than_15_pairs_are_flipped_at_random_but_always_in_the_same_way():
    differences = random_generator(6).integers(-9, 12, 16)
    first = sign_flip(differences)
    np.random.seed(5)  # noqa: NPY002
    assert sign_flip(differences) == first
    exact = stats.permutation_test(
        (differences, 0 * differences),
        lambda x, y, axis: np.sum(x - y, axis=axis),
        permutation_type="samples",
        n_resamples=math.inf,
        vectorized=True,
    )
    assert 0.01 < exact.pvalue < 0.5
    error = math.sqrt(exact.pvalue * (1 - exact.pvalue) / 32_768)
    assert first == pytest.approx(exact.pvalue, abs=4 * error)


def test_a_random_p_value_is_never_zero():
    assert sign_flip(np.full(60, 7)) == 1 / 32_768


# holm


def test_corrected_p_values_by_hand():
    """Sorted: .005 x 4, .01 x 3, .03 x 2, .04 x 1, none below the one before it."""
    assert holm(np.array([0.01, 0.04, 0.03, 0.005])) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm(np.array([0.6, 0.7])) == pytest.approx([1, 1])
    assert holm(np.array([0.02])).tolist() == [0.02]
    assert holm(np.array([])).tolist() == []


def test_a_p_value_that_is_missing_stays_so_and_counts_for_nothing():
    corrected = holm(np.array([0.01, math.nan, 0.04, math.nan]))
    assert corrected == pytest.approx([0.02, math.nan, 0.04, math.nan], nan_ok=True)
    assert np.isnan(holm(np.array([math.nan]))).all()


@given(st.lists(st.floats(0, 1) | st.sampled_from([0.01, 0.02]), min_size=1, max_size=12))
def test_holm_rejects_what_the_step_down_procedure_rejects(p_values):
    """Holm's own words: the smallest against a/m, the next against a/(m - 1), until one fails."""
    adjusted = holm(np.array(p_values))
    assert (adjusted >= p_values).all()
    assert (adjusted <= 1).all()
    for level in (0.01, 0.05, 0.2, 0.9):
        rejected = set()
        for tested, i in enumerate(np.argsort(p_values, kind="stable")):
            if (len(p_values) - tested) * p_values[i] > level:
                break
            rejected.add(int(i))
        assert set(np.flatnonzero(adjusted <= level).tolist()) == rejected
