"""The answers of trained models: what they mean, and how they are kept."""

from dataclasses import fields, replace

import numpy as np
import pytest
from examples import PREDICTIONS, predicted

from echoseq.asked import Say
from echoseq.errors import EchoseqError
from echoseq.evaluation.predictions import (
    Predictions,
    drawn_in,
    read_predictions,
    write_predictions,
)
from echoseq.files import array_digest
from echoseq.task import Task

NAMES = [field.name for field in fields(Predictions)]


@pytest.fixture
def predictions():
    generator = np.random.Generator(np.random.PCG64(0))
    return predicted(
        seeds=np.array([2, 5, 7]),
        sequences=generator.integers(0, 10, (4, 6)).astype(np.uint8),
        tokens=generator.integers(0, 10, (3, 4, 4, 2)).astype(np.uint8),
        loss=generator.random((3, 4, 2), dtype=np.float32),
        distance=generator.random((3, 4, 2), dtype=np.float32),
        n_in=np.array(3),
        alphabet=np.array(10),
        keep_missing=np.array(False),
    )


@pytest.fixture
def path(tmp_path, predictions):
    target = tmp_path / "predictions.npz"
    write_predictions(target, predictions)
    return target


def refusal(path) -> str:
    """The one line, which names the file, with which predictions are refused."""
    with pytest.raises(EchoseqError) as caught:
        read_predictions(path)
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert len(message.splitlines()) == 1
    return message.removeprefix(f"{path}: ")


def test_the_targets_are_the_first_values_of_each_window():
    sequences = np.array([[1, 2, 3, 4, 5, 6], [9, 8, 7, 6, 5, 4]])
    predictions = predicted(
        seeds=np.array([0]),
        sequences=sequences,
        tokens=np.zeros((1, 2, 4, 2), int),
        loss=np.zeros((1, 2, 2)),
        distance=np.zeros((1, 2, 2)),
        n_in=np.array(3),
        alphabet=np.array(10),
        keep_missing=np.array(False),
    )
    assert predictions.incomplete == 0
    assert predictions.expected.tolist() == [
        [[1, 2], [2, 3], [3, 4], [4, 5]],
        [[9, 8], [8, 7], [7, 6], [6, 5]],
    ]


def test_missing_values_are_among_the_targets_of_windows_that_were_kept():
    predictions = predicted(
        seeds=np.array([0]),
        sequences=np.array([[1, 2, 3, 4], [9, 8, 7, 6]], np.uint8),
        tokens=np.zeros((1, 2, 4, 2), np.uint8),
        loss=np.zeros((1, 2, 2)),
        distance=np.zeros((1, 2, 2)),
        n_in=np.array(3),
        alphabet=np.array(10),
        keep_missing=np.array(True),
    )
    assert predictions.incomplete == 2
    assert predictions.expected.tolist() == [
        [[-1, -1], [-1, 1], [1, 2], [2, 3]],
        [[-1, -1], [-1, 9], [9, 8], [8, 7]],
    ]


def test_a_value_that_is_asked_for_twice_is_drawn_once():
    """Or the bits of a window would be more than it holds."""
    echo = (1, "none", 1, Say(0), 0, 1, Say(0))
    task = Task(length=6, alphabet=10, n_in=3, n_out=7, echo=echo)
    assert drawn_in(task).tolist() == [True, False, False, False, True, False, False]


def test_predictions_are_read_as_they_were_written(path, predictions):
    stored = read_predictions(path)
    for name in NAMES:
        ours, theirs = getattr(stored, name), getattr(predictions, name)
        assert ours.dtype == theirs.dtype
        assert ours.shape == theirs.shape
        np.testing.assert_array_equal(ours, theirs)
    assert stored.incomplete == predictions.incomplete
    np.testing.assert_array_equal(stored.expected, predictions.expected)


def test_a_second_write_gives_the_same_bytes(tmp_path, path, predictions):
    again = tmp_path / "again.npz"
    write_predictions(again, predictions)
    assert again.read_bytes() == path.read_bytes()


