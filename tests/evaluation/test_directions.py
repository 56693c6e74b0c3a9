"""Directions in which a probe reads a value: found in made-up states, and removed."""

import numpy as np
import pytest

from echoseq.evaluation.directions import SHARE, Directions, Removal
from echoseq.evaluation.probes import read_value
from echoseq.evaluation.readouts import LINEAR

SEQUENCES, WINDOWS, CELLS, ALPHABET = 150, 10, 8, 4
STREAM = np.random.Generator(np.random.PCG64(0))
FIRST, SECOND = STREAM.integers(0, ALPHABET, (2, SEQUENCES, WINDOWS))
CORNERS = np.array([[1, 1], [1, -1], [-1, 1], [-1, -1]])
MIXED = np.linalg.qr(STREAM.standard_normal((CELLS, CELLS)))[0] * np.arange(1, CELLS + 1)
# Each value is the corner of a square; the two squares and noise are mixed in all cells.
PARTS = [CORNERS[FIRST], CORNERS[SECOND], STREAM.standard_normal((SEQUENCES, WINDOWS, 4))]
STATES = np.concatenate(PARTS, axis=-1) @ MIXED + 3
STATES += 0.1 * STREAM.standard_normal(STATES.shape)


def read(values: np.ndarray, removal: Removal | None = None) -> float:
    """What a new probe reads, once directions are removed."""
    states = STATES
    if removal is not None:
        states = STATES - (STATES - removal.mean) @ removal.matrix
    correct, _ = read_value(LINEAR, states, values, ALPHABET, seed=0)
    return correct.sum() / (len(correct) * WINDOWS)


def test_the_first_directions_hold_all_that_is_read_and_nothing_else() -> None:
    found = Directions(STATES)
    assert found.removed == SHARE * CELLS == 2
    assert read(FIRST) > 0.99
    without = found.read(FIRST)
    assert read(FIRST, without) == pytest.approx(1 / ALPHABET, abs=0.08)
    assert read(SECOND, without) > 0.99
    assert read(FIRST, found.read(SECOND)) > 0.99


def test_random_directions_are_others_each_time_and_the_same_again() -> None:
    found = Directions(STATES)
    drawn = found.random("h 1", 0)
    np.testing.assert_array_equal(drawn.matrix, found.random("h 1", 0).matrix)
    assert not np.allclose(drawn.matrix, found.random("h 1", 1).matrix)
    assert not np.allclose(drawn.matrix, found.random("h 2", 0).matrix)
    assert read(FIRST, drawn) > 1 / ALPHABET + 0.2


@pytest.mark.parametrize("kind", ["read", "random"])
def test_a_removal_takes_as_many_directions_and_leaves_the_mean(kind: str) -> None:
    found = Directions(STATES)
    removal = found.read(FIRST) if kind == "read" else found.random("h", 0)
    assert np.linalg.matrix_rank(removal.matrix, tol=1e-6) == found.removed
    np.testing.assert_allclose(removal.matrix @ removal.matrix, removal.matrix, atol=1e-8)
    np.testing.assert_allclose(removal.mean, STATES[:96].mean(axis=(0, 1)), rtol=1e-6)
