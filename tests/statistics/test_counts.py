"""Counts of right answers, checked against a loop over every window."""

import numpy as np
import pytest
from examples import COUNTS_7, EXPECTED, MASKED, PREDICTIONS
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from echoseq.statistics.counts import count_correct


@st.composite
def answers(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    """Tokens and targets of a small alphabet, so that some are right."""
    shape = draw(hnp.array_shapes(min_dims=4, max_dims=4, max_side=5))
    digits = st.integers(0, 2)
    tokens = draw(hnp.arrays(np.uint8, shape, elements=digits))
    return tokens, draw(hnp.arrays(np.uint8, shape[1:], elements=digits))


def test_right_windows_are_counted_at_each_position_and_for_the_exact_match():
    counts = count_correct(PREDICTIONS.tokens, EXPECTED)
    assert counts.correct.tolist() == [[[4, 4, 4], [4, 4, 4]], COUNTS_7]
    assert counts.per_sequence.tolist() == [4, 4, 4]
    assert counts.accuracy.tolist() == [[1, 1, 1], [5 / 8, 6 / 8, 4 / 8]]


@given(answers())
def test_counts_equal_a_loop_over_every_window(answer):
    tokens, expected = answer
    counts = count_correct(tokens, expected)
    seeds, sequences, windows, n_out = tokens.shape
    assert counts.correct.shape == (seeds, sequences, n_out + 1)
    assert counts.per_sequence.tolist() == [windows] * (n_out + 1)
    for seed, sequence in np.ndindex(seeds, sequences):
        right = [
            [tokens[seed, sequence, w, p] == expected[sequence, w, p] for p in range(n_out)]
            for w in range(windows)
        ]
        by_position = [sum(window[p] for window in right) for p in range(n_out)]
        assert counts.correct[seed, sequence].tolist() == [*by_position, sum(map(all, right))]


@given(answers())
def test_the_exact_match_is_never_above_a_position(answer):
    counts = count_correct(*answer).correct
    assert (counts[..., -1] <= counts[..., :-1].min(axis=-1)).all()


def test_counts_do_not_overflow():
    tokens = np.zeros((1, 1, 300, 2), np.uint8)
    assert count_correct(tokens, tokens[0]).correct.tolist() == [[[300, 300, 300]]]


def test_missing_targets_do_not_count():
    counts = count_correct(MASKED.tokens, MASKED.expected)
    # Position 1 is present in 4 of 6 windows, position 2 in 5, and 5 windows have a target.
    assert counts.per_sequence.tolist() == [4, 5, 5]
    assert counts.correct.tolist() == [[[4, 5, 5], [4, 5, 5]], [[3, 3, 2], [2, 4, 3]]]
    assert counts.accuracy.tolist() == [[1, 1, 1], [5 / 8, 7 / 10, 5 / 10]]


def test_a_guess_is_right_more_often_where_less_is_asked():
    """Of the 5 windows that have a target, one has a single value, the others two."""
    counts = count_correct(MASKED.tokens, MASKED.expected)
    assert counts.values.tolist() == [1, 2, 2, 2, 2]
    assert [counts.chance(position, 10) for position in (0, 1)] == [0.1, 0.1]
    assert counts.chance(2, 10) == pytest.approx((0.1 + 4 * 0.01) / 5)


def test_values_are_counted_at_all_positions_without_the_exact_match():
    counts = count_correct(MASKED.tokens, MASKED.expected)
    assert counts.values_asked == 4 + 5
    assert counts.values_right.tolist() == [[9, 9], [6, 6]]
