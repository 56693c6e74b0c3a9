"""Sequences: drawing, framing, encoding."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.stats import chisquare

from echoseq.data.sequences import MISSING, decode, frame, generate, one_hot, require_alphabet
from echoseq.errors import EchoseqError

ALPHABETS = [2, 100, 256, 257, 1000]


def stream(seed: int = 0) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64(seed))


def lag_copies(steps: np.ndarray, n_in: int, n_out: int) -> tuple[np.ndarray, np.ndarray]:
    """Framing as the source defines it: lag copies, oldest first, incomplete rows dropped.

    Args:
        steps: (length, features).
        n_in: steps in a window.
        n_out: steps to echo.
    """
    table = pd.DataFrame(steps)
    rows = pd.concat([table.shift(lag) for lag in reversed(range(n_in))], axis=1).dropna()
    windows = rows.to_numpy().reshape(len(rows), n_in, steps.shape[1])
    return windows, windows[:, :n_out]


@st.composite
def framings(draw: st.DrawFn) -> tuple[np.ndarray, int, int]:
    """A sequence, n_in and n_out that fit each other."""
    n_in = draw(st.integers(1, 8))
    n_out = draw(st.integers(1, n_in))
    values = draw(hnp.arrays(np.uint8, st.integers(n_in, 30)))
    return values, n_in, n_out


# generate


@given(
    count=st.integers(0, 6),
    length=st.integers(1, 30),
    alphabet=st.integers(2, 70_000),
    seed=st.integers(0, 2**32),
)
def test_generated_integers_have_the_shape_and_are_in_the_alphabet(count, length, alphabet, seed):
    drawn = generate(count, length, alphabet, stream(seed))
    assert drawn.shape == (count, length)
    assert np.issubdtype(drawn.dtype, np.unsignedinteger)
    # As Python integers: a type too small would have wrapped round, and compares equal to itself.
    expected = stream(seed).integers(0, alphabet, size=(count, length), dtype=np.int64)
    assert drawn.tolist() == expected.tolist()
    assert all(0 <= value < alphabet for value in drawn.ravel().tolist())


@pytest.mark.parametrize("alphabet", ALPHABETS)
def test_both_ends_of_the_alphabet_are_drawn(alphabet):
    drawn = generate(1000, 25, alphabet, stream())
    assert drawn.min() == 0
    assert drawn.max() == alphabet - 1


def test_integers_are_drawn_uniformly():
    counts = np.bincount(generate(4000, 25, 100, stream()).ravel(), minlength=100)
    assert 0.001 < chisquare(counts).pvalue < 0.999


@pytest.mark.parametrize(
    ("alphabet", "expected"),
    [
        (2, np.uint8),
        (100, np.uint8),
        (256, np.uint8),
        (257, np.uint16),
        (1000, np.uint16),
        (65_536, np.uint16),
        (65_537, np.uint32),
    ],
)
def test_generated_integers_have_the_smallest_unsigned_type(alphabet, expected):
    assert generate(2, 3, alphabet, stream()).dtype == expected


@pytest.mark.parametrize("alphabet", ALPHABETS)
@pytest.mark.parametrize("length", [1, 5, 25])
def test_more_sequences_begin_with_the_same_ones(alphabet, length):
    many = generate(60, length, alphabet, stream())
    for count in (1, 2, 7, 59):
        np.testing.assert_array_equal(generate(count, length, alphabet, stream()), many[:count])


# frame


def test_the_example_of_the_source():
    windows, targets = frame(np.array([1, 2, 3, 4, 5]), n_in=5, n_out=2)
    assert windows.tolist() == [[1, 2, 3, 4, 5]]
    assert targets.tolist() == [[1, 2]]


def test_25_steps_make_21_windows_of_5():
    windows, targets = frame(np.arange(25), n_in=5, n_out=5)
    assert windows.shape == (21, 5)
    assert targets.shape == (21, 5)
    assert windows[0].tolist() == [0, 1, 2, 3, 4]
    assert windows[-1].tolist() == [20, 21, 22, 23, 24]


@given(framings())
def test_framing_equals_lag_copies_without_incomplete_rows(framing):
    values, n_in, n_out = framing
    windows, targets = frame(values, n_in, n_out)
    expected_windows, expected_targets = lag_copies(values[:, None], n_in, n_out)
    np.testing.assert_array_equal(windows, expected_windows[:, :, 0])
    np.testing.assert_array_equal(targets, expected_targets[:, :, 0])


def lag_copies_filled(steps: np.ndarray, n_in: int, n_out: int) -> tuple[np.ndarray, np.ndarray]:
    """As `lag_copies`, but with the incomplete rows kept and filled with -1."""
    table = pd.DataFrame(steps.astype(np.int64))
    rows = pd.concat([table.shift(lag) for lag in reversed(range(n_in))], axis=1).fillna(-1)
    windows = rows.to_numpy().reshape(len(rows), n_in, steps.shape[1])
    return windows, windows[:, :n_out]


@given(framings())
def test_kept_rows_equal_lag_copies_filled_with_minus_1(framing):
    values, n_in, n_out = framing
    windows, targets = frame(values, n_in, n_out, keep_missing=True)
    assert windows.shape == (len(values), n_in)
    assert targets.shape == (len(values), n_out)
    assert np.issubdtype(windows.dtype, np.signedinteger)
    expected_windows, expected_targets = lag_copies_filled(values[:, None], n_in, n_out)
    np.testing.assert_array_equal(windows, expected_windows[:, :, 0])
    np.testing.assert_array_equal(targets, expected_targets[:, :, 0])


@given(framings())
def test_kept_rows_end_with_those_that_would_not_be_dropped(framing):
    values, n_in, n_out = framing
    for kept, dropped in zip(
        frame(values, n_in, n_out, keep_missing=True), frame(values, n_in, n_out)
    ):
        np.testing.assert_array_equal(kept[n_in - 1 :], dropped)
        assert (kept[: n_in - 1] == MISSING).any(axis=-1).all()


def test_25_steps_make_25_windows_if_those_with_missing_values_are_kept():
    windows, targets = frame(np.arange(25, dtype=np.uint8), 5, 2, keep_missing=True)
    assert windows.shape == (25, 5)
    assert windows[0].tolist() == [-1, -1, -1, -1, 0]
    assert windows[4].tolist() == [0, 1, 2, 3, 4]
    assert targets[:5].tolist() == [[-1, -1], [-1, -1], [-1, -1], [-1, 0], [0, 1]]


@pytest.mark.parametrize("leading", [(3,), (2, 3), (0,)])
def test_leading_axes_are_framed_one_by_one_with_missing_values_too(leading):
    values = stream().integers(0, 100, size=(*leading, 9))
    windows, targets = frame(values, n_in=4, n_out=3, keep_missing=True)
    assert windows.shape == (*leading, 9, 4)
    for index in np.ndindex(leading):
        alone_windows, alone_targets = frame(values[index], 4, 3, keep_missing=True)
        np.testing.assert_array_equal(windows[index], alone_windows)
        np.testing.assert_array_equal(targets[index], alone_targets)


def test_framing_before_encoding_equals_encoding_before_framing():
    values = generate(1, 25, 100, stream())[0]
    windows, targets = frame(values, n_in=5, n_out=2)
    expected_windows, expected_targets = lag_copies(one_hot(values, 100), 5, 2)
    assert expected_windows.shape == (21, 5, 100)
    np.testing.assert_array_equal(one_hot(windows, 100), expected_windows)
    np.testing.assert_array_equal(one_hot(targets, 100), expected_targets)


@given(framings())
def test_each_window_moves_on_by_one_step_and_its_target_is_its_oldest_values(framing):
    values, n_in, n_out = framing
    windows, targets = frame(values, n_in, n_out)
    assert len(windows) == len(targets) == len(values) - n_in + 1
    assert windows.dtype == targets.dtype == values.dtype
    for step, (window, target) in enumerate(zip(windows, targets)):
        assert window.tolist() == values[step : step + n_in].tolist()
        assert target.tolist() == values[step : step + n_out].tolist()


@pytest.mark.parametrize("leading", [(3,), (2, 3), (0,)])
def test_leading_axes_are_framed_one_by_one(leading):
    values = stream().integers(0, 100, size=(*leading, 9))
    windows, targets = frame(values, n_in=4, n_out=3)
    assert windows.shape == (*leading, 6, 4)
    assert targets.shape == (*leading, 6, 3)
    for index in np.ndindex(leading):
        alone_windows, alone_targets = frame(values[index], n_in=4, n_out=3)
        np.testing.assert_array_equal(windows[index], alone_windows)
        np.testing.assert_array_equal(targets[index], alone_targets)


def test_framing_copies_nothing_and_cannot_be_written_to():
    values = np.arange(9)
    for view in frame(values, n_in=4, n_out=3):
        assert np.shares_memory(view, values)
        assert not view.flags.writeable


@pytest.mark.parametrize("keep_missing", [False, True])
@pytest.mark.parametrize(
    ("n_in", "n_out", "message"),
    [
        (5, 0, r"n_out: expected 1 to n_in \(5\), got 0"),
        (5, 6, r"n_out: expected 1 to n_in \(5\), got 6"),
        (0, 0, r"n_out: expected 1 to n_in \(0\), got 0"),
        (10, 2, r"sequence: expected at least n_in \(10\) values, got 9"),
    ],
)
def test_framing_refuses_sizes_that_do_not_fit(n_in, n_out, message, keep_missing):
    with pytest.raises(EchoseqError, match=f"^{message}$"):
        frame(np.arange(9), n_in, n_out, keep_missing=keep_missing)


# one_hot and decode


@given(
    st.integers(2, 300).flatmap(
        lambda alphabet: st.tuples(
            st.just(alphabet),
            hnp.arrays(
                np.uint16, hnp.array_shapes(max_dims=3), elements=st.integers(0, alphabet - 1)
            ),
        )
    )
)
def test_decoding_reverses_encoding(case):
    alphabet, values = case
    encoded = one_hot(values, alphabet)
    assert encoded.dtype == np.float32
    assert encoded.shape == (*values.shape, alphabet)
    np.testing.assert_array_equal(decode(encoded), values)


def test_a_code_is_zero_but_for_a_one_at_its_index():
    assert one_hot(np.array([2, 0]), 4).tolist() == [[0, 0, 1, 0], [1, 0, 0, 0]]


def test_decoding_takes_the_largest_and_the_first_in_a_tie():
    encoded = np.array([[0.1, 0.7, 0.2], [0.4, 0.2, 0.4], [0.0, 0.0, 0.0]])
    assert decode(encoded).tolist() == [1, 0, 0]


@pytest.mark.parametrize("refuse", [one_hot, require_alphabet])
@pytest.mark.parametrize(
    ("values", "message"),
    [
        (np.array([3, 4, 5]), "values: expected 0 to 3, got 4"),
        (np.array([[0, 1], [-1, 9]]), "values: expected 0 to 3, got -1"),
        (np.array([255], np.uint8), "values: expected 0 to 3, got 255"),
        (np.array([1.0, 2.0]), "values: expected whole numbers, got float64"),
        (np.array([True, False]), "values: expected whole numbers, got bool"),
    ],
)
def test_values_outside_the_alphabet_are_refused(refuse, values, message):
    with pytest.raises(EchoseqError, match=f"^{message}$"):
        refuse(values, 4)


def test_values_at_both_ends_of_the_alphabet_are_allowed():
    require_alphabet(np.array([0, 3]), 4)
    with pytest.raises(EchoseqError):
        require_alphabet(np.array([0, 3]), 3)