@pytest.mark.parametrize("name", NAMES)
def test_every_array_enters_the_digest(path, predictions, name):
    """A well-formed file with one array exchanged: only the digest can tell."""
    with np.load(path) as stored:
        arrays = dict(stored)
        digest = str(stored["sha256"])
    was = arrays[name]
    arrays[name] = ~was if was.dtype == bool else was + was.dtype.type(1)
    np.savez(path, **arrays)
    assert refusal(path) == "the predictions do not match their SHA-256; evaluate again"
    write_predictions(path, replace(predictions, **{name: arrays[name]}))
    with np.load(path) as stored:
        assert str(stored["sha256"]) != digest


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"places": np.array([0, 3])}, "places: expected -1 to 2"),
        ({"places": np.array([0, -2])}, "places: expected -1 to 2"),
        ({"places": np.array([0])}, "places: expected whole numbers of shape (n_out), n_out 2, "
         "got int64 of shape (1,)"),
        ({"windows": PREDICTIONS.windows - 2}, "windows: expected values from -1 to 9"),
        ({"expected": PREDICTIONS.expected + 9}, "expected: expected values from -1 to 9"),
        ({"alphabet": np.array(9)}, "sequences: expected values from 0 to 8"),
        ({"alphabet": np.array(10**9)}, "alphabet: expected 65536 or less, got 1000000000"),
        ({"symbols": np.array(1)}, "sequences: expected values from 0 to 8"),
        ({"symbols": np.array(-1)}, "symbols: expected 0 or more, got -1"),
        ({"encoding": np.array("two")}, "encoding: expected 'one_hot' or 'linear', got text 'two'"),
        ({"seeds": np.array([1, 2, 3])}, "tokens: expected whole numbers of shape (seeds, "
         "sequences, windows, n_out), seeds 3, sequences 2, windows 4, n_out 2, got uint8 of shape "
         "(2, 2, 4, 2)"),
        ({"loss": np.array([["a"]])}, "loss: expected numbers of shape (seeds, sequences, n_out), "
         "got <U1 of shape (1, 1)"),
    ],
)  # fmt: skip
def test_answers_to_a_task_that_cannot_be_are_refused(path, changes, line):
    """Their digest is right."""
    write_predictions(path, replace(PREDICTIONS, **changes))
    assert refusal(path) == line


@pytest.mark.parametrize("name", [*NAMES, "sha256"])
def test_predictions_without_one_of_their_arrays_are_refused(path, name):
    with np.load(path) as stored:
        arrays = {key: stored[key] for key in stored.files if key != name}
    np.savez(path, **arrays)
    assert refusal(path).startswith("expected predictions")


def test_truncated_predictions_are_refused_wherever_they_end(path):
    whole = path.read_bytes()
    for size in range(0, len(whole), 7):
        path.write_bytes(whole[:size])
        assert refusal(path).startswith("expected predictions")


def test_a_flipped_bit_in_an_array_is_refused(path, predictions):
    whole = path.read_bytes()
    for name in ("sequences", "tokens", "loss", "distance"):
        content = getattr(predictions, name).tobytes()
        start = whole.index(content)
        for byte in range(start, start + len(content)):
            path.write_bytes(flipped(whole, 8 * byte + byte % 8))
            refusal(path)


def test_a_flipped_bit_in_the_directory_is_refused_or_changes_nothing(path, predictions):
    """Some bits of a zip file, those of times and attributes, do not matter."""
    whole = path.read_bytes()
    for bit in range(8 * whole.index(b"PK\x01\x02"), 8 * len(whole)):
        path.write_bytes(flipped(whole, bit))
        try:
            stored = read_predictions(path)
        except EchoseqError:
            refusal(path)
        else:
            digests = [array_digest(getattr(p, n) for n in NAMES) for p in (stored, predictions)]
            assert digests[0] == digests[1]


def flipped(content: bytes, bit: int) -> bytes:
    changed = bytearray(content)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


@pytest.mark.parametrize(
    "content",
    [b"", b"not predictions\n", b"PK\x03\x04", b"\x80\x04N."],
    ids=["empty", "text", "start of a zip file", "pickle"],
)
def test_another_file_in_the_place_of_predictions_is_refused(path, content):
    path.write_bytes(content)
    assert refusal(path).startswith("expected predictions")


def test_a_bare_array_in_the_place_of_predictions_is_refused(path):
    with path.open("wb") as file:
        np.save(file, np.arange(3))
    assert refusal(path).startswith("expected predictions")


def test_missing_predictions_are_refused(tmp_path):
    assert refusal(tmp_path / "missing.npz").startswith("expected predictions")
