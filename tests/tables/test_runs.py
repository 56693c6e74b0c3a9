"""When a run has learned, checked against a loop over epochs; and the table of runs."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from echoseq.tables.runs import COLUMNS, epochs_to_learn, make
from echoseq.training.records import TrainedRun


@pytest.mark.parametrize(
    ("accuracy", "over", "expected"),
    [
        ([0, 0, 1, 1, 1], 2, 4),
        ([0, 0, 1, 1, 1], 1, 3),
        ([0, 0, 1, 1, 1], 3, 5),
        ([1, 1, 0, 0], 2, 2),  # at the very first window, though forgotten later
        ([1], 1, 1),
        ([0.5, 0.98, 1, 0.98, 1], 2, 3),
        ([1, 0, 1, 0, 1], 2, math.nan),
        ([0, 0, 0, 0], 2, math.nan),
        ([1, 1, 1], 4, math.nan),  # fewer epochs than the window
    ],
)
def test_a_run_has_learned_at_the_end_of_the_first_window_that_succeeds(accuracy, over, expected):
    learned = epochs_to_learn(np.array(accuracy, np.float32), 0.99, over)
    assert learned == pytest.approx(expected, nan_ok=True)
    assert isinstance(learned, float)


def test_a_mean_equal_to_the_required_success_is_enough():
    accuracy = np.array([0.0] * 30 + [1.0] * 19 + [0.8] + [0.0] * 30, np.float32)
    assert epochs_to_learn(accuracy, 0.99, 20) == 50
    accuracy[49] = 0.79
    assert math.isnan(epochs_to_learn(accuracy, 0.99, 20))


@given(st.lists(st.integers(0, 8), max_size=40), st.integers(1, 6))
def test_epochs_to_learn_equal_a_loop_over_windows(eighths, over):
    accuracy = np.array(eighths, np.float32) / 8
    ends = [
        end
        for end in range(over, len(eighths) + 1)
        if sum(eighths[end - over : end]) >= 0.75 * 8 * over
    ]
    expected = ends[0] if ends else math.nan
    assert epochs_to_learn(accuracy, 0.75, over) == pytest.approx(expected, nan_ok=True)


def test_a_row_has_the_values_of_the_record_and_the_epoch_of_learning():
    record = {"experiment": "echo", "seed": 3, "parameters": 7, "epochs": 4, "final_loss": 0.5}
    record |= {"final_accuracy": 0.75, "digest": "f" * 64, "other": 1}
    runs = [
        TrainedRun(record, np.ones(4, np.float32), np.array(accuracy, np.float32))
        for accuracy in ([0, 1, 1, 1], [0, 0, 0, 1])
    ]
    table = make("echo", runs, success=0.99, learned_over=2)
    assert list(table.columns) == list(COLUMNS)
    kept = {key: value for key, value in record.items() if key != "other"}
    assert table.drop(columns="epochs_to_learn").to_dict("records") == [kept, kept]
    assert table["epochs_to_learn"].tolist() == pytest.approx([3, math.nan], nan_ok=True)
