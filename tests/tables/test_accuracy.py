"""Numbers over seeds: counts, and the tables made of them."""

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from conftest import random_generator
from echoseq.tables.accuracy import (
    comparison_table,
    corrected,
    count_correct,
    count_predictions,
    echo_table,
    epochs_to_learn,
    learned_table,
    learning_curve,
    most_wrong,
    position_names,
    seed_table,
    summary_table,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import stats

from echoseq.evaluation.predictions import Predictions
from echoseq.tables.inference import difference_interval, mean_interval, wilson

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
    distance=np.array([[[0, 0], [0, 0]], [[2, 0.25], [2, 0.75]]], np.float32),
    n_in=np.array(3),
    alphabet=np.array(10),
    keep_missing=np.array(False),
)
# Right windows of seed 7 by sequence: position 1, position 2, both.
COUNTS_7 = [[3, 3, 2], [2, 3, 2]]
# The same with the windows kept that miss values: targets [-, -], [-, first], and four complete
# ones. Seed 3 is right where there is a target, and says 255 where there is none; seed 7 says 0.
MASKED = replace(
    PREDICTIONS,
    tokens=np.concatenate(
        [
            [
                [[[255, 255], [255, 0]], [[255, 255], [255, 9]]],
                [[[0, 0], [0, 1]], [[0, 0], [0, 9]]],
            ],
            PREDICTIONS.tokens,
        ],
        axis=2,
    ).astype(np.uint8),
    keep_missing=np.array(True),
)


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
    assert counts.correct.tolist() == [[[4, 4, 4], [4, 4, 4]], COUNTS_7]
    assert counts.of.tolist() == [4, 4, 4]
    assert counts.accuracy.tolist() == [[1, 1, 1], [5 / 8, 6 / 8, 4 / 8]]


@given(answers())
def test_counts_equal_a_loop_over_every_window(answer):
    tokens, expected = answer
    counts = count_correct(tokens, expected)
    seeds, sequences, windows, n_out = tokens.shape
    assert counts.correct.shape == (seeds, sequences, n_out + 1)
    assert counts.of.tolist() == [windows] * (n_out + 1)
    for seed, sequence in np.ndindex(seeds, sequences):
        right = [
            [tokens[seed, sequence, w, p] == expected[sequence, w, p] for p in range(n_out)]
            for w in range(windows)
        ]
        by_position = [sum(window[p] for window in right) for p in range(n_out)]
        assert counts.correct[seed, sequence].tolist() == [*by_position, sum(map(all, right))]


@given(answers())
def test_the_exact_match_is_never_above_a_position(answer):
    counts = count_correct(*answer).correct
    assert (counts[..., -1] <= counts[..., :-1].min(axis=-1)).all()


def test_counts_do_not_overflow():
    tokens = np.zeros((1, 1, 300, 2), np.uint8)
    assert count_correct(tokens, tokens[0]).correct.tolist() == [[[300, 300, 300]]]


def test_missing_targets_count_for_nothing():
    counts = count_correct(MASKED.tokens, MASKED.expected)
    # Position 1 is there in 4 of 6 windows, position 2 in 5, and 5 windows hold something.
    assert counts.of.tolist() == [4, 5, 5]
    assert counts.correct.tolist() == [[[4, 5, 5], [4, 5, 5]], [[3, 3, 2], [2, 4, 3]]]
    assert counts.accuracy.tolist() == [[1, 1, 1], [5 / 8, 7 / 10, 5 / 10]]


def test_complete_and_incomplete_windows_are_counted_apart():
    counts = count_predictions(MASKED)
    assert list(counts) == ["complete", "incomplete"]
    assert counts["complete"].of.tolist() == [4, 4, 4]
    assert counts["complete"].correct.tolist() == [[[4, 4, 4], [4, 4, 4]], COUNTS_7]
    assert counts["incomplete"].of.tolist() == [0, 1, 1]
    assert counts["incomplete"].correct[..., 1:].tolist() == [[[1, 1], [1, 1]], [[0, 0], [1, 1]]]


