"""Sequences and echoes as text: the exact words."""

import numpy as np
import pytest
from examples import predicted

from echoseq.evaluation.listing import echo_lines, format_values, listing, window_lines


@pytest.mark.parametrize(
    ("values", "alphabet", "expected"),
    [
        ([12, 5, 99], 100, "[12,  5, 99]"),
        ([1, 0, 1], 2, "[1, 0, 1]"),
        ([9, 0], 10, "[9, 0]"),
        ([9, 10], 11, "[ 9, 10]"),
        ([7], 1000, "[  7]"),
        ([], 100, "[]"),
    ],
)
def test_values_stand_in_columns_as_wide_as_the_alphabet(values, alphabet, expected):
    assert format_values(np.array(values, int), alphabet) == expected


def test_symbols_are_shown_by_name():
    values = np.array([3, 12, 13, -1])
    assert format_values(values, 12, ("blank", "end")) == "[ 3, blank, end,  -]"


def test_a_line_for_each_window_and_its_target():
    windows = np.array([[1, 2, 30], [2, 30, 4]])
    assert window_lines(windows, windows[:, :2], 100) == [
        "[ 1,  2, 30] => [ 1,  2]",
        "[ 2, 30,  4] => [ 2, 30]",
    ]


def test_a_line_for_each_echo_and_a_mark_at_the_wrong_ones():
    expected = np.array([[96, 11], [11, 3], [3, 4]])
    predicted = np.array([[96, 96], [11, 3], [4, 3]])
    assert echo_lines(expected, predicted, 100) == [
        "expected [96, 11]  predicted [96, 96]  <- wrong",
        "expected [11,  3]  predicted [11,  3]",
        "expected [ 3,  4]  predicted [ 4,  3]  <- wrong",
    ]


@pytest.mark.parametrize("lines", [echo_lines, window_lines])
def test_lines_need_as_many_of_one_as_of_the_other(lines):
    with pytest.raises(ValueError, match="zip"):
        lines(np.zeros((2, 2), int), np.zeros((3, 2), int), 10)


PREDICTIONS = predicted(
    seeds=np.array([4, 8]),
    sequences=np.array([[1, 2, 3, 4, 5], [10, 9, 8, 7, 6]], np.uint8),
    tokens=np.array(
        [
            [[[1, 2], [2, 3], [3, 4]], [[10, 9], [9, 9], [8, 7]]],
            [[[0, 0], [0, 0], [0, 0]], [[0, 0], [0, 0], [0, 0]]],
        ],
        np.uint8,
    ),
    loss=np.zeros((2, 2, 2), np.float32),
    distance=np.zeros((2, 2, 2), np.float32),
    n_in=np.array(3),
    alphabet=np.array(11),
    keep_missing=np.array(False),
)


def test_a_listing_shows_the_first_seed_on_the_first_held_out_sequence():
    assert listing("partial_echo", PREDICTIONS) == (
        "partial_echo, seed 4, held-out sequence 0\n"
        "[ 1,  2,  3,  4,  5]\n"
        "\n"
        "expected [ 1,  2]  predicted [ 1,  2]\n"
        "expected [ 2,  3]  predicted [ 2,  3]\n"
        "expected [ 3,  4]  predicted [ 3,  4]\n"
        "\n"
        "6 of 6 values right\n"
    )


def test_a_listing_of_another_sequence_counts_its_mistakes():
    assert listing("partial_echo", PREDICTIONS, sequence=1) == (
        "partial_echo, seed 4, held-out sequence 1\n"
        "[10,  9,  8,  7,  6]\n"
        "\n"
        "expected [10,  9]  predicted [10,  9]\n"
        "expected [ 9,  8]  predicted [ 9,  9]  <- wrong\n"
        "expected [ 8,  7]  predicted [ 8,  7]\n"
        "\n"
        "5 of 6 values right\n"
    )


def test_a_missing_target_is_neither_right_nor_wrong():
    """Windows that miss values, kept by the framing: nothing is asked where there is nothing."""
    masked = predicted(
        seeds=PREDICTIONS.seeds,
        sequences=PREDICTIONS.sequences,
        loss=PREDICTIONS.loss,
        distance=PREDICTIONS.distance,
        n_in=np.array(3),
        alphabet=np.array(11),
        tokens=np.concatenate(
            [np.array([[[[9, 9], [9, 1]]] * 2, [[[9, 9], [9, 0]]] * 2]), PREDICTIONS.tokens],
            axis=2,
        ).astype(np.uint8),
        keep_missing=np.array(True),
    )
    text = listing("masked", masked)
    assert "<- wrong" not in text
    assert text.splitlines()[-1] == "7 of 7 values right"
    columns = {line.index("predicted") for line in text.splitlines() if "predicted" in line}
    assert len(columns) == 1
