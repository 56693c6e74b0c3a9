"""Needed cells within budgets, on made-up tables."""

import math
from typing import Any

import pandas as pd
import pytest
from sweeping import compared_twice, experiments_and_runs

from echoseq.tables import needs
from echoseq.tables.sizes import COLUMNS, bounds, make

NAN = math.nan
SETTINGS = {"confidence": 0.9, "learned_share": 0.8, "success": 0.99}


def table(
    groups: dict[str, dict[int, list[float]]], budgets: list[int], cap: int = 1000
) -> pd.DataFrame:
    tables = experiments_and_runs(groups, cap=cap)
    tables["needs"] = needs.make(tables, **SETTINGS)
    return make(tables, budgets=budgets, learned_share=0.8)


def rows(found: pd.DataFrame) -> list[tuple[Any, ...]]:
    kept = found[["group", "budget", "needed_cells", "bound"]]
    return [tuple(None if pd.isna(v) else v for v in row) for row in kept.to_numpy(object)]


def test_fewer_epochs_need_more_cells():
    found = table(
        {
            "a": {10: [NAN, 900], 20: [600, 700], 40: [200, 300]},
            "b": {10: [100] * 2, 20: [100] * 2},
        },
        budgets=[500, 250],
    )
    assert list(found.columns) == list(COLUMNS)
    assert rows(found) == [
        ("a", 250, None, "more than"),
        ("a", 500, 40, None),
        ("a", 1000, 20, None),
        ("b", 250, 10, "at most"),
        ("b", 500, 10, "at most"),
        ("b", 1000, 10, "at most"),
    ]
    assert found["base"].isna().tolist() == [True] * 3 + [False] * 3
    assert (found["smallest"].iloc[0], found["largest"].iloc[0]) == (10, 40)


def test_what_was_learned_in_the_last_epoch_of_a_budget_counts():
    groups = {"a": {10: [500, 500], 20: [500, 500]}}
    assert rows(table(groups, [500]))[0] == ("a", 500, 10, "at most")
    assert rows(table(groups, [499]))[0] == ("a", 499, None, "more than")


def test_a_budget_that_was_not_spent_is_left_out():
    """Who would have learned by then is not known of runs that stopped before."""
    groups = {"a": {10: [NAN], 20: [200]}}
    assert [row[1] for row in rows(table(groups, [1000, 1500]))] == [1000]
    tables = experiments_and_runs(groups, cap=1000)
    tables["experiments"].loc[0, "epochs"] = 300
    tables["needs"] = needs.make(tables, **SETTINGS)
    found = make(tables, budgets=[250, 500], learned_share=0.8)
    assert [row[1] for row in rows(found)] == [250, 1000]


def test_a_group_of_one_size_needs_nothing():
    found = table({"a": {10: [200]}}, [500])
    assert found.empty
    assert list(found.columns) == list(COLUMNS)


@pytest.mark.parametrize(
    ("row", "ends"),
    [
        ({"bound": None, "needed_cells": 20.0}, (20, 20)),
        ({"bound": "at most", "needed_cells": 10.0}, (1, 10)),
        ({"bound": "more than", "needed_cells": NAN}, (41, NAN)),
    ],
)
def test_the_ends_of_the_grid_bound_what_is_needed(row, ends):
    assert bounds(row | {"smallest": 10, "largest": 40}) == pytest.approx(ends, nan_ok=True)


def test_a_group_that_is_compared_with_two_others_has_its_sizes_once():
    groups = {
        "a": {10: [100] * 3, 20: [100] * 3},
        "b": {10: [200] * 3, 20: [200] * 3},
        "c": {10: [NAN] * 4, 20: [900, 300, 300, 300]},
        "d": {20: [100]},
    }
    tables = experiments_and_runs(groups, cap=1000)
    tables = compared_twice(compared_twice(tables, "c", "b", seeds=1), "d", "b", seeds=1)
    tables["needs"] = needs.make(tables, **SETTINGS)
    assert tables["needs"]["group"].value_counts().to_dict() == {"a": 2, "b": 2, "c": 4, "d": 2}
    found = make(tables, budgets=[500], learned_share=0.75)
    # With the first seed alone, 20 cells would not be enough within 500 epochs.
    assert rows(found[found["group"] == "c"]) == [("c", 500, 20, None), ("c", 1000, 20, None)]
    assert "d" not in set(found["group"])  # of one size
