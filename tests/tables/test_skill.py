"""Skill by hand: accuracy per value, exact match, bits; over seeds and of each."""

import math
from dataclasses import replace

import numpy as np
import pytest
from examples import MASKED, PREDICTIONS, made_up

from echoseq.statistics.inference import mean_interval
from echoseq.tables import skill, skill_of_seeds

NAN = float("nan")
SETTINGS = {"confidence": 0.9, "resamples": 200}


def test_accuracy_is_per_value_and_exact_match_per_window():
    """Seed 7 has 10 of 16 values right, and 4 of 8 windows."""
    table = skill_of_seeds.make("echo", PREDICTIONS)
    assert list(table.columns) == list(skill_of_seeds.COLUMNS)
    assert table["seed"].tolist() == [3, 7]
    assert table["accuracy"].tolist() == [1, 11 / 16]
    assert table["exact_match"].tolist() == [1, 4 / 8]
    (row,) = skill.make("echo", PREDICTIONS, **SETTINGS).to_dict("records")
    assert row["accuracy"] == pytest.approx((1 + 11 / 16) / 2)
    assert (row["minimum"], row["maximum"], row["seeds"]) == (11 / 16, 1, 2)
    right = np.array([[8, 8], [6, 5]])
    assert (row["low"], row["high"]) == mean_interval(right, 8, **SETTINGS)
    assert row["exact_match"] == pytest.approx(3 / 4)
    exact = np.array([[4, 4], [2, 2]])
    assert (row["exact_match_low"], row["exact_match_high"]) == mean_interval(exact, 4, **SETTINGS)


def test_bits_are_what_the_loss_leaves_of_the_alphabet():
    """Two values of 10: 2 log2(10) bits less the losses, here .375 and 4.5 nats on average."""
    asked = 2 * math.log2(10)
    table = skill_of_seeds.make("echo", PREDICTIONS)
    expected = [asked - 0.5 / math.log(2), asked - 4.5 / math.log(2)]
    assert table["bits"].tolist() == pytest.approx(expected)
    (row,) = skill.make("echo", PREDICTIONS, **SETTINGS).to_dict("records")
    assert row["bits"] == pytest.approx(np.mean(expected), abs=1e-6)
    assert row["bits_low"] < row["bits"] < row["bits_high"]
    assert row["bits_asked"] == pytest.approx(asked)


def test_a_faultless_and_certain_answer_recalls_all_bits_and_a_guess_none():
    certain = made_up([0, 1], 2)
    assert skill_of_seeds.make("echo", certain)["bits"].tolist() == pytest.approx(
        [2 * math.log2(10)] * 2
    )
    guess = replace(certain, loss=np.full_like(certain.loss, math.log(10)))
    assert skill_of_seeds.make("echo", guess)["bits"].tolist() == pytest.approx([0, 0], abs=1e-6)


def test_a_regression_has_no_bits():
    linear = replace(PREDICTIONS, encoding=np.array("linear"))
    assert skill_of_seeds.make("echo", linear)["bits"].isna().all()
    (row,) = skill.make("echo", linear, **SETTINGS).to_dict("records")
    assert math.isnan(row["bits"])
    assert row["accuracy"] == pytest.approx((1 + 11 / 16) / 2)


def test_incomplete_windows_are_apart():
    """Of these, one value a sequence is asked for; seed 7 has one of its two right."""
    table = skill_of_seeds.make("echo", MASKED)
    incomplete = table[table["windows"] == "incomplete"]
    assert incomplete["accuracy"].tolist() == [1, 0.5]
    assert incomplete["bits"].isna().all()
    complete = table[table["windows"] == "complete"].reset_index(drop=True)
    whole = skill_of_seeds.make("echo", PREDICTIONS)
    assert complete.equals(whole)
    both = skill.make("echo", MASKED, **SETTINGS)
    assert both["windows"].tolist() == ["complete", "incomplete"]
    assert both["bits"].isna().tolist() == [False, True]


def test_one_seed_has_no_interval():
    (row,) = skill.make("echo", made_up([4], 2), **SETTINGS).to_dict("records")
    assert all(math.isnan(row[key]) for key in ("low", "exact_match_high", "bits_low"))


def test_bits_are_those_of_the_drawn_values_that_are_asked_for():
    """A place of which nothing is asked has no loss, and a constant holds nothing to recall."""
    loss = PREDICTIONS.loss.copy()
    loss[..., 0] = NAN
    for loss_of_first in (loss, PREDICTIONS.loss):
        partial = replace(PREDICTIONS, loss=loss_of_first, drawn=np.array([False, True]))
        found = skill_of_seeds.make("echo", partial)["bits"].to_numpy()
        means = PREDICTIONS.loss[..., 1].mean(axis=1)
        np.testing.assert_allclose(found, math.log2(10) - means / math.log(2), rtol=1e-6)
        (row,) = skill.make("echo", partial, **SETTINGS).to_dict("records")
        assert row["bits_asked"] == pytest.approx(math.log2(10))


def test_a_task_of_ones_own_has_no_bits():
    """How much there is to recall is known of drawn values only."""
    own = replace(PREDICTIONS, drawn=np.array([False, False]))
    assert skill_of_seeds.make("echo", own)["bits"].isna().all()
    (row,) = skill.make("echo", own, **SETTINGS).to_dict("records")
    assert math.isnan(row["bits"])
    assert math.isnan(row["bits_asked"])
