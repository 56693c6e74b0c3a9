"""Counts of right answers.

Accuracies are kept as counts for as long as possible, because sums of integers have the same bits
on every machine and in every order.
"""

from dataclasses import dataclass

import numpy as np

from echoseq.task import MISSING


@dataclass(frozen=True)
class Counts:
    """Right answers of an experiment, and how many answers there are.

    correct: (seeds, sequences, n_out + 1): at each position, and last for the exact match.
    per_sequence: answers in a sequence, (n_out + 1,).
    values: values that make up each exact match, (per_sequence[-1],).
    """

    correct: np.ndarray
    per_sequence: np.ndarray
    values: np.ndarray

    @property
    def values_right(self) -> np.ndarray:
        """Right values at all positions, (seeds, sequences)."""
        return np.asarray(self.correct[..., :-1].sum(axis=-1))

    @property
    def values_asked(self) -> int:
        """Values at all positions of a sequence."""
        return int(self.per_sequence[:-1].sum())

    @property
    def accuracy(self) -> np.ndarray:
        """Share of right answers, (seeds, n_out + 1); NaN where there are no answers."""
        with np.errstate(invalid="ignore"):
            return self.correct.sum(axis=1) / (self.correct.shape[1] * self.per_sequence)

    def chance(self, position: int, alphabet: int) -> float:
        """The accuracy of a uniform guess at a position, or for the exact match (the last)."""
        if position < len(self.per_sequence) - 1:
            return 1 / alphabet
        return float(np.mean(float(alphabet) ** -self.values))


def count_correct(tokens: np.ndarray, expected: np.ndarray) -> Counts:
    """Count right answers; missing targets do not count.

    Args:
        tokens: predicted integers, (seeds, sequences, windows, n_out).
        expected: the targets, (sequences, windows, n_out), with the same gaps in every sequence.
    """
    present = expected[0] != MISSING
    right = (tokens == expected) & present
    exact = (right | ~present).all(axis=-1) & present.any(axis=-1)
    return Counts(
        correct=np.concatenate([right.sum(axis=2), exact.sum(axis=2)[..., None]], axis=-1),
        per_sequence=np.append(present.sum(axis=0), present.any(axis=-1).sum()),
        values=present.sum(axis=-1)[present.any(axis=-1)],
    )
