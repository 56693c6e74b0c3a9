"""The table of seeds, by hand."""

import math
from dataclasses import replace

import numpy as np
import pandas as pd
from examples import MASKED, PREDICTIONS

from echoseq.tables.columns import position_names
from echoseq.tables.seeds import make


def test_the_positions_are_counted_from_1_and_end_with_the_exact_match():
    assert position_names(3) == ["1", "2", "3", "all"]


def test_the_table_of_seeds():
    expected = pd.DataFrame(
        [
            ("partial_echo", 3, "1", 1.0, 0.25, 0.0, 8, "complete"),
            ("partial_echo", 3, "2", 1.0, 0.25, 0.0, 8, "complete"),
            ("partial_echo", 3, "all", 1.0, 0.25, 0.0, 8, "complete"),
            ("partial_echo", 7, "1", 5 / 8, 1.5, 2.0, 8, "complete"),
            ("partial_echo", 7, "2", 6 / 8, 3.0, 0.5, 8, "complete"),
            ("partial_echo", 7, "all", 4 / 8, 2.25, 1.25, 8, "complete"),
        ],
        columns=[
            *("experiment", "seed", "position", "accuracy", "loss", "distance", "n", "windows")
        ],
    )
    pd.testing.assert_frame_equal(make("partial_echo", PREDICTIONS), expected)


def test_incomplete_windows_have_rows_of_their_own_in_the_table_of_seeds():
    table = make("masked", MASKED)
    complete = table[table["windows"] == "complete"]
    pd.testing.assert_frame_equal(complete, make("masked", PREDICTIONS))
    incomplete = table[table["windows"] == "incomplete"]
    expected = pd.DataFrame(
        [
            ("masked", 3, "2", 1.0, math.nan, math.nan, 2, "incomplete"),
            ("masked", 3, "all", 1.0, math.nan, math.nan, 2, "incomplete"),
            ("masked", 7, "2", 0.5, math.nan, math.nan, 2, "incomplete"),
            ("masked", 7, "all", 0.5, math.nan, math.nan, 2, "incomplete"),
        ],
        columns=table.columns,
    )
    pd.testing.assert_frame_equal(incomplete.reset_index(drop=True), expected)


def test_the_mean_is_over_what_is_asked_for():
    """At the first place of these answers nothing is asked, so there is no loss."""
    expected = PREDICTIONS.expected.copy()
    expected[..., 0] = -1
    loss = PREDICTIONS.loss.copy()
    loss[..., 0] = math.nan
    table = make("echo", replace(PREDICTIONS, expected=expected, loss=loss))
    by_position = table.set_index(["seed", "position"])["loss"]
    assert by_position.to_dict() == {(3, "2"): 0.25, (3, "all"): 0.25, (7, "2"): 3, (7, "all"): 3}
    assert not np.isnan(by_position).any()
