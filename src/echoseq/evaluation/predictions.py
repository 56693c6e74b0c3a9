"""The answers of an experiment's trained models, in one file; needs no TensorFlow."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from echoseq.data.sequences import frame
from echoseq.evaluation.arrays import read_arrays, write_arrays


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

    seeds: np.ndarray
    sequences: np.ndarray
    tokens: np.ndarray
    loss: np.ndarray
    distance: np.ndarray
    n_in: np.ndarray
    alphabet: np.ndarray
    keep_missing: np.ndarray
    encoding: np.ndarray = field(default_factory=lambda: np.array("one_hot"))

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


def write_predictions(path: Path, predictions: Predictions) -> None:
    """Write predictions to an .npz file, with a digest of their content."""
    write_arrays(path, predictions)


def read_predictions(path: Path) -> Predictions:
    """Read and check predictions.

    Raises:
        EchoseqError: if the file is damaged.
    """
    return read_arrays(path, Predictions, "predictions", "evaluate again")
