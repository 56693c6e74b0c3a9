"""The table of experiments: what each is and asks, and what chance reaches in it."""

import math

import pytest
from configurations import CONFIG

from echoseq.study.reading import read
from echoseq.tables.experiments import make


def test_the_table_of_experiments_has_the_question_of_each() -> None:
    table = make(read(CONFIG)).set_index("experiment")
    assert list(table.index) == list(read(CONFIG).experiments)
    row = table.loc["full_masked"]
    assert (row["question"], row["compare_to"]) == ("masking", "full_echo")
    assert (row["framing"], row["masking"], row["stateful"]) == ("mask", True, True)
    assert table.loc["full_stateless", "stateful"] == False  # noqa: E712
    assert (
        table.loc[["full_echo", "partial_echo"], ["question", "compare_to"]].isna().all(axis=None)
    )


def test_experiment_table_states_chance_and_reference() -> None:
    table = make(read(CONFIG)).set_index("experiment")
    assert table.loc["full_echo", "chance_accuracy"] == 0.01
    assert table.loc["full_echo", "chance_loss"] == pytest.approx(math.log(100))
    assert table.loc["full_linear", "chance_loss"] == pytest.approx(0.0850, abs=5e-5)
    assert table.loc["partial_echo", "reference_loss_high"] == 0.041
