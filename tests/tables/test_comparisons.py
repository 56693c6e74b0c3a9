"""Comparisons with a base, by hand."""

import math

import numpy as np
import pandas as pd
import pytest
from examples import MASKED, PREDICTIONS, made_up

from echoseq.evaluation.predictions import Predictions
from echoseq.tables.comparisons import COLUMNS, compare, corrected, make
from echoseq.tables.inference import difference_interval, wilson


def comparison(ours: Predictions, theirs: Predictions) -> pd.DataFrame:
    return compare(("ours", ours), ("base", theirs), confidence=0.9, resamples=500)


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


def test_only_complete_windows_are_compared():
    table = comparison(MASKED, made_up([3, 7], 2))
    pd.testing.assert_frame_equal(table, comparison(PREDICTIONS, made_up([3, 7], 2)))


def test_a_single_seed_in_common_has_a_difference_without_interval_or_test():
    table = comparison(made_up([4, 1], 2, [(1, 0, 0, 0)]), made_up([1, 2], 2))
    assert table["difference"].tolist() == pytest.approx([-1 / 8, 0, -1 / 8])
    assert table[["low", "high", "p"]].isna().all(axis=None)


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


def test_every_pair_has_its_rows_and_one_correction_for_all():
    base = ("base", made_up([0, 1], 2))
    pairs = [((name, made_up([0, 1], 2, [(0, 0, 0, 0)])), base) for name in ("a", "b")]
    table = make(iter(pairs), confidence=0.9, resamples=100)
    assert list(table.columns) == list(COLUMNS)
    assert table["experiment"].tolist() == ["a"] * 3 + ["b"] * 3
    exact = table[table["position"] == "all"]
    assert exact["p_holm"].tolist() == pytest.approx((2 * exact["p"]).clip(upper=1).tolist())


def test_without_pairs_the_table_has_columns_but_no_rows():
    table = make([], confidence=0.9, resamples=100)
    assert table.empty
    assert list(table.columns) == list(COLUMNS)
