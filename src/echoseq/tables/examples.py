"""What is asked: the first windows of a held-out sequence, with their answers."""

import json

import pandas as pd

from echoseq.evaluation.predictions import Predictions

SOURCE = "predictions"
ROW = "experiment and window, the first two that are complete"
SETTINGS = ()
COLUMNS = {
    "experiment": "its name",
    "window": "of the first held-out sequence, from 1",
    "values": "of the window, as JSON; symbols are the integers from the alphabet on",
    "answer": "what is asked, as JSON; -1 where nothing is",
}
WINDOWS = 2  # of an experiment


def make(experiment: str, predictions: Predictions) -> pd.DataFrame:
    """A row for each of the first complete windows of a held-out sequence."""
    first = predictions.incomplete
    windows, expected = (
        part[0, first : first + WINDOWS].tolist()
        for part in (predictions.windows, predictions.expected)
    )
    rows = [
        {
            "experiment": experiment,
            "window": first + 1 + i,
            "values": json.dumps(values),
            "answer": json.dumps(answer),
        }
        for i, (values, answer) in enumerate(zip(windows, expected, strict=True))
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))
