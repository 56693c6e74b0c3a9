"""Sequences: drawing, encoding."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.stats import chisquare

from echoseq.data.sequences import decode, generate, one_hot, require_alphabet
from echoseq.errors import EchoseqError

ALPHABETS = [2, 100, 256, 257, 1000]


def stream(seed: int = 0) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64(seed))


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
