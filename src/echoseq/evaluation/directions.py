"""The directions of a state in which a linear probe reads a value, and their removal.

The probe reads whitened states: numbers without correlations, each of variance 1, so that
directions count alike. Those in which it reads are the row space of its weights; the first of them
are the right singular vectors with the largest singular values. To remove directions is to replace
what a state holds in them by its mean.
"""

from dataclasses import dataclass

import numpy as np

from echoseq import streams
from echoseq.evaluation.probes import linear_weights, whitening_of
from echoseq.study.splits import split

SHARE = 0.25  # of the directions of a state that are removed


@dataclass(frozen=True)
class Removal:
    """What is subtracted from states x: (x - mean) times a matrix.

    mean: (cells,); matrix: (cells, cells), of the rank that is removed.
    """

    mean: np.ndarray
    matrix: np.ndarray


class Directions:
    """The states of one network, in which directions are found."""

    def __init__(self, states: np.ndarray) -> None:
        """Take states, (sequences, windows, cells); those that probes are fitted on are used."""
        self._states = states[split(len(states)).fit]
        self._whitening = whitening_of(self._states)
        scaler, pca = (step for _, step in self._whitening.steps)
        spread = np.sqrt(pca.explained_variance_)[:, None]
        self._into = pca.components_.T / scaler.scale_[:, None] / spread.T  # (cells, whitened)
        self._back = pca.components_ * scaler.scale_ * spread  # (whitened, cells)
        self._mean = scaler.mean_ + pca.mean_ * scaler.scale_

    @property
    def removed(self) -> int:
        """How many directions are removed."""
        return max(1, round(SHARE * len(self._back)))

    def read(self, values: np.ndarray) -> Removal:
        """Remove the first of those in which a probe reads values, (sequences, windows)."""
        fitted = values[split(len(values)).fit]
        weights = linear_weights(self._whitening, self._states, fitted)
        _, _, rows = np.linalg.svd(weights - weights.mean(axis=0), full_matrices=False)
        return self._without(rows[: self.removed].T)

    def random(self, what: str, seed: int) -> Removal:
        """Remove as many that are drawn at random, others for each `what` and seed."""
        stream = streams.generator(f"random directions {what}", seed)
        drawn = stream.standard_normal((len(self._back), self.removed))
        return self._without(np.linalg.qr(drawn)[0])

    def _without(self, directions: np.ndarray) -> Removal:
        """Remove orthonormal directions of whitened states, (whitened, directions)."""
        return Removal(self._mean, self._into @ directions @ directions.T @ self._back)
