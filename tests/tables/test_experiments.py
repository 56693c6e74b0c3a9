"""The table of experiments: what each is and asks, and what chance reaches in it."""

import math

import pytest
from configurations import CONFIG

from echoseq.study.reading import read
from echoseq.tables.experiments import make


def test_the_table_of_experiments_has_the_question_of_each() -> None:
    table = make(read(CONFIG)).set_index("experiment")
    assert list(table.index) == list(read(CONFIG).experiments)
    row = table.loc["masking_full_5_of_5_at_once_masked_20"]
    assert (row["question"], row["sweep"]) == ("masking", "masking_full")
    assert row["compare_to"] == "masking_full_5_of_5_at_once_kept_20"
    assert row["group"] == "5 of 5 at once, masked"
    assert (row["framing"], row["masking"], row["stateful"]) == ("mask", True, True)
    assert (row["until"], row["learning_rate"]) == ("learned", 0.001)
    assert (row["success"], row["learned_over"]) == (0.99, 200)
    reset = table.loc["state_full_7_5_of_5_at_once_reset_20"]
    assert (reset["stateful"], reset["batch_size"]) == (False, 7)
    assert table.loc["full_echo", ["sweep", "group", "success"]].isna().all()
    assert (
        table.loc[["full_echo", "partial_echo"], ["question", "compare_to"]].isna().all(axis=None)
    )


def test_the_table_of_experiments_has_what_functions_of_ones_own_frame() -> None:
    table = make(read(CONFIG.parent / "tasks.yaml")).set_index("experiment")
    copy = table.loc["copy"]
    assert (copy["frame"], copy["symbols"]) == ("my_tasks:copy", '["blank", "delimiter"]')
    assert table.loc["sorted", "targets"] == "my_tasks:sorted"
    assert table.loc["reversed", ["targets", "frame", "symbols"]].isna().all()
    assert table["overlap"].all()


def test_experiment_table_states_chance_and_reference() -> None:
    table = make(read(CONFIG)).set_index("experiment")
    assert table.loc["full_echo", "chance_accuracy"] == 0.01
    assert table.loc["full_echo", "chance_loss"] == pytest.approx(math.log(100))
    linear = table.loc["linear_full_5_of_5_at_once_linear_rate_0_01_20"]
    assert linear["chance_loss"] == pytest.approx(0.0850, abs=5e-5)
    assert table.loc["partial_echo", "reference_loss_high"] == 0.041