def test_what_is_said_in_place_of_a_missing_target_changes_no_count():
    tokens = MASKED.tokens.copy()
    tokens[:, :, 0] = 77
    tokens[:, :, 1, 0] = 88
    for windows, counts in count_predictions(replace(MASKED, tokens=tokens)).items():
        before = count_predictions(MASKED)[windows]
        np.testing.assert_array_equal(counts.correct, before.correct)
        np.testing.assert_array_equal(counts.of, before.of)


def test_an_accuracy_of_no_answers_is_not_a_number():
    incomplete = count_predictions(MASKED)["incomplete"]
    assert np.isnan(incomplete.accuracy[:, 0]).all()
    assert incomplete.accuracy[:, 1:].tolist() == [[1, 1], [0.5, 0.5]]


def test_an_experiment_that_drops_what_misses_values_has_no_incomplete_windows():
    assert list(count_predictions(PREDICTIONS)) == ["complete"]


# epochs_to_learn


@pytest.mark.parametrize(
    ("accuracy", "over", "expected"),
    [
        ([0, 0, 1, 1, 1], 2, 4),
        ([0, 0, 1, 1, 1], 1, 3),
        ([0, 0, 1, 1, 1], 3, 5),
        ([1, 1, 0, 0], 2, 2),  # at the very first window, though forgotten later
        ([1], 1, 1),
        ([0.5, 0.98, 1, 0.98, 1], 2, 3),
        ([1, 0, 1, 0, 1], 2, math.nan),
        ([0, 0, 0, 0], 2, math.nan),
        ([1, 1, 1], 4, math.nan),  # fewer epochs than the window
    ],
)
def test_a_run_has_learned_at_the_end_of_the_first_window_that_succeeds(accuracy, over, expected):
    learned = epochs_to_learn(np.array(accuracy, np.float32), 0.99, over)
    assert learned == pytest.approx(expected, nan_ok=True)
    assert isinstance(learned, float)


def test_a_mean_that_is_just_the_success_asked_for_is_enough():
    accuracy = np.array([0.0] * 30 + [1.0] * 19 + [0.8] + [0.0] * 30, np.float32)
    assert epochs_to_learn(accuracy, 0.99, 20) == 50
    accuracy[49] = 0.79
    assert math.isnan(epochs_to_learn(accuracy, 0.99, 20))


@given(st.lists(st.integers(0, 8), max_size=40), st.integers(1, 6))
def test_epochs_to_learn_equal_a_loop_over_windows(eighths, over):
    accuracy = np.array(eighths, np.float32) / 8
    ends = [
        end
        for end in range(over, len(eighths) + 1)
        if sum(eighths[end - over : end]) >= 0.75 * 8 * over
    ]
    expected = ends[0] if ends else math.nan
    assert epochs_to_learn(accuracy, 0.75, over) == pytest.approx(expected, nan_ok=True)


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


RUNS = pd.DataFrame(
    [
        ("echo", 100, 40),
        ("echo", 100, math.nan),
        ("echo", 100, 70),
        ("echo", 100, 40),
        ("never", 50, math.nan),
        ("late", 60, 60),
    ],
    columns=["experiment", "epochs", "epochs_to_learn"],
)


def test_the_share_of_seeds_that_have_learned_keeps_those_that_never_do():
    table = learned_table(RUNS, 0.95)
    steps = table[["experiment", "epoch", "learned", "seeds", "share"]].to_numpy().tolist()
    assert steps == [
        ["echo", 0, 0, 4, 0],
        ["echo", 40, 2, 4, 0.5],
        ["echo", 70, 3, 4, 0.75],
        ["echo", 100, 3, 4, 0.75],
        ["never", 0, 0, 1, 0],
        ["never", 50, 0, 1, 0],
        ["late", 0, 0, 1, 0],
        ["late", 60, 1, 1, 1],
    ]


def test_the_interval_of_the_share_that_has_learned_is_that_of_scipy():
    for row in learned_table(RUNS, 0.9).to_dict("records"):
        test = stats.binomtest(row["learned"], row["seeds"])
        interval = test.proportion_ci(confidence_level=0.9, method="wilson")
        assert (row["low"], row["high"]) == pytest.approx((interval.low, interval.high))
        assert row["confidence"] == 0.9


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


