"""Needed cells and times on made-up tables."""

import math
from typing import Any

import pandas as pd
import pytest
from sweeping import experiments_and_runs

from echoseq.statistics.inference import wilson
from echoseq.tables.needs import COLUMNS, make, needed_cells

NAN = float("nan")


@pytest.mark.parametrize(
    ("shares", "needed"),
    [
        ({10: 1, 20: 1, 40: 1}, 10),  # all: the smallest one tried
        ({10: 0, 20: 0, 40: 0}, NAN),  # none
        ({10: 0, 20: 0.8, 40: 1}, 20),  # just enough
        ({10: 0, 20: 0.79, 40: 1}, 40),
        ({10: 1, 20: 0.6, 40: 1}, 40),  # not monotone: a smaller one that learns does not count
        ({10: 1, 20: 1, 40: 0.6}, NAN),
        ({10: 0.8}, 10),
    ],
)
def test_the_needed_size_is_the_one_from_which_on_all_are_enough(shares, needed):
    sizes = pd.DataFrame({"cells": shares.keys(), "share": shares.values()})
    for rows in (sizes, sizes[::-1]):
        assert needed_cells(rows, 0.8) == pytest.approx(needed, nan_ok=True)


def table(groups: dict[str, dict[int, list[float]]], **settings: Any) -> pd.DataFrame:
    """The needs of groups whose seeds learn at these epochs; NaN: not within 1,000."""
    tables = experiments_and_runs(groups, cap=1000)
    return make(tables, **{"confidence": 0.9, "learned_share": 0.8, "success": 0.99} | settings)


def test_a_row_has_the_seeds_that_learned_and_the_median_times():
    needs = table({"short": {10: [200, 400, NAN], 20: [100, 100, 100]}, "long": {10: [NAN] * 3}})
    assert list(needs.columns) == list(COLUMNS)
    assert needs["group"].tolist() == ["short", "short", "long"]
    assert needs["cells"].tolist() == [10, 20, 10]
    first = needs.iloc[0]
    assert (first["seeds"], first["learned"], first["share"]) == (3, 2, pytest.approx(2 / 3))
    assert (first["low"], first["high"]) == wilson(2, 3, 0.9)
    assert (first["epochs"], first["updates"], first["cap"]) == (400, 1200, 1000)
    assert (first["trained_windows"], first["held_out"], first["below"]) == (7 * 1200, 0.99, 0)
    assert first["parameters"] == 107
    assert needs["base"].isna().tolist() == [True, True, False]
    assert needs["base"].iloc[2] == "short"
    assert needs["needed_cells"].tolist() == pytest.approx([20, 20, NAN], nan_ok=True)
    assert math.isnan(needs["epochs"].iloc[2])


def test_what_was_learned_is_judged_on_held_out_sequences():
    tables = experiments_and_runs({"short": {10: [200, 400, NAN]}}, cap=1000)
    tables["skill_of_seeds"]["accuracy"] = [0.98, 1, 0.2]  # that of the last, which did not learn
    (row,) = make(tables, confidence=0.9, learned_share=0.8, success=0.99).to_dict("records")
    assert (row["held_out"], row["below"]) == (0.99, 1)


def test_a_lower_share_is_met_by_smaller_networks():
    groups = {"short": {10: [200, 400, NAN], 20: [100, 100, 100]}}
    assert table(groups, learned_share=0.6)["needed_cells"].tolist() == [10, 10]


def test_only_experiments_on_a_question_that_train_until_learned_have_needs():
    tables = experiments_and_runs({"short": {10: [200]}, "long": {10: [300]}}, cap=1000)
    tables["experiments"].loc[0, "until"] = "epochs"
    assert make(tables, confidence=0.9, learned_share=0.8, success=0.99)["group"].tolist() == [
        "long"
    ]
    tables["experiments"]["question"] = None
    none = make(tables, confidence=0.9, learned_share=0.8, success=0.99)
    assert none.empty
    assert list(none.columns) == list(COLUMNS)
