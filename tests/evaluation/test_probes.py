"""Probes read what was planted in made-up states, and nothing else."""

import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from echoseq.evaluation.probes import read_value, shuffled
from echoseq.evaluation.readouts import LINEAR, MLP
from echoseq.files import array_digest
from echoseq.study.splits import split

ALPHABET, CELLS, SEQUENCES, WINDOWS = 6, 12, 150, 10
REPORTED = SEQUENCES // 5
CHANCE = 1 / ALPHABET
WHOLE = np.log2(ALPHABET)  # bits in a value


def stream(seed: int = 0) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64(seed))


def values_of(seed: int = 0) -> np.ndarray:
    return stream(seed).integers(0, ALPHABET, (SEQUENCES, WINDOWS))


def noise(size: float) -> np.ndarray:
    return size * stream(7).standard_normal((SEQUENCES, WINDOWS, CELLS))


def linear_code(values: np.ndarray, size: float = 0.1) -> np.ndarray:
    """Each value adds a vector of its own."""
    return stream(1).standard_normal((ALPHABET, CELLS))[values] + noise(size)


def signed_code(values: np.ndarray) -> np.ndarray:
    """The vector of a value, times a sign that one cell holds: no sum of cells tells the value."""
    signs = stream(2).choice([-1.0, 1.0], values.shape)
    code = linear_code(values) * signs[..., None]
    code[..., 0] = signs
    return code


def read(probe: str, states: np.ndarray, values: np.ndarray) -> tuple[float, float]:
    """Accuracy and bits."""
    correct, loss = read_value(probe, states, values, ALPHABET, seed=0)
    assert correct.shape == loss.shape == (REPORTED,)
    return correct.sum() / (REPORTED * WINDOWS), WHOLE - loss.mean() / np.log(2)


@pytest.mark.parametrize("probe", [LINEAR, MLP])
def test_a_linear_code_is_read_by_both(probe: str) -> None:
    accuracy, bits = read(probe, linear_code(values_of()), values_of())
    assert accuracy > 0.99
    assert WHOLE - 0.1 < bits <= WHOLE


def test_a_code_that_is_not_linear_is_read_by_the_mlp_alone() -> None:
    states, values = signed_code(values_of()), values_of()
    accuracy, bits = read(LINEAR, states, values)
    assert accuracy < 0.4  # a guess for one of the two signs may be right
    assert bits < 0.05
    accuracy, bits = read(MLP, states, values)
    assert accuracy > 0.9
    assert bits > 0.8 * WHOLE


@pytest.mark.parametrize("probe", [LINEAR, MLP])
def test_where_nothing_is_planted_nothing_is_read(probe: str) -> None:
    accuracy, bits = read(probe, noise(1.0), values_of())
    assert accuracy == pytest.approx(CHANCE, abs=0.07)
    assert bits == pytest.approx(0, abs=0.03)


@pytest.mark.parametrize("probe", [LINEAR, MLP])
def test_labels_without_meaning_are_not_learned(probe: str) -> None:
    """One wrong label for all states of a value is right by chance for one value in six."""
    accuracy, bits = read(probe, linear_code(values_of()), shuffled(values_of(), 0))
    assert accuracy < 2.5 * CHANCE
    assert bits == pytest.approx(0, abs=0.06)


def test_a_noisier_code_gives_less_information() -> None:
    bits = [read(LINEAR, linear_code(values_of(), size), values_of())[1] for size in (0.1, 1, 3)]
    assert all(more > less + 0.1 for more, less in pairwise(bits))


def test_a_code_like_that_of_a_second_value_is_not_taken_for_it() -> None:
    """As in an untrained LSTM, which codes the last value and the one before almost alike.

    A linear discriminant analysis, which names the other value, reads less than half as many.
    """
    alphabet, cells, sequences = 30, 24, 400
    first, second = stream(3).integers(0, alphabet, (2, sequences, WINDOWS))
    vectors, apart = stream(4).standard_normal((2, alphabet, cells))
    states = vectors[first] + 0.7 * (vectors + 0.2 * apart)[second]
    states += 0.05 * stream(6).standard_normal(states.shape)
    correct, _ = read_value(LINEAR, states, second, alphabet, seed=0)
    assert correct.sum() / (sequences // 5 * WINDOWS) > 0.35


@pytest.mark.parametrize("probe", [LINEAR, MLP])
def test_differences_as_small_as_rounding_errors_are_not_read(probe: str) -> None:
    """Two cells that are the same but for a ten thousandth of the value."""
    values, states = values_of() % 2, noise(1.0)
    states[..., 1] = states[..., 0] + 1e-4 * values
    correct, _ = read_value(probe, states, values, 2, seed=0)
    assert correct.sum() / (REPORTED * WINDOWS) < 0.6


def test_states_that_differ_by_nothing_but_their_value_are_read() -> None:
    """After one step there are no more states than values, and fewer than cells."""
    states = linear_code(values_of(), 0.0)
    states[..., -1] = 0.5  # and a cell that never changes
    assert read(LINEAR, states, values_of())[0] == 1
    assert read(MLP, states, values_of())[0] == 1


def test_a_value_that_no_probe_was_fitted_to_costs_bits_but_not_all() -> None:
    values = values_of()
    parts = split(SEQUENCES)
    rare = values[: parts.report.start]
    rare[rare == ALPHABET - 1] = 0
    correct, loss = read_value(LINEAR, linear_code(values), values, ALPHABET, seed=0)
    assert np.isfinite(loss).all()
    assert 0.7 < correct.sum() / (REPORTED * WINDOWS) < 0.95


def test_two_values_are_enough() -> None:
    values = values_of() % 2
    for probe in (LINEAR, MLP):
        correct, _ = read_value(probe, linear_code(values), values, 2, seed=0)
        assert correct.sum() == REPORTED * WINDOWS


def test_labels_are_shuffled_where_probes_are_fitted_and_kept_elsewhere() -> None:
    values, reported = values_of(), split(SEQUENCES).report
    mixed = shuffled(values, 0)
    np.testing.assert_array_equal(mixed[reported], values[reported])
    fitted = slice(0, reported.start)
    assert (mixed[fitted] != values[fitted]).mean() > 0.5
    np.testing.assert_array_equal(np.sort(mixed[fitted].ravel()), np.sort(values[fitted].ravel()))
    assert (shuffled(values, 1) != mixed).any()
    np.testing.assert_array_equal(shuffled(values, 0), mixed)


def test_what_is_reported_changes_no_probe() -> None:
    states, values, reported = linear_code(values_of()), values_of(), split(SEQUENCES).report
    first = read_value(MLP, states, values, ALPHABET, seed=0)
    more = states.copy(), values.copy()
    more[0][reported.start + 1 :], more[1][reported.start + 1 :] = 0, 0
    second = read_value(MLP, *more, ALPHABET, seed=0)
    assert (first[0][0], first[1][0]) == (second[0][0], second[1][0])


PROGRAM = "import test_probes; print(test_probes.digest())"


def digest() -> str:
    """Of what both probes read from a noisy code."""
    states, values = linear_code(values_of(), 2.0), values_of()
    found = [read_value(probe, states, values, ALPHABET, seed=3) for probe in (LINEAR, MLP)]
    return array_digest([array for pair in found for array in pair])


def test_the_same_states_give_the_same_bits_in_another_process() -> None:
    command = [sys.executable, "-c", PROGRAM]
    folder = Path(__file__).parent
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    assert done.stdout.split() == [digest()]
