"""Intervals over seeds and sequences."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import stats
from workspaces import random_generator

from echoseq import streams
from echoseq.statistics.inference import (
    Bootstrap,
    difference_interval,
    interquartile_mean,
    mean_interval,
    wilson,
)

WINDOWS = 21


# wilson

confidences = st.floats(0.01, 0.9999)


@given(
    st.integers(1, 10**6).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), confidences
)
def test_the_wilson_interval_is_that_of_scipy(case, confidence):
    successes, trials = case
    test = stats.binomtest(successes, trials)
    expected = test.proportion_ci(confidence_level=confidence, method="wilson")
    low, high = wilson(successes, trials, confidence)
    assert low == pytest.approx(expected.low, rel=1e-9, abs=1e-12)
    assert high == pytest.approx(expected.high, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("trials", [1, 10, 1000])
def test_the_wilson_interval_ends_exactly_at_0_and_1_where_all_trials_agree(trials):
    assert wilson(0, trials, 0.95)[0] == 0
    assert wilson(trials, trials, 0.95)[1] == 1


def test_the_wilson_interval_stays_honest_at_the_ceiling():
    low, high = wilson(1000, 1000, 0.95)
    assert low == pytest.approx(0.9962, abs=5e-5)
    assert high == 1


@given(st.integers(0, 50), st.integers(50, 1000), confidences)
def test_the_wilson_interval_contains_the_share_and_rises_with_it(successes, trials, confidence):
    low, high = wilson(successes, trials, confidence)
    assert 0 <= low <= successes / trials <= high <= 1
    more = wilson(successes + 1, trials + 1, confidence)
    assert more[0] > low
    assert more[1] >= high


@given(st.integers(0, 100), confidences)
def test_the_wilson_interval_of_failures_mirrors_that_of_successes(successes, confidence):
    low, high = wilson(successes, 100, confidence)
    mirrored = wilson(100 - successes, 100, confidence)
    assert (1 - high, 1 - low) == pytest.approx(mirrored, abs=1e-12)


# mean_interval


def interval(correct, confidence: float = 0.95, resamples: int = 2000) -> tuple[float, float]:
    correct = np.asarray(correct)
    return mean_interval(correct, WINDOWS, confidence=confidence, resamples=resamples)


def uneven_counts(seeds: int = 6, sequences: int = 40) -> np.ndarray:
    """Right windows that depend on the seed, on the sequence and on chance."""
    generator = random_generator(1)
    by_seed = generator.uniform(-0.15, 0.15, (seeds, 1))
    by_sequence = generator.uniform(-0.25, 0.25, (1, sequences))
    return generator.binomial(WINDOWS, 0.6 + by_seed + by_sequence)


def resampled_means(correct: np.ndarray, resamples: int) -> np.ndarray:
    """Mean accuracies with seeds and sequences drawn again, one resample at a time."""
    generator = random_generator(2)
    seeds, sequences = correct.shape
    means = []
    for _ in range(resamples):
        rows = generator.choice(seeds, seeds)
        columns = generator.choice(sequences, sequences)
        means.append(correct[rows][:, columns].mean() / WINDOWS)
    return np.array(means)


@pytest.mark.parametrize("confidence", [0.5, 0.8, 0.95])
@pytest.mark.parametrize(("seeds", "sequences"), [(6, 40), (30, 5)])
def test_the_interval_agrees_with_a_slow_resampling_loop(seeds, sequences, confidence):
    correct = uneven_counts(seeds, sequences)
    resamples = 4000
    means = resampled_means(correct, resamples)
    ends = interval(correct, confidence, resamples)
    tail = stats.norm.cdf(
        math.sqrt(seeds / (seeds - 1)) * stats.t.ppf((1 - confidence) / 2, seeds - 1)
    )
    for end, level in zip(ends, [tail, 1 - tail]):
        # Both ends are estimates: between levels 4 standard errors of their difference away.
        slack = 4 * math.sqrt(level * (1 - level) * 2 / resamples)
        lowest, highest = np.quantile(means, [max(0, level - slack), min(1, level + slack)])
        assert lowest <= end <= highest


@pytest.mark.parametrize(("seeds", "least"), [(5, 0.91), (10, 0.92)])
def test_the_interval_covers_the_mean_as_often_as_it_says(seeds, least):
    """Of seeds that differ much, at a nominal 95%; plain percentiles cover less."""
    generator = random_generator(3)
    covered = 0
    for _ in range(400):
        by_seed = generator.uniform(0.3, 0.9, (seeds, 1))
        low, high = interval(generator.binomial(WINDOWS, by_seed, (seeds, 30)), resamples=1000)
        covered += low <= 0.6 <= high
    assert covered / 400 >= least


@pytest.mark.parametrize("correct", [[[21, 20, 3]], [[21]], [[0] * 100]])
def test_a_single_seed_has_no_interval(correct):
    assert all(math.isnan(end) for end in interval(correct))


def test_two_seeds_have_an_interval():
    assert all(math.isfinite(end) for end in interval([[21, 20, 3], [21, 21, 9]]))


def test_the_interval_stays_honest_where_all_is_right():
    low, high = interval(np.full((10, 100), WINDOWS))
    assert low == pytest.approx(0.9962, abs=5e-5)
    assert high == 1


def test_the_interval_stays_honest_where_all_is_wrong():
    low, high = interval(np.zeros((10, 100), int))
    assert low == 0
    assert high == pytest.approx(0.0038, abs=5e-5)


def test_the_bound_for_unseen_errors_counts_pairs_of_seed_and_sequence_not_windows():
    low, _ = interval(np.full((2, 5), WINDOWS))
    assert low == pytest.approx(wilson(10, 10, 0.95)[0])


@given(
    hnp.arrays(
        np.int64,
        st.tuples(st.integers(2, 8), st.integers(1, 20)),
        elements=st.integers(0, WINDOWS),
    ),
    st.sampled_from([0.9, 0.95, 0.99]),
)
def test_the_interval_contains_the_mean_and_stays_between_0_and_1(correct, confidence):
    low, high = interval(correct, confidence, resamples=500)
    slack = 1e-12
    assert 0 <= low <= correct.mean() / WINDOWS + slack
    assert correct.mean() / WINDOWS - slack <= high <= 1


def test_the_interval_is_the_same_on_repetition():
    correct = uneven_counts()
    first = interval(correct)
    np.random.seed(5)  # noqa: NPY002
    interval(correct[:3])
    assert interval(correct) == first


def test_the_interval_does_not_depend_on_the_integer_type():
    correct = uneven_counts(20, 100)
    assert interval(correct.astype(np.uint8)) == interval(correct)


def test_the_interval_is_wider_when_one_seed_failed():
    correct = uneven_counts()
    failed = correct.copy()
    failed[2] = 0
    narrow, wide = np.diff(interval(correct)), np.diff(interval(failed))
    assert wide > 1.5 * narrow


def test_one_failed_seed_among_perfect_ones_is_seen():
    correct = np.full((10, 100), WINDOWS)
    correct[4] = 0
    low, high = interval(correct)
    assert low < 0.75
    assert high > 0.99


def test_a_higher_confidence_gives_a_wider_interval():
    correct = uneven_counts()
    (low_80, high_80), (low_99, high_99) = interval(correct, 0.8), interval(correct, 0.99)
    assert low_99 < low_80 < high_80 < high_99


def test_windows_of_one_sequence_are_not_taken_for_independent():
    """The same accuracy from fewer sequences is less certain, whatever the windows."""
    correct = uneven_counts(6, 40)
    tiled = np.tile(correct, 4)
    assert np.diff(interval(tiled)) < np.diff(interval(correct))
    doubled = mean_interval(2 * correct, 2 * WINDOWS, confidence=0.95, resamples=2000)
    assert doubled == pytest.approx(interval(correct))


# difference_interval


def difference(
    ours, theirs, per_sequence: tuple[int, int] = (WINDOWS, WINDOWS), confidence: float = 0.95
) -> tuple[float, float]:
    pair = np.asarray(ours), np.asarray(theirs)
    return difference_interval(*pair, per_sequence, confidence=confidence, resamples=2000)


def test_the_interval_of_a_difference_is_paired_by_seed_and_sequence():
    """What seeds and sequences share cancels out; compared with another pairing, it does not."""
    ours = uneven_counts(6, 40)
    theirs = np.clip(ours - 1, 0, WINDOWS)
    low, high = difference(ours, theirs)
    assert low <= 1 / WINDOWS <= high
    paired = high - low
    low, high = difference(ours, theirs[[3, 5, 0, 1, 2, 4]][:, ::-1])
    assert high - low > 3 * paired


def test_the_interval_of_a_difference_agrees_with_a_slow_resampling_loop():
    ours, theirs = uneven_counts(6, 40), random_generator(4).binomial(WINDOWS, 0.5, (6, 40))
    shift = WINDOWS  # so that the loop sees no negative counts
    means = resampled_means(ours - theirs + shift, 4000) - 1
    ends = difference(ours, theirs)
    tail = stats.norm.cdf(math.sqrt(6 / 5) * stats.t.ppf(0.025, 5))
    for end, level in zip(ends, [tail, 1 - tail]):
        slack = 4 * math.sqrt(level * (1 - level) * (1 / 4000 + 1 / 2000))
        lowest, highest = np.quantile(means, [max(0, level - slack), min(1, level + slack)])
        assert lowest <= end <= highest


def test_the_difference_of_a_single_seed_has_no_interval():
    assert all(math.isnan(end) for end in difference([[21, 20, 3]], [[21, 21, 3]]))


def test_two_seeds_have_an_interval_of_their_difference():
    ends = difference([[21, 20], [21, 19]], [[20, 21], [20, 18]])
    assert all(math.isfinite(end) for end in ends)


def test_the_interval_of_a_difference_stays_honest_where_nothing_differs():
    for counts in (np.full((10, 100), WINDOWS), np.zeros((10, 100), int), uneven_counts(10, 100)):
        low, high = difference(counts, counts)
        assert (low, high) == pytest.approx((-0.0038, 0.0038), abs=5e-5)


def test_a_constant_difference_is_widened_as_much_on_both_sides():
    ours, theirs = np.full((10, 100), 20), np.full((10, 100), 18)
    unseen = wilson(0, 1000, 0.95)[1]
    expected = 2 / WINDOWS - unseen, 2 / WINDOWS + unseen
    assert difference(ours, theirs) == pytest.approx(expected)


def test_a_difference_of_accuracies_from_different_numbers_of_windows():
    """18 of 21 windows and 8 of 16: 6/7 - 1/2, not 18 - 8 of anything."""
    low, high = difference(np.full((4, 50), 18), np.full((4, 50), 8), per_sequence=(21, 16))
    assert (low + high) / 2 == pytest.approx(18 / 21 - 8 / 16)
    unseen = wilson(0, 200, 0.95)[1]
    assert high - low == pytest.approx(2 * unseen)


@pytest.mark.parametrize(("ours", "theirs"), [(WINDOWS, 0), (0, WINDOWS)])
def test_the_interval_of_a_difference_does_not_leave_minus_1_to_1(ours, theirs):
    low, high = difference(np.full((2, 5), ours), np.full((2, 5), theirs))
    assert -1 <= low < high <= 1
    assert (high == 1) == (ours > theirs)
    assert (low == -1) == (ours < theirs)


def test_the_difference_the_other_way_round_is_its_mirror():
    """Up to the resampling, which is not symmetric."""
    ours, theirs = uneven_counts(), uneven_counts()[::-1]
    low, high = difference(ours, theirs)
    assert difference(theirs, ours) == pytest.approx((-high, -low), abs=0.02)


@given(
    st.tuples(st.integers(2, 8), st.integers(1, 20)).flatmap(
        lambda shape: st.tuples(
            hnp.arrays(np.int64, shape, elements=st.integers(0, 21)),
            hnp.arrays(np.int64, shape, elements=st.integers(0, 16)),
        )
    ),
    st.sampled_from([0.9, 0.95, 0.99]),
)
def test_the_interval_of_a_difference_contains_it_and_lies_between_minus_1_and_1(pair, confidence):
    low, high = difference(*pair, per_sequence=(21, 16), confidence=confidence)
    mean = pair[0].mean() / 21 - pair[1].mean() / 16
    slack = 1e-12
    assert -1 <= low <= mean + slack
    assert mean - slack <= high <= 1


# interquartile_mean


@given(hnp.arrays(np.float64, st.integers(1, 40), elements=st.floats(0, 1)))
def test_the_interquartile_mean_is_that_of_scipy(values):
    assert interquartile_mean(values) == pytest.approx(stats.trim_mean(values, 0.25))


def test_the_interquartile_mean_hides_failures_that_the_success_rate_shows():
    assert interquartile_mean(np.array([1, 0.1, 1, 1, 1, 1, 0.1, 1, 1, 1])) == 1


# Bootstrap


def test_resampling_in_blocks_draws_the_same_as_at_once() -> None:
    """So many units and resamples that they are not drawn all at once."""
    units, resamples = (1000, 700), 600
    bootstrap = Bootstrap.draw(*units, resamples)
    stream = streams.generator("bootstrap", 0)
    for counts, number in zip((bootstrap.seeds, bootstrap.sequences), units):
        drawn = stream.integers(0, number, size=(resamples, number))
        np.testing.assert_array_equal(counts, [np.bincount(row, minlength=number) for row in drawn])


@pytest.mark.parametrize("shape", [(700, 30), (5, 700)])
def test_totals_in_blocks_are_those_of_one_product(shape: tuple[int, int]) -> None:
    values = random_generator(1).integers(0, 2, size=shape)
    bootstrap = Bootstrap.draw(*values.shape, resamples=900)
    expected = np.einsum(
        "rs,sq,rq->r", bootstrap.seeds.astype(int), values, bootstrap.sequences.astype(int)
    )
    np.testing.assert_array_equal(bootstrap.totals(values), expected)
