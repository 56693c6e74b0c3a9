"""Every run beside what others published: theirs as they print them, and ours."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from echoseq.evaluation.predictions import Predictions
from echoseq.tables.columns import COMPLETE
from echoseq.tables.counted import count_predictions
from echoseq.tables.sources.published import Found
from echoseq.training.records import TrainedRun

SOURCE = "published"
ROW = "run"
SETTINGS = ("published",)
OURS, THEIRS, BOUNDS = "ours", "theirs", "their range"
COLUMNS = {
    "experiment": "its name",
    "number": "of the result among those of the experiment, from 1",
    "measure": "what is measured",
    "side": "`ours`, `theirs`, or `their range`, of which the lowest and the highest are printed",
    "run": "ours: the seed; theirs: its place in what is printed, from 1",
    "value": "what was measured: shares are 0 to 1, losses in nats (squared errors, with the "
    "linear representation)",
}


def make(found: Found, *, published: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """A row for each run, in the order of the results.

    Args:
        found: predictions and runs by experiment.
        published: results as configured, each with its `experiment` and `number`.
    """
    rows = []
    for result in published:
        name, measure = result["experiment"], result["measure"]
        about = {"experiment": name, "number": result["number"], "measure": measure}
        ours = measured(measure, *found[name], last=result["last"])
        sides = [(OURS, [*ours.items()])]
        for side, key in ((THEIRS, "runs"), (BOUNDS, "between")):
            sides.append((side, [*enumerate(result[key] or [], start=1)]))
        rows += [
            about | {"side": side, "run": run, "value": value}
            for side, values in sides
            for run, value in values
        ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def measured(
    measure: str, predictions: Predictions, runs: Sequence[TrainedRun], *, last: int | None
) -> dict[int, float]:
    """What is measured of each run, by seed.

    Args:
        last: the last epochs that a mean over training is of; None for all of them.
    """
    if measure in ("training_accuracy", "training_loss"):
        key = measure.removeprefix("training_")
        epochs = slice(None if last is None else -last, None)
        return {run.seed: float(getattr(run, key)[epochs].mean(dtype=np.float64)) for run in runs}
    seeds = map(int, predictions.seeds)
    if measure == "loss":
        losses = predictions.loss[..., predictions.asked].mean(axis=(1, 2), dtype=np.float64)
        return dict(zip(seeds, map(float, losses), strict=True))
    counts = count_predictions(predictions)[COMPLETE]
    if measure == "exact_match":
        values = counts.accuracy[:, -1]
    else:
        values = counts.values_right.mean(axis=1) / counts.values_asked
    return dict(zip(seeds, map(float, values), strict=True))
