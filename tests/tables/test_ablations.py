"""The tables of what ablated networks answer."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from ablations import ABLATIONS

from echoseq.statistics.inference import difference_interval
from echoseq.tables import ablations, ablations_of_seeds

SETTINGS: dict[str, Any] = {"confidence": 0.95, "resamples": 1000, "margin": 0.01}
PLACES = ["1", "2", "value", "all"]


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return ablations.make("echo", ABLATIONS, **SETTINGS).set_index(["ablation", "position"])


@pytest.fixture(scope="module")
def by_seed() -> pd.DataFrame:
    made = ablations_of_seeds.make("echo", ABLATIONS, margin=0.01)
    return made.set_index(["ablation", "position", "seed"]).sort_index()


def test_every_seed_has_its_accuracy_beside_that_of_the_intact_network(
    by_seed: pd.DataFrame,
) -> None:
    assert len(by_seed) == 2 * len(ABLATIONS.cases) * len(PLACES)
    without = by_seed.loc["attention"]
    assert without["accuracy"].unstack().loc[PLACES].to_numpy().tolist() == [
        *([0, 2 / 8], [4 / 8, 2 / 8], [4 / 16, 4 / 16], [0, 0])
    ]
    assert without["intact"].unstack().loc[PLACES].to_numpy().tolist() == [
        *([1, 1], [1, 6 / 8], [1, 14 / 16], [1, 6 / 8])
    ]
    np.testing.assert_array_equal(without["lost"], without["intact"] - without["accuracy"])


def test_what_a_row_is_about_is_told(table: pd.DataFrame, by_seed: pd.DataFrame) -> None:
    row = table.loc["read_out", "1"]
    assert (row["layer"], row["state"], row["removed"]) == ("encoder", "h", 2)
    assert table.loc["attention", "removed"].isna().all()
    assert by_seed.loc["cells_worst", "cell"].tolist() == [3] * 8
    assert by_seed.loc["cells_mean", "cell"].isna().all()


def test_the_mean_over_cells_counts_the_answers_of_each(table: pd.DataFrame) -> None:
    expected = [45 / 48, 40 / 48, 85 / 96, 40 / 48]
    assert table.loc["cells_mean", "accuracy"][PLACES].tolist() == pytest.approx(expected)


def test_the_cells_that_cost_more_than_the_margin_are_counted(
    table: pd.DataFrame, by_seed: pd.DataFrame
) -> None:
    share = by_seed.loc["cells_mean", "share"].unstack().loc[PLACES]
    third = pytest.approx(1 / 3)
    assert share[3].tolist() == [0, third, third, third]
    assert share[7].tolist() == [third, 0, third, third]
    assert table.loc[("cells_mean", "1"), "share"] == pytest.approx(1 / 6)
    others = [case.ablation for case in ABLATIONS.cases if case.ablation != "cells_mean"]
    assert table.loc[others, "share"].isna().all()
    made = ablations_of_seeds.make("echo", ABLATIONS, margin=0.25)  # as much as one cell costs
    wide = made.set_index(["ablation", "position", "seed"])["share"]
    assert wide["cells_mean"].unstack().loc[["1", "2"]].to_numpy().tolist() == [[0, third], [0, 0]]


def test_what_is_lost_is_paired_by_seed_and_sequence(table: pd.DataFrame) -> None:
    row = table.loc["attention", "2"]
    assert (row["accuracy"], row["intact"], row["lost"]) == (6 / 16, 14 / 16, 8 / 16)
    pair = (ABLATIONS.correct[:, case, :, 1] for case in (0, 1))
    low, high = difference_interval(*pair, (4, 4), confidence=0.95, resamples=1000)
    assert (row["lost_low"], row["lost_high"]) == (low, high)
    assert low < 0.5 < high
    intact = table.loc["intact"]
    assert intact["lost"].isna().all()
    assert (intact["accuracy"] == intact["intact"]).all()


def test_bits_are_those_of_the_drawn_values(table: pd.DataFrame) -> None:
    """4 bits in a value of 16, less a loss of 4 bits times the share that is wrong."""
    bits = table.loc["attention", "bits"][PLACES]
    assert bits.tolist() == pytest.approx([0.5, 1.5, 1, 2], abs=1e-5)
    one = replace(ABLATIONS, drawn=np.array([False, True]))
    some = ablations.make("echo", one, **SETTINGS).set_index(["ablation", "position"])
    told = some.loc["attention", "bits"][PLACES]
    assert np.isnan(told["1"])
    assert told[1:].tolist() == pytest.approx([1.5] * 3, abs=1e-5)
    linear = replace(ABLATIONS, encoding=np.array("linear"))
    assert ablations.make("echo", linear, **SETTINGS)["bits"].isna().all()


def test_a_place_at_which_nothing_is_asked_has_no_row() -> None:
    windows, correct = np.array([0, 4, 4]), ABLATIONS.correct.copy()
    correct[..., 0], correct[..., 2] = 0, correct[..., 1]
    one = replace(ABLATIONS, windows=windows, correct=correct, values=np.ones(4, int))
    table = ablations.make("echo", one, **SETTINGS).set_index(["ablation", "position"])
    assert list(table.loc["attention"].index) == ["2", "value", "all"]
    assert table.loc["attention", "accuracy"].tolist() == [6 / 16] * 3
    assert set(table["chance"]) == {1 / 16}


def test_chance_of_the_exact_match_is_that_of_all_values(table: pd.DataFrame) -> None:
    assert table.loc["intact", "chance"][PLACES].tolist() == [*[1 / 16] * 3, 1 / 256]
