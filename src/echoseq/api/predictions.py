"""The answers of trained networks as a table."""

import numpy as np
import pandas as pd

from echoseq.api.typing import window_kinds
from echoseq.evaluation.predictions import Predictions
from echoseq.tables.columns import COMPLETE, INCOMPLETE
from echoseq.task import MISSING

COLUMNS = {
    "experiment": "its name",
    "seed": "of the run",
    "sequence": "the held-out sequence, counted from 0",
    "window": "of that sequence, counted from 1",
    "position": "place in the answer, from 1",
    "expected": "the value; missing before the sequence begins, and where nothing is asked",
    "predicted": "what the network answered; missing where nothing is expected",
    "right": "whether the two are the same; missing where nothing is expected",
    "windows": "`complete`, or `incomplete` for those with missing values",
}


def answer_table(experiment: str, predictions: Predictions) -> pd.DataFrame:
    """A row for each seed, sequence, window and position, with the `COLUMNS`."""
    seed, sequence, window, position = np.indices(predictions.tokens.shape).reshape(4, -1)
    expected = predictions.expected[sequence, window, position].astype(np.int64)
    predicted = predictions.tokens.ravel().astype(np.int64)
    missing = expected == MISSING
    incomplete = window < predictions.incomplete
    return pd.DataFrame(
        {
            "experiment": experiment,
            "seed": predictions.seeds[seed],
            "sequence": sequence,
            "window": window + 1,
            "position": position + 1,
            "expected": pd.arrays.IntegerArray(expected, missing),
            "predicted": pd.arrays.IntegerArray(predicted, missing.copy()),
            "right": pd.arrays.BooleanArray(expected == predicted, missing.copy()),
            "windows": window_kinds(pd.Series(np.where(incomplete, INCOMPLETE, COMPLETE))),
        }
    )
