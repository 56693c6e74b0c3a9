"""Random streams depend only on purpose and seed."""

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from echoseq import streams

PURPOSES = ["training data", "evaluation data", "weights", "bootstrap"]
purposes = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
seeds = st.integers(0, 2**64)


def draws(purpose: str, seed: int) -> list[int]:
    return streams.generator(purpose, seed).integers(0, 2**63, size=4).tolist()


def test_known_values():
    """A change here means that every published result changes."""
    drawn = streams.generator("training data", 0).integers(0, 2**32, size=4)
    assert drawn.tolist() == [3332907257, 2353973258, 214435035, 867714143]
    assert streams.generator("évaluation", 7).integers(0, 2**32) == 3443020885
    assert streams.integer_seed("weights", 0) == 2123076751


@given(purposes, seeds)
def test_a_stream_depends_on_its_purpose_and_seed_only(purpose, seed):
    first = draws(purpose, seed)
    np.random.seed(3)  # noqa: NPY002
    random.seed(3)
    draws("another", seed)
    draws(purpose, seed + 1)
    assert draws(purpose, seed) == first


def test_a_stream_is_not_used_up_by_another_one_of_the_same_name():
    first, second = (streams.generator("training data", 1) for _ in range(2))
    first.random(100)
    assert second.integers(0, 2**63, size=4).tolist() == draws("training data", 1)


def test_drawing_leaves_the_global_generator_alone():
    np.random.seed(3)  # noqa: NPY002
    expected = np.random.random(4)  # noqa: NPY002
    np.random.seed(3)  # noqa: NPY002
    draws("training data", 0)
    streams.integer_seed("weights", 0)
    np.testing.assert_array_equal(np.random.random(4), expected)  # noqa: NPY002


@given(st.tuples(purposes, seeds), st.tuples(purposes, seeds))
def test_streams_of_other_purposes_or_seeds_differ(one, other):
    assert (draws(*one) == draws(*other)) == (one == other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("a", 0), ("a", 1)),
        (("a", 0), ("b", 0)),
        (("a", 0), ("ab", 0)),
        (("ab", 0), ("ba", 0)),
        (("a", 0), ("a\0", 0)),
        (("a", 0), ("A", 0)),
        (("a", 0), ("a", 2**32)),
        (("a", 1), ("a", 2**32 + 1)),
        (("b", 97), ("a", 98)),
    ],
)
def test_streams_of_names_that_look_alike_differ(one, other):
    assert draws(*one) != draws(*other)
    assert streams.integer_seed(*one) != streams.integer_seed(*other)


def test_the_streams_of_a_study_share_no_number():
    drawn = [value for purpose in PURPOSES for seed in range(100) for value in draws(purpose, seed)]
    assert len(set(drawn)) == len(PURPOSES) * 100 * 4


def test_the_generator_is_the_one_that_snapshots_name():
    assert isinstance(streams.generator("training data", 0).bit_generator, np.random.PCG64)


@given(purposes, seeds)
def test_integer_seeds_fit_32_bits(purpose, seed):
    value = streams.integer_seed(purpose, seed)
    assert isinstance(value, int)
    assert 0 <= value < 2**32
    assert value == streams.integer_seed(purpose, seed)


def test_integer_seeds_use_all_32_bits():
    values = np.array([streams.integer_seed("weights", seed) for seed in range(100)], np.uint32)
    assert np.bitwise_or.reduce(values) == 2**32 - 1
    assert np.bitwise_and.reduce(values) == 0


@pytest.mark.parametrize("draw", [streams.generator, streams.integer_seed, streams.seed_sequence])
def test_a_negative_seed_is_refused(draw):
    with pytest.raises(ValueError, match="non-negative"):
        draw("training data", -1)
