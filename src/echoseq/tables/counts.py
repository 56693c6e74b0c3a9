"""Right answers, counted.

Accuracies are kept as counts for as long as possible, because sums of integers are the same bits
on every machine, in every order.
"""

from dataclasses import dataclass

import numpy as np

from echoseq.data.sequences import MISSING
from echoseq.evaluation.predictions import Predictions
from echoseq.tables.columns import COMPLETE, INCOMPLETE


@dataclass(frozen=True)
class Counts:
    """Right answers of an experiment, and of how many.

    correct: (seeds, sequences, n_out + 1): at each position, and last at all together.
    of: answers in a sequence, (n_out + 1,).
    values: values to be right in each answer of all together, (of[-1],).
    """

    correct: np.ndarray
    of: np.ndarray
    values: np.ndarray

    @property
    def accuracy(self) -> np.ndarray:
        """Share of right answers, (seeds, n_out + 1); NaN where there are none to give."""
        with np.errstate(invalid="ignore"):
            return self.correct.sum(axis=1) / (self.correct.shape[1] * self.of)

    def chance(self, position: int, alphabet: int) -> float:
        """The accuracy of a uniform guess at a position, or of all together (the last)."""
        if position < len(self.of) - 1:
            return 1 / alphabet
        return float(np.mean(float(alphabet) ** -self.values))


def count_correct(tokens: np.ndarray, expected: np.ndarray) -> Counts:
    """Count right answers; missing targets count for nothing.

    Args:
        tokens: predicted integers, (seeds, sequences, windows, n_out).
        expected: the targets, (sequences, windows, n_out), the same windows missing everywhere.
    """
    present = expected[0] != MISSING
    right = (tokens == expected) & present
    exact = (right | ~present).all(axis=-1) & present.any(axis=-1)
    return Counts(
        correct=np.concatenate([right.sum(axis=2), exact.sum(axis=2)[..., None]], axis=-1),
        of=np.append(present.sum(axis=0), present.any(axis=-1).sum()),
        values=present.sum(axis=-1)[present.any(axis=-1)],
    )


def count_predictions(predictions: Predictions) -> dict[str, Counts]:
    """The counts of an experiment: of complete windows, and of incomplete ones if it has any."""
    expected, incomplete = predictions.expected, predictions.incomplete
    parts = {COMPLETE: slice(incomplete, None), INCOMPLETE: slice(0, incomplete)}
    return {
        name: count_correct(predictions.tokens[:, :, part], expected[:, part])
        for name, part in parts.items()
        if incomplete or name == COMPLETE
    }
