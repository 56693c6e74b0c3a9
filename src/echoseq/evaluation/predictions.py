"""The answers of an experiment's trained models, in one file; needs no TensorFlow."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

import numpy as np

from echoseq.checked import Alphabet, Count, Model, check
from echoseq.data.sequences import frame
from echoseq.errors import DamagedError
from echoseq.evaluation.arrays import read_arrays, write_arrays
from echoseq.npz import NUMBER, TEXT, TRUTH, WHOLE, Member


@dataclass(frozen=True)
class Predictions:
    """Answers of every seed to the same held-out sequences.

    seeds: (seeds,).
    sequences: the held-out integers, (sequences, length).
    tokens: decoded answers, (seeds, sequences, windows, n_out).
    loss: mean over complete windows, (seeds, sequences, n_out): categorical
        cross-entropy in nats, or the squared error on the scale 0..1.
    distance: absolute error in integers, mean over complete windows, (seeds, sequences, n_out).
    n_in, alphabet, keep_missing, encoding: of the task, zero-dimensional arrays.
    """

    seeds: Annotated[np.ndarray, Member(WHOLE, ("seeds",))]
    sequences: Annotated[np.ndarray, Member(WHOLE, ("sequences", "length"))]
    tokens: Annotated[np.ndarray, Member(WHOLE, ("seeds", "sequences", "windows", "n_out"))]
    loss: Annotated[np.ndarray, Member(NUMBER, ("seeds", "sequences", "n_out"))]
    distance: Annotated[np.ndarray, Member(NUMBER, ("seeds", "sequences", "n_out"))]
    n_in: Annotated[np.ndarray, Member(WHOLE)]
    alphabet: Annotated[np.ndarray, Member(WHOLE)]
    keep_missing: Annotated[np.ndarray, Member(TRUTH)]
    encoding: Annotated[np.ndarray, Member(TEXT)] = field(
        default_factory=lambda: np.array("one_hot")
    )

    @property
    def framed(self) -> tuple[np.ndarray, np.ndarray]:
        """Windows (sequences, windows, n_in) and targets (sequences, windows, n_out).

        Missing values are MISSING.
        """
        n_in, n_out = int(self.n_in), self.tokens.shape[-1]
        return frame(self.sequences, n_in, n_out, keep_missing=bool(self.keep_missing))

    @property
    def expected(self) -> np.ndarray:
        """The targets, (sequences, windows, n_out); missing ones are MISSING."""
        return self.framed[1]

    @property
    def incomplete(self) -> int:
        """The number of windows at the start of a sequence in which values are missing."""
        return int(self.n_in) - 1 if self.keep_missing else 0


class _Task(Model):
    """What predictions.npz says of the task."""

    n_in: Count
    alphabet: Alphabet
    keep_missing: bool
    encoding: Literal["one_hot", "linear"]


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
    names = ("n_in", "alphabet", "keep_missing", "encoding")
    check(_Task, {name: getattr(found, name).item() for name in names}, path)
    length, (windows, n_out) = found.sequences.shape[1], found.tokens.shape[2:]
    n_in, alphabet = int(found.n_in), int(found.alphabet)
    if not n_out <= n_in <= length:
        raise DamagedError(f"{path}: n_in: expected {n_out} to {length}, got {n_in}")
    expected = length if found.keep_missing else length - n_in + 1
    if windows != expected:
        raise DamagedError(f"{path}: tokens: expected {expected} windows, got {windows}")
    if found.sequences.min() < 0 or found.sequences.max() >= alphabet:
        raise DamagedError(f"{path}: sequences: expected values from 0 to {alphabet - 1}")
