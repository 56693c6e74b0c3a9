"""The summary over seeds, by hand."""

import numpy as np
import pandas as pd
import pytest
from examples import COUNTS_7, EXPECTED, MASKED, PREDICTIONS, SEED_7, SEQUENCES, predicted
from scipy import stats

from echoseq.evaluation.predictions import Predictions
from echoseq.statistics.inference import mean_interval
from echoseq.tables import seeds
from echoseq.tables.summary import make


def summary(predictions: Predictions = PREDICTIONS, **settings: float) -> pd.DataFrame:
    settings = {"confidence": 0.9, "resamples": 500, "success": 0.7} | settings
    return make("partial_echo", predictions, **settings)


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
    table = seeds.make("partial_echo", PREDICTIONS).set_index(["seed", "position"])["accuracy"]
    assert table[7, "all"] < min(table[7, "1"], table[7, "2"])
    means = summary().set_index("position")["mean"]
    assert means["all"] < min(means["1"], means["2"])


def test_chance_of_the_exact_match_is_that_of_guessing_every_value():
    tokens = np.zeros((2, 1, 3, 4), np.uint8)
    predictions = predicted(
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
    predictions = predicted(
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
def test_a_seed_succeeds_with_at_least_the_required_accuracy(success, rate):
    table = summary(success=success).set_index("position")
    assert table.loc["all", "success_rate"] == rate


def test_the_summary_of_a_single_seed_has_no_interval_of_the_mean():
    alone = predicted(
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
