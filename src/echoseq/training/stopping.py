"""When a run has learned: the rule that stops training, and that tables report."""

import math

import numpy as np

# A rule that is applied at every epoch fires sooner by chance, and a program runs many at once.
EVERY = 100


def epochs_to_learn(accuracy: np.ndarray, success: float, over: int) -> float:
    """The first multiple of 100 epochs at which the last `over` have a mean accuracy of `success`.

    Every training sequence is new, so this is accuracy on unseen data.

    Args:
        accuracy: of every epoch from the first, (epochs,).

    Returns:
        Epochs, counted from 1; NaN if the run has not learned.
    """
    sums = np.cumsum(np.append(0.0, accuracy.astype(np.float64)))
    epochs = np.arange(EVERY, len(accuracy) + 1, EVERY)
    epochs = epochs[epochs >= over]
    means = (sums[epochs] - sums[epochs - over]) / over
    learned = epochs[means >= success - 1e-9]
    return float(learned[0]) if learned.size else math.nan
