"""Slopes of the time to learn against cells, on made-up tables."""

import math

import pandas as pd
import pytest
from scipy import stats
from sweeping import compared_twice, experiments_and_runs

from echoseq.tables import needs
from echoseq.tables.slopes import COLUMNS, make

NAN = math.nan
SIZES = (10, 20, 40, 80)


def table(
    groups: dict[str, dict[int, list[float]]], *, twice: tuple[str, str] | None = None
) -> pd.DataFrame:
    """Slopes of groups whose seeds learn at these epochs.

    Args:
        twice: a group, and a second one that its first seed is compared with.
    """
    tables = experiments_and_runs(groups, cap=10**6)
    if twice:
        tables = compared_twice(tables, *twice, seeds=1)
    tables["needs"] = needs.make(tables, confidence=0.9, learned_share=0.8, success=0.99)
    return make(tables, confidence=0.9, learned_over=150)


def powers(*exponents: float) -> dict[int, list[float]]:
    """By cells, the epochs of seeds that follow these powers from 8,000 epochs on."""
    return {cells: [8000 * (cells / 10) ** power for power in exponents] for cells in SIZES}


def test_the_slope_is_the_exponent_of_a_power_law():
    found = table({"a": powers(-1, -1, -1), "b": powers(0.5, 0.5)})
    assert list(found.columns) == list(COLUMNS)
    assert found["slope"].tolist() == pytest.approx([-1, 0.5])
    # As exactly as times are known that are looked at every 100 epochs.
    half = [math.log2(1 + 50 / least) / 3 for least in (1000, 8000)]
    assert (found["high"] - found["slope"]).tolist() == pytest.approx(half, abs=1e-6)
    assert (found["slope"] - found["low"]).tolist() == pytest.approx(half, abs=1e-6)
    assert found["epochs_at_smallest"].tolist() == [8000, 8000]
    assert found["epochs_at_largest"].tolist() == [1000, round(8000 * 8**0.5)]
    row = found.iloc[0]
    assert (row["seeds"], row["sizes"], row["smallest"], row["largest"]) == (3, 4, 10, 80)


def test_the_interval_is_students_over_the_slopes_of_seeds():
    exponents = [-1.2, -1.0, -0.9, -0.7]
    row = table({"a": powers(*exponents)}).iloc[0]
    expected = stats.ttest_1samp(exponents, 0).confidence_interval(0.9)
    assert (row["low"], row["high"]) == pytest.approx((expected.low, expected.high), abs=1e-6)


def test_sizes_that_a_seed_did_not_learn_at_are_left_out():
    sizes = powers(-1, -1, -1)
    sizes[10][1] = NAN  # or the other two would say how fast this size is
    row = table({"a": sizes}).iloc[0]
    assert (row["sizes"], row["smallest"], row["seeds"]) == (3, 20, 3)
    sizes[20][0] = NAN
    assert table({"a": sizes}).empty


def test_sizes_that_were_learned_when_first_looked_at_are_left_out():
    """After 200 epochs, the first multiple of 100 from 150 on; they may have learned before."""
    sizes = powers(-1, -1)
    sizes[80] = [1000, 200]
    row = table({"a": sizes}).iloc[0]
    assert (row["sizes"], row["largest"]) == (3, 40)
    sizes[80] = [1000, 300]
    assert table({"a": sizes}).iloc[0]["largest"] == 80


def test_one_seed_has_a_slope_without_an_interval():
    row = table({"a": powers(-1)}).iloc[0]
    assert row["slope"] == pytest.approx(-1)
    assert math.isnan(row["low"])


def test_a_group_that_is_compared_with_two_others_has_its_sizes_once():
    groups = {"a": powers(-1), "b": powers(-2), "c": powers(-1, -0.5)}
    row = table(groups, twice=("c", "b")).set_index("group").loc["c"]
    assert (row["seeds"], row["sizes"], row["slope"]) == (2, 4, pytest.approx(-0.75))
    two = {"a": powers(-1), "b": powers(-1), "c": {10: [8000.0], 20: [4000.0]}}
    assert "c" not in set(table(two, twice=("c", "b"))["group"])
