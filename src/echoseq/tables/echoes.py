"""The worst echo of each experiment, value by value."""

import numpy as np
import pandas as pd

from echoseq.evaluation.predictions import Predictions
from echoseq.task import MISSING

SOURCE = "predictions"
ROW = "experiment, window and position"
SETTINGS = ()
COLUMNS = {
    "experiment": "its name",
    "seed": "of the run with the most errors in one sequence",
    "sequence": "the held-out sequence in which it made them, counted from 0",
    "window": "of that sequence",
    "position": "place in the answer, from 1",
    "expected": "the value; -1 where it is missing",
    "predicted": "what the network answered",
    "alphabet": "how many integers there are",
}


def make(experiment: str, predictions: Predictions) -> pd.DataFrame:
    """The worst echo of an experiment: a row for each window and position of that sequence.

    This is the worst of all pairs of seed and sequence; a typical one has no error at all.
    """
    seed, sequence = most_wrong(predictions.tokens, predictions.expected)
    expected = predictions.expected[sequence]
    window, position = np.indices(expected.shape).reshape(2, -1) + 1
    return pd.DataFrame(
        {
            "experiment": experiment,
            "seed": predictions.seeds[seed],
            "sequence": sequence,
            "window": window,
            "position": position,
            "expected": expected.ravel(),
            "predicted": predictions.tokens[seed, sequence].ravel(),
            "alphabet": int(predictions.alphabet),
        }
    )


def most_wrong(tokens: np.ndarray, expected: np.ndarray) -> tuple[int, int]:
    """The (seed index, sequence index) with the most wrong values; the first in a tie.

    Arguments as for `count_correct`.
    """
    wrong = ((tokens != expected) & (expected != MISSING)).sum(axis=(2, 3))
    seed, sequence = np.unravel_index(np.argmax(wrong), wrong.shape)
    return int(seed), int(sequence)
