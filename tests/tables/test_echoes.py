"""The worst echo of an experiment."""

import numpy as np
import pandas as pd
import pytest
from examples import EXPECTED, MASKED, PREDICTIONS

from echoseq.tables.echoes import make, most_wrong


def test_the_worst_pair_of_seed_and_sequence_is_the_one_with_most_wrong_values():
    assert most_wrong(PREDICTIONS.tokens, EXPECTED) == (1, 1)


def test_values_are_counted_not_windows():
    expected = np.zeros((2, 3, 2), int)
    tokens = np.zeros((1, 2, 3, 2), int)
    tokens[0, 0, :2, 0] = 1  # two windows, two values
    tokens[0, 1, 0] = tokens[0, 1, 1, 0] = 1  # two windows, three values
    assert most_wrong(tokens, expected) == (0, 1)


@pytest.mark.parametrize("wrong", [[], [(0, 1), (1, 0)], [(1, 2), (1, 3), (2, 0)]])
def test_the_first_of_equally_wrong_pairs_is_taken(wrong):
    expected = np.zeros((4, 2, 2), int)
    tokens = np.zeros((3, 4, 2, 2), int)
    for pair in wrong:
        tokens[pair][0, 0] = 1
    assert most_wrong(tokens, expected) == (wrong or [(0, 0)])[0]


def test_values_that_are_missing_are_not_wrong():
    assert most_wrong(MASKED.tokens, MASKED.expected) == (1, 0)  # 3 wrong each, with the first
    right = MASKED.tokens.copy()
    right[1, 0] = right[0, 0]
    right[0, 1] = right[1, 1]
    assert most_wrong(right, MASKED.expected) == (0, 1)
    assert most_wrong(right[1:, :1], MASKED.expected[:1]) == (0, 0)


def test_the_table_of_echoes_holds_the_worst_sequence_of_all_seeds():
    expected = pd.DataFrame(
        {
            "experiment": "partial_echo",
            "seed": 7,
            "sequence": 1,
            "window": [1, 1, 2, 2, 3, 3, 4, 4],
            "position": [1, 2] * 4,
            "expected": [9, 8, 8, 7, 7, 6, 6, 5],
            "predicted": [9, 8, 8, 7, 0, 6, 5, 6],
            "alphabet": 10,
        }
    )
    table = make("partial_echo", PREDICTIONS)
    pd.testing.assert_frame_equal(table, expected, check_dtype=False)


def test_the_table_of_echoes_keeps_missing_values():
    table = make("masked", MASKED)
    assert table["expected"].tolist()[:6] == [-1, -1, -1, 0, 0, 1]
    assert table["predicted"].tolist()[:6] == [0, 0, 0, 1, 9, 1]
