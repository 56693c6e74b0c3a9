"""The tables of what probes read."""

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from readings import READOUTS

from echoseq.tables import probes, probes_of_seeds

SETTINGS = {"confidence": 0.95, "resamples": 1000}
CASE = ["network", "probe", "state", "position", "step"]


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return probes.make("echo", READOUTS, **SETTINGS).set_index(CASE).sort_index()


@pytest.fixture(scope="module")
def by_seed() -> pd.DataFrame:
    return probes_of_seeds.make("echo", READOUTS).set_index([*CASE, "seed"]).sort_index()


def test_every_seed_has_its_accuracy_and_bits(by_seed: pd.DataFrame) -> None:
    assert len(by_seed) == 2 * len(READOUTS.cases)
    second = by_seed.loc["trained", "linear", "h", 2, 2]
    assert second["accuracy"].to_dict() == {3: 1 / 8, 7: 3 / 8}
    # 4 bits in a value of 16, less a loss of 4 bits times the share that is wrong
    np.testing.assert_allclose(second["bits"], [0.5, 1.5], rtol=1e-6)


def test_means_over_seeds_have_their_range_and_intervals(table: pd.DataFrame) -> None:
    row = table.loc["trained", "linear", "h", 2, 2]
    assert (row["accuracy"], row["minimum"], row["maximum"]) == (0.25, 0.125, 0.375)
    assert row["low"] < 0.25 < row["high"]
    assert row["bits"] == pytest.approx(1, abs=1e-6)
    assert row["bits_low"] < 1 < row["bits_high"]
    assert (row["seeds"], row["confidence"]) == (2, 0.95)


def test_chance_and_the_bits_in_a_value_are_those_of_the_alphabet(table: pd.DataFrame) -> None:
    assert set(table["chance"]) == {1 / 16}
    assert set(table["bits_asked"]) == {4}


def test_values_are_asked_for_as_far_as_the_echo_goes(table: pd.DataFrame) -> None:
    asked = table["asked"].groupby("position").agg(set)
    assert asked.to_dict() == {1: {True}, 2: {False}}


def test_no_error_at_all_still_has_an_interval(table: pd.DataFrame) -> None:
    row = table.loc["trained", "linear", "h", 1, 2]
    assert row["accuracy"] == row["high"] == 1
    assert row["low"] < 1


def test_bits_below_0_are_kept() -> None:
    """A probe that is wrong and sure of it tells less than nothing; noise goes both ways."""
    worse = replace(READOUTS, loss=READOUTS.loss + np.float32(math.log(16)))
    table = probes.make("echo", worse, **SETTINGS)
    assert table["bits"].min() == pytest.approx(-3.75, abs=1e-5)


def test_a_single_seed_has_no_interval() -> None:
    one = replace(
        READOUTS, seeds=READOUTS.seeds[:1], correct=READOUTS.correct[:1], loss=READOUTS.loss[:1]
    )
    table = probes.make("echo", one, **SETTINGS)
    assert table[["low", "high", "bits_low", "bits_high"]].isna().all(axis=None)
    assert table["accuracy"].notna().all()
