"""The answers of an experiment's trained models, in one file; needs no TensorFlow."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

import numpy as np

from echoseq.asked import NOTHING
from echoseq.checked import Alphabet, Model, Size, check
from echoseq.errors import DamagedError
from echoseq.evaluation.arrays import read_arrays, write_arrays
from echoseq.npz import NUMBER, TEXT, TRUTH, WHOLE, Member
from echoseq.task import MISSING, Task

ELSEWHERE = -1  # not a value of the window


@dataclass(frozen=True)
class Predictions:
    """Answers of every seed to the same held-out sequences.

    seeds: (seeds,).
    sequences: the held-out integers, (sequences, length).
    windows: as they are framed, (sequences, windows, n_in); missing values are MISSING.
    expected: the targets, (sequences, windows, n_out); MISSING where nothing is asked.
    tokens: decoded answers, (seeds, sequences, windows, n_out).
    loss: mean over complete windows, (seeds, sequences, n_out): categorical
        cross-entropy in nats, or the squared error on the scale 0..1.
    distance: absolute error in integers, mean over complete windows, (seeds, sequences, n_out).
    places: for each place of the answer, where in the window the value is, from 0, (n_out,);
        ELSEWHERE if it is not in the window.
    drawn: whether it is a value of the sequence, which was drawn uniformly, (n_out,); not so for a
        constant, for nothing, for one that an earlier place asks for, and for what a function of
        the user's own asks.
    alphabet, encoding: of the task, zero-dimensional arrays; the alphabet with its symbols.
    symbols: how many of the alphabet are symbols, the last ones; zero-dimensional.
    """

    seeds: Annotated[np.ndarray, Member(WHOLE, ("seeds",))]
    sequences: Annotated[np.ndarray, Member(WHOLE, ("sequences", "length"))]
    windows: Annotated[np.ndarray, Member(WHOLE, ("sequences", "windows", "n_in"))]
    expected: Annotated[np.ndarray, Member(WHOLE, ("sequences", "windows", "n_out"))]
    tokens: Annotated[np.ndarray, Member(WHOLE, ("seeds", "sequences", "windows", "n_out"))]
    loss: Annotated[np.ndarray, Member(NUMBER, ("seeds", "sequences", "n_out"))]
    distance: Annotated[np.ndarray, Member(NUMBER, ("seeds", "sequences", "n_out"))]
    places: Annotated[np.ndarray, Member(WHOLE, ("n_out",))]
    drawn: Annotated[np.ndarray, Member(TRUTH, ("n_out",))]
    alphabet: Annotated[np.ndarray, Member(WHOLE)]
    encoding: Annotated[np.ndarray, Member(TEXT)] = field(
        default_factory=lambda: np.array("one_hot")
    )
    symbols: Annotated[np.ndarray, Member(WHOLE)] = field(default_factory=lambda: np.array(0))

    @property
    def incomplete(self) -> int:
        """The number of windows at the start of a sequence in which values are missing."""
        return int((self.windows[0] == MISSING).any(axis=-1).sum())

    @property
    def asked(self) -> np.ndarray:
        """The places of the answer at which something is asked, (places,), counted from 0."""
        complete = self.expected[:, self.incomplete :]
        return np.flatnonzero((complete != MISSING).any(axis=(0, 1)))


class _Task(Model):
    """What predictions.npz says of the task."""

    alphabet: Alphabet
    encoding: Literal["one_hot", "linear"]
    symbols: Size


def places_of(task: Task) -> np.ndarray:
    """Where the values that are asked for are in the window, as predictions have it."""
    return np.array([ELSEWHERE if place is None else place for place in task.places], np.int32)


def drawn_in(task: Task) -> np.ndarray:
    """Whether a drawn value is asked for at each place of the answer, as predictions have it."""
    asked = task.asked or [NOTHING] * task.n_out
    return np.array(
        [isinstance(item, int) and item not in asked[:place] for place, item in enumerate(asked)]
    )


def stored(framed: np.ndarray) -> np.ndarray:
    """Windows or targets in the smallest signed type that holds them."""
    return framed.astype(np.promote_types(np.int8, np.min_scalar_type(framed.max())))


def write_predictions(path: Path, predictions: Predictions) -> None:
    """Write predictions to an .npz file, with a digest of their content."""
    write_arrays(path, predictions)


def read_predictions(path: Path) -> Predictions:
    """Read and check predictions.

    Raises:
        DamagedError: if the file is damaged.
    """
    found = read_arrays(path, Predictions, "predictions", "evaluate again")
    _require_task(path, found)
    return found


def _require_task(path: Path, found: Predictions) -> None:
    """Refuse answers to a task that there cannot be."""
    names = ("alphabet", "encoding", "symbols")
    check(_Task, {name: getattr(found, name).item() for name in names}, path)
    alphabet, n_in = int(found.alphabet), found.windows.shape[2]
    integers = alphabet - int(found.symbols)
    bounds = {"sequences": (0, integers), "windows": (MISSING, alphabet)}
    for name, (least, end) in (bounds | {"expected": (MISSING, alphabet)}).items():
        values = getattr(found, name)
        if values.min() < least or values.max() >= end:
            raise DamagedError(f"{path}: {name}: expected values from {least} to {end - 1}")
    if found.places.min() < ELSEWHERE or found.places.max() >= n_in:
        raise DamagedError(f"{path}: places: expected {ELSEWHERE} to {n_in - 1}")
