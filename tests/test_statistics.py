"""Numbers over seeds: counts, intervals and the tables made of them."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import stats

from echoseq.predictions import Predictions
from echoseq.statistics import (
    count_correct,
    echo_table,
    learning_curve,
    mean_interval,
    most_wrong,
    position_names,
    seed_table,
    summary_table,
    wilson,
)

WINDOWS = 21


def random_generator(seed: int = 0) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64(seed))


# Two seeds (3 and 7) answer two sequences of 6 values, framed with n_in 3 and n_out 2 to 4 windows.
# Seed 3 is always right. Seed 7 is wrong in windows 1 (position 1) and 2 (position 2) of sequence
# 0, and in windows 3 (position 1) and 4 (both) of sequence 1.
SEQUENCES = np.array([[0, 1, 2, 3, 4, 5], [9, 8, 7, 6, 5, 4]], np.uint8)
EXPECTED = np.array([[[0, 1], [1, 2], [2, 3], [3, 4]], [[9, 8], [8, 7], [7, 6], [6, 5]]], np.uint8)
SEED_7 = np.array([[[9, 1], [1, 0], [2, 3], [3, 4]], [[9, 8], [8, 7], [0, 6], [5, 6]]], np.uint8)
PREDICTIONS = Predictions(
    seeds=np.array([3, 7]),
    sequences=SEQUENCES,
    tokens=np.stack([EXPECTED, SEED_7]),
    loss=np.array([[[0, 0.25], [0.5, 0.25]], [[1, 2], [2, 4]]], np.float32),
    n_in=np.array(3),
    alphabet=np.array(10),
)
# Right windows of seed 7 by sequence: position 1, position 2, both.
COUNTS_7 = [[3, 3, 2], [2, 3, 2]]


@st.composite
def answers(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    """Tokens and targets of a small alphabet, so that some are right."""
    shape = draw(hnp.array_shapes(min_dims=4, max_dims=4, max_side=5))
    digits = st.integers(0, 2)
    tokens = draw(hnp.arrays(np.uint8, shape, elements=digits))
    return tokens, draw(hnp.arrays(np.uint8, shape[1:], elements=digits))


# count_correct


def test_right_windows_are_counted_at_each_position_and_at_all_together():
    counts = count_correct(PREDICTIONS.tokens, EXPECTED)
    assert counts.tolist() == [[[4, 4, 4], [4, 4, 4]], COUNTS_7]


@given(answers())
def test_counts_equal_a_loop_over_every_window(answer):
    tokens, expected = answer
    counts = count_correct(tokens, expected)
    seeds, sequences, windows, n_out = tokens.shape
    assert counts.shape == (seeds, sequences, n_out + 1)
    for seed, sequence in np.ndindex(seeds, sequences):
        right = [
            [tokens[seed, sequence, w, p] == expected[sequence, w, p] for p in range(n_out)]
            for w in range(windows)
        ]
        by_position = [sum(window[p] for window in right) for p in range(n_out)]
        assert counts[seed, sequence].tolist() == [*by_position, sum(map(all, right))]


@given(answers())
def test_the_exact_match_is_never_above_a_position(answer):
    counts = count_correct(*answer)
    assert (counts[..., -1] <= counts[..., :-1].min(axis=-1)).all()


def test_counts_do_not_overflow():
    tokens = np.zeros((1, 1, 300, 2), np.uint8)
    assert count_correct(tokens, tokens[0]).tolist() == [[[300, 300, 300]]]


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


@given(st.floats(0, 50), st.integers(50, 1000), confidences)
def test_the_wilson_interval_of_a_mean_lies_between_those_of_whole_numbers(
    successes, trials, confidence
):
    low, high = wilson(successes, trials, confidence)
    slack = 1e-12
    assert 0 <= low <= successes / trials + slack
    assert successes / trials - slack <= high <= 1
    below = wilson(math.floor(successes), trials, confidence)
    above = wilson(math.ceil(successes), trials, confidence)
    assert below[0] - slack <= low <= above[0] + slack
    assert below[1] - slack <= high <= above[1] + slack


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


def test_the_bound_of_what_was_not_seen_counts_pairs_of_seed_and_sequence_not_windows():
    low, _ = interval(np.full((2, 5), WINDOWS))
    assert low == pytest.approx(wilson(10, 10, 0.95)[0])


@settings(deadline=None)
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


# learning_curve


def history(epochs: int) -> pd.DataFrame:
    generator = random_generator(epochs)
    return pd.DataFrame(
        {
            "epoch": np.arange(1, epochs + 1),
            "loss": generator.random(epochs),
            "accuracy": generator.random(epochs),
        }
    )


def test_a_learning_curve_is_made_of_means_over_spans_of_epochs():
    table = pd.DataFrame(
        {
            "epoch": [1, 2, 3, 4, 5, 6],
            "loss": [4.0, 2.0, 2.0, 1.0, 1.0, 0.5],
            "accuracy": [0.0, 0.5, 0.5, 0.75, 0.75, 1.0],
        }
    )
    expected = {
        "epoch": [1.5, 3.5, 5.5],
        "loss": [3.0, 1.5, 0.75],
        "accuracy": [0.25, 0.625, 0.875],
    }
    assert learning_curve(table, points=3).to_dict("list") == expected


def test_uneven_spans_of_a_learning_curve_differ_by_one_epoch():
    table = pd.DataFrame(
        {"epoch": range(1, 8), "loss": [6.0, 5, 4, 3, 2, 1, 0], "accuracy": [0.0] * 6 + [1.0]}
    )
    expected = {"epoch": [2.0, 4.5, 6.5], "loss": [5.0, 2.5, 0.5], "accuracy": [0.0, 0.0, 0.5]}
    assert learning_curve(table, points=3).to_dict("list") == expected


@pytest.mark.parametrize("epochs", [1, 3, 100])
def test_a_history_of_no_more_epochs_than_points_is_kept_as_it_is(epochs):
    pd.testing.assert_frame_equal(
        learning_curve(history(epochs)), history(epochs), check_dtype=False
    )


@settings(deadline=None)
@given(st.integers(1, 60), st.integers(1, 20))
def test_a_learning_curve_covers_every_epoch_once(epochs, points):
    table = history(epochs)
    curve = learning_curve(table, points)
    sizes = []
    for middle in curve["epoch"]:  # from the epochs before a span and its middle follows its size
        sizes.append(round(2 * (middle - sum(sizes)) - 1))
    sizes = np.array(sizes)
    assert len(curve) == min(points, epochs)
    assert sizes.sum() == epochs
    assert sizes.max() - sizes.min() <= 1
    for column in ("loss", "accuracy"):
        assert (sizes * curve[column]).sum() == pytest.approx(table[column].sum())


# most_wrong


def test_the_worst_pair_of_seed_and_sequence_is_the_one_with_most_wrong_values():
    assert most_wrong(PREDICTIONS.tokens, EXPECTED) == (1, 1)


def test_values_are_counted_not_windows():
    expected = np.zeros((2, 3, 2), int)
    tokens = np.zeros((1, 2, 3, 2), int)
    tokens[0, 0, :2, 0] = 1  # two windows, two values
    tokens[0, 1, 0] = tokens[0, 1, 1, 0] = 1  # two windows, three values
    assert most_wrong(tokens, expected) == (0, 1)


@pytest.mark.parametrize("wrong", [[], [(0, 1), (1, 0)], [(1, 2), (1, 3), (2, 0)]])
def test_the_first_of_equally_wrong_pairs_is_taken(wrong):
    expected = np.zeros((4, 2, 2), int)
    tokens = np.zeros((3, 4, 2, 2), int)
    for pair in wrong:
        tokens[pair][0, 0] = 1
    assert most_wrong(tokens, expected) == (wrong or [(0, 0)])[0]


# Tables


def test_the_positions_are_counted_from_1_and_end_with_the_exact_match():
    assert position_names(3) == ["1", "2", "3", "all"]


def test_the_table_of_seeds():
    expected = pd.DataFrame(
        [
            ("partial_echo", 3, "1", 1.0, 0.25, 8),
            ("partial_echo", 3, "2", 1.0, 0.25, 8),
            ("partial_echo", 3, "all", 1.0, 0.25, 8),
            ("partial_echo", 7, "1", 5 / 8, 1.5, 8),
            ("partial_echo", 7, "2", 6 / 8, 3.0, 8),
            ("partial_echo", 7, "all", 4 / 8, 2.25, 8),
        ],
        columns=["experiment", "seed", "position", "accuracy", "loss", "n"],
    )
    pd.testing.assert_frame_equal(seed_table("partial_echo", PREDICTIONS), expected)


def summary(predictions: Predictions = PREDICTIONS, **settings: float) -> pd.DataFrame:
    settings = {"confidence": 0.9, "resamples": 500, "success": 0.7} | settings
    return summary_table("partial_echo", predictions, **settings)


def test_the_summary_of_an_experiment():
    half = stats.binomtest(1, 2).proportion_ci(confidence_level=0.9, method="wilson")
    both = stats.binomtest(2, 2).proportion_ci(confidence_level=0.9, method="wilson")
    expected = pd.DataFrame(
        {
            "experiment": "partial_echo",
            "position": ["1", "2", "all"],
            "mean": [13 / 16, 14 / 16, 12 / 16],
            "median": [13 / 16, 14 / 16, 12 / 16],
            "confidence": 0.9,
            "minimum": [5 / 8, 6 / 8, 4 / 8],
            "maximum": 1.0,
            "seeds": 2,
            "success_rate": [0.5, 1.0, 0.5],
            "success_low": [half.low, both.low, half.low],
            "success_high": [half.high, both.high, half.high],
            "chance": [0.1, 0.1, 0.01],
        }
    )
    table = summary()
    pd.testing.assert_frame_equal(table.drop(columns=["low", "high"]), expected)


def test_the_intervals_of_a_summary_are_those_of_its_counts():
    counts = np.array([[[4, 4, 4], [4, 4, 4]], COUNTS_7])
    for index, row in summary().iterrows():
        expected = mean_interval(counts[:, :, index], 4, confidence=0.9, resamples=500)
        assert (row["low"], row["high"]) == expected
        assert row["low"] <= row["mean"] <= row["high"]


def test_the_exact_match_lies_below_the_accuracy_at_each_position():
    seeds = seed_table("partial_echo", PREDICTIONS).set_index(["seed", "position"])["accuracy"]
    assert seeds[7, "all"] < min(seeds[7, "1"], seeds[7, "2"])
    means = summary().set_index("position")["mean"]
    assert means["all"] < min(means["1"], means["2"])


def test_chance_of_the_exact_match_is_that_of_guessing_every_value():
    tokens = np.zeros((2, 1, 3, 4), np.uint8)
    predictions = Predictions(
        seeds=np.array([0, 1]),
        sequences=np.zeros((1, 7), np.uint8),
        tokens=tokens,
        loss=np.zeros((2, 1, 4), np.float32),
        n_in=np.array(5),
        alphabet=np.array(100),
    )
    assert summary(predictions)["chance"].tolist() == pytest.approx([0.01] * 4 + [1e-8])


def test_a_mean_and_a_median_tell_a_failed_seed_apart():
    tokens = np.stack([EXPECTED, EXPECTED, SEED_7])
    predictions = Predictions(
        seeds=np.array([0, 1, 2]),
        sequences=SEQUENCES,
        tokens=tokens,
        loss=np.zeros((3, 2, 2), np.float32),
        n_in=np.array(3),
        alphabet=np.array(10),
    )
    exact = summary(predictions).set_index("position").loc["all"]
    assert exact["median"] == 1
    assert exact["mean"] == pytest.approx(2.5 / 3)
    assert exact["success_rate"] == pytest.approx(2 / 3)


@pytest.mark.parametrize(("success", "rate"), [(0.5, 1.0), (0.51, 0.5), (0.99, 0.5)])
def test_a_seed_succeeds_with_at_least_the_accuracy_asked_for(success, rate):
    table = summary(success=success).set_index("position")
    assert table.loc["all", "success_rate"] == rate


def test_the_summary_of_a_single_seed_has_no_interval_of_the_mean():
    alone = Predictions(
        seeds=np.array([7]),
        sequences=SEQUENCES,
        tokens=SEED_7[None],
        loss=np.zeros((1, 2, 2), np.float32),
        n_in=np.array(3),
        alphabet=np.array(10),
    )
    table = summary(alone)
    assert table[["low", "high"]].isna().all(axis=None)
    assert table["mean"].tolist() == [5 / 8, 6 / 8, 4 / 8]
    assert table[["success_low", "success_high"]].notna().all(axis=None)


def test_the_table_of_echoes_holds_the_worst_sequence_of_all_seeds():
    expected = pd.DataFrame(
        {
            "experiment": "partial_echo",
            "seed": 7,
            "sequence": 1,
            "window": [1, 1, 2, 2, 3, 3, 4, 4],
            "position": [1, 2] * 4,
            "expected": [9, 8, 8, 7, 7, 6, 6, 5],
            "predicted": [9, 8, 8, 7, 0, 6, 5, 6],
            "alphabet": 10,
        }
    )
    table = echo_table("partial_echo", PREDICTIONS)
    pd.testing.assert_frame_equal(table, expected, check_dtype=False)