def test_values_that_are_missing_are_not_wrong():
    assert most_wrong(MASKED.tokens, MASKED.expected) == (1, 0)  # 3 wrong each, with the first
    right = MASKED.tokens.copy()
    right[1, 0] = right[0, 0]
    right[0, 1] = right[1, 1]
    assert most_wrong(right, MASKED.expected) == (0, 1)
    assert most_wrong(right[1:, :1], MASKED.expected[:1]) == (0, 0)


# Tables


def test_the_positions_are_counted_from_1_and_end_with_the_exact_match():
    assert position_names(3) == ["1", "2", "3", "all"]


def test_the_table_of_seeds():
    expected = pd.DataFrame(
        [
            ("partial_echo", 3, "1", 1.0, 0.25, 0.0, 8, "complete"),
            ("partial_echo", 3, "2", 1.0, 0.25, 0.0, 8, "complete"),
            ("partial_echo", 3, "all", 1.0, 0.25, 0.0, 8, "complete"),
            ("partial_echo", 7, "1", 5 / 8, 1.5, 2.0, 8, "complete"),
            ("partial_echo", 7, "2", 6 / 8, 3.0, 0.5, 8, "complete"),
            ("partial_echo", 7, "all", 4 / 8, 2.25, 1.25, 8, "complete"),
        ],
        columns=[
            *("experiment", "seed", "position", "accuracy", "loss", "distance", "n", "windows")
        ],
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
            "interquartile_mean": [13 / 16, 14 / 16, 12 / 16],
            "confidence": 0.9,
            "minimum": [5 / 8, 6 / 8, 4 / 8],
            "maximum": 1.0,
            "seeds": 2,
            "success_rate": [0.5, 1.0, 0.5],
            "success_low": [half.low, both.low, half.low],
            "success_high": [half.high, both.high, half.high],
            "chance": [0.1, 0.1, 0.01],
            "windows": "complete",
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
        distance=np.zeros((2, 1, 4), np.float32),
        n_in=np.array(5),
        alphabet=np.array(100),
        keep_missing=np.array(False),
    )
    assert summary(predictions)["chance"].tolist() == pytest.approx([0.01] * 4 + [1e-8])


def test_a_mean_and_a_median_tell_a_failed_seed_apart():
    tokens = np.stack([EXPECTED, EXPECTED, SEED_7])
    predictions = Predictions(
        seeds=np.array([0, 1, 2]),
        sequences=SEQUENCES,
        tokens=tokens,
        loss=np.zeros((3, 2, 2), np.float32),
        distance=np.zeros((3, 2, 2), np.float32),
        n_in=np.array(3),
        alphabet=np.array(10),
        keep_missing=np.array(False),
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
        distance=np.zeros((1, 2, 2), np.float32),
        n_in=np.array(3),
        alphabet=np.array(10),
        keep_missing=np.array(False),
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


# Tables of experiments that keep the windows with missing values


def test_incomplete_windows_have_rows_of_their_own_in_the_table_of_seeds():
    table = seed_table("masked", MASKED)
    complete = table[table["windows"] == "complete"]
    pd.testing.assert_frame_equal(complete, seed_table("masked", PREDICTIONS))
    incomplete = table[table["windows"] == "incomplete"]
    expected = pd.DataFrame(
        [
            ("masked", 3, "2", 1.0, math.nan, math.nan, 2, "incomplete"),
            ("masked", 3, "all", 1.0, math.nan, math.nan, 2, "incomplete"),
            ("masked", 7, "2", 0.5, math.nan, math.nan, 2, "incomplete"),
            ("masked", 7, "all", 0.5, math.nan, math.nan, 2, "incomplete"),
        ],
        columns=table.columns,
    )
    pd.testing.assert_frame_equal(incomplete.reset_index(drop=True), expected)


def test_incomplete_windows_have_rows_of_their_own_in_the_summary():
    table = summary(MASKED)
    complete = table[table["windows"] == "complete"]
    pd.testing.assert_frame_equal(complete, summary(PREDICTIONS))
    incomplete = table[table["windows"] == "incomplete"].set_index("position")
    assert incomplete.index.tolist() == ["2", "all"]  # nothing is there at position 1
    assert incomplete["mean"].tolist() == [0.75, 0.75]
    assert incomplete["success_rate"].tolist() == [0.5, 0.5]
    counts = np.array([[1, 1], [0, 1]])
    expected = mean_interval(counts, 1, confidence=0.9, resamples=500)
    assert tuple(incomplete.loc["all", ["low", "high"]]) == expected


def test_chance_of_an_incomplete_window_is_that_of_guessing_the_values_it_has():
    """The one incomplete window with a target has one value: a guess among 10."""
    table = summary(MASKED).set_index(["windows", "position"])["chance"]
    assert table["complete", "all"] == pytest.approx(0.01)
    assert table["incomplete", "2"] == pytest.approx(0.1)
    assert table["incomplete", "all"] == pytest.approx(0.1)


def test_the_table_of_echoes_holds_what_is_missing_as_it_is():
    table = echo_table("masked", MASKED)
    assert table["expected"].tolist()[:6] == [-1, -1, -1, 0, 0, 1]
    assert table["predicted"].tolist()[:6] == [0, 0, 0, 1, 9, 1]


# comparison_table


def made_up(
    seeds: list[int], n_out: int, wrong: list[tuple[int, int, int, int]] = (), n_in: int = 3
) -> Predictions:
    """Right answers to two sequences of 6 values, but for (seed, sequence, window, position)."""
    sequences = np.array([[0, 1, 2, 3, 4, 5], [9, 8, 7, 6, 5, 4]], np.uint8)
    windows = np.lib.stride_tricks.sliding_window_view(sequences, n_in, axis=-1)[..., :n_out]
    tokens = np.stack([windows] * len(seeds))
    for seed, sequence, window, position in wrong:
        tokens[seeds.index(seed), sequence, window, position] = 99
    empty = np.zeros((len(seeds), 2, n_out), np.float32)
    return Predictions(
        seeds=np.array(seeds),
        sequences=sequences,
        tokens=tokens,
        loss=empty,
        distance=empty,
        n_in=np.array(n_in),
        alphabet=np.array(10),
        keep_missing=np.array(False),
    )


def comparison(ours: Predictions, theirs: Predictions) -> pd.DataFrame:
    return comparison_table(("ours", ours), ("base", theirs), confidence=0.9, resamples=500)


def test_a_comparison_by_hand():
    """Seed 1: one window wrong in ours; seed 2: two in ours and one in the base."""
    ours = made_up([1, 2], 2, [(1, 0, 0, 0), (2, 0, 0, 0), (2, 1, 3, 1)])
    base = made_up([1, 2], 2, [(2, 0, 1, 1)])
    table = comparison(ours, base)
    assert list(table.columns) == [
        *("experiment", "base", "position", "accuracy", "base_accuracy", "difference"),
        *("low", "high", "confidence", "seeds", "p"),
    ]
    assert (table["experiment"] == "ours").all()
    assert (table["base"] == "base").all()
    assert (table["confidence"] == 0.9).all()
    assert table["position"].tolist() == ["1", "2", "all"]
    assert table["accuracy"].tolist() == pytest.approx([14 / 16, 15 / 16, 13 / 16])
    assert table["base_accuracy"].tolist() == pytest.approx([1, 15 / 16, 15 / 16])
    assert table["difference"].tolist() == pytest.approx([-2 / 16, 0, -2 / 16])
    assert table["seeds"].tolist() == [2, 2, 2]
    # Differences of seeds 1 and 2: -1 and -1 at position 1, 0 and 0, and -1 and -1.
    assert table["p"].tolist() == [0.5, 1, 0.5]
    exact = table.iloc[2]
    counts = np.array([[3, 4], [3, 3]]), np.array([[4, 4], [3, 4]])
    expected = difference_interval(*counts, (4, 4), confidence=0.9, resamples=500)
    assert (exact["low"], exact["high"]) == expected


def test_only_the_seeds_that_both_have_are_compared_in_whatever_order_they_stand():
    ours = made_up([7, 3, 1], 2, [(3, 0, 0, 0), (7, 0, 0, 0), (7, 0, 1, 0), (7, 0, 2, 0)])
    base = made_up([1, 2, 3, 5], 2, [(2, 0, 0, 0), (5, 0, 0, 0), (1, 1, 0, 0), (1, 1, 1, 0)])
    table = comparison(ours, base).set_index("position")
    assert table["seeds"].tolist() == [2, 2, 2]
    assert table.loc["1", "accuracy"] == pytest.approx(15 / 16)  # of seeds 1 and 3
    assert table.loc["1", "base_accuracy"] == pytest.approx(14 / 16)
    # Seed 1: +2 windows, seed 3: -1; all four sums of signs are as far from 0 or farther.
    assert table.loc["1", "difference"] == pytest.approx(1 / 16)
    assert table.loc["1", "p"] == 1
    shuffled = made_up([3, 5, 1, 2], 2, [(2, 0, 0, 0), (5, 0, 0, 0), (1, 1, 0, 0), (1, 1, 1, 0)])
    pd.testing.assert_frame_equal(comparison(ours, shuffled).set_index("position"), table)


def test_seeds_are_paired_not_means():
    """Both lose the same seeds: no difference but what was not seen. Other seeds: a large one."""
    lost = [(seed, s, w, 0) for seed in (0, 2) for s in range(2) for w in range(4)]
    same = comparison(made_up([0, 1, 2, 3], 2, lost), made_up([0, 1, 2, 3], 2, lost))
    unseen = wilson(0, 8, 0.9)[1]
    assert same[["low", "high"]].to_numpy() == pytest.approx(np.array([[-unseen, unseen]] * 3))
    others = [(seed + 1, *rest) for seed, *rest in lost]
    crossed = comparison(made_up([0, 1, 2, 3], 2, lost), made_up([0, 1, 2, 3], 2, others))
    assert crossed["difference"].tolist() == pytest.approx([0, 0, 0])
    assert crossed["high"].iloc[0] > 2 * unseen


def test_echoes_of_different_length_are_compared_where_both_have_a_position():
    ours = made_up([0, 1], 3, [(0, 0, 0, 2), (1, 0, 0, 0)])
    base = made_up([0, 1], 2, [(0, 0, 0, 1)])
    table = comparison(ours, base).set_index("position")
    assert table.index.tolist() == ["1", "2", "all"]
    assert table["accuracy"].tolist() == pytest.approx([15 / 16, 1, 14 / 16])
    assert table["base_accuracy"].tolist() == pytest.approx([1, 15 / 16, 15 / 16])
    turned = comparison(base, ours).set_index("position")
    assert turned["difference"].tolist() == pytest.approx((-table["difference"]).tolist())
    assert turned["p"].tolist() == table["p"].tolist()


def test_windows_of_different_length_are_compared_by_their_accuracy():
    """3 windows of 4 values against 4 windows of 3: seed 1 has the same half wrong in both."""
    ours = made_up([0, 1], 2, [(1, 0, w, 0) for w in range(3)], n_in=4)
    base = made_up([0, 1], 2, [(1, 0, w, 0) for w in range(4)], n_in=3)
    table = comparison(ours, base)
    assert table["difference"].tolist() == pytest.approx([0, 0, 0])
    assert table["p"].tolist() == [1, 1, 1]


def test_complete_windows_alone_are_compared():
    table = comparison(MASKED, made_up([3, 7], 2))
    pd.testing.assert_frame_equal(table, comparison(PREDICTIONS, made_up([3, 7], 2)))


def test_a_single_seed_in_common_has_a_difference_without_interval_or_test():
    table = comparison(made_up([4, 1], 2, [(1, 0, 0, 0)]), made_up([1, 2], 2))
    assert table["difference"].tolist() == pytest.approx([-1 / 8, 0, -1 / 8])
    assert table[["low", "high", "p"]].isna().all(axis=None)


# corrected


def test_the_p_values_of_the_exact_match_are_corrected_for_their_number():
    table = pd.DataFrame(
        {
            "experiment": ["a", "a", "b", "b", "c", "c"],
            "position": ["1", "all", "1", "all", "1", "all"],
            "p": [0.001, 0.01, 0.002, 0.04, 0.003, 0.03],
        },
        index=[0, 1, 0, 1, 0, 1],  # as tables laid one below the other have it
    )
    found = corrected(table)
    assert list(found.columns) == ["experiment", "position", "p", "p_holm"]
    pd.testing.assert_frame_equal(found.drop(columns="p_holm"), table)
    expected = [math.nan, 0.03, math.nan, 0.06, math.nan, 0.06]
    assert found["p_holm"].tolist() == pytest.approx(expected, nan_ok=True)
