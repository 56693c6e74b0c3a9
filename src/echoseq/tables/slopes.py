"""How the time to learn falls or rises with the number of cells: the exponent of a power law."""

import math
from typing import Any

import numpy as np
import pandas as pd

from echoseq.statistics.agreement import mean_with_interval, of_runs
from echoseq.statistics.power_laws import DIGITS, exponents
from echoseq.tables.needs import one_of_each_size
from echoseq.training.stopping import EVERY

SOURCE = "tables"
READS = ("needs", "runs")
ROW = "question and group"
SETTINGS = ("confidence", "learned_over")
COLUMNS = {
    "question": "the question",
    "group": "what sets its experiments apart, besides their cells; of three sizes or more, the "
    "time to learn is known for every seed",
    "base": "the group that it is compared with, the first if there are two; empty for such a "
    "group itself",
    "seeds": "that all these sizes have",
    "sizes": "that the slope is fitted to: at which every seed learned, and none by the first time "
    "that it is seen, after {learned_over} epochs",
    "smallest": "of these sizes, in cells",
    "largest": "of these sizes, in cells",
    "slope": "of the logarithm of the epochs until learned against that of the cells, fitted to "
    "each seed, mean over seeds: with -1, twice the cells take half the epochs",
    "low": "lower end of its {confidence} interval (Student's t over seeds)",
    "high": "its upper end",
    "epochs_at_smallest": "fitted, geometric mean over seeds",
    "epochs_at_largest": "fitted, geometric mean over seeds",
    "confidence": "coverage of the intervals",
}
SIZES = 3  # that a slope is fitted to, at least: through two, any line goes


def make(tables: dict[str, pd.DataFrame], *, confidence: float, learned_over: int) -> pd.DataFrame:
    """A row for each group with three sizes or more of which all times are known.

    Sizes at which a seed met the cap are left out, and so are those at which one had learned when
    it was first looked at: its time is not known, and to leave out the seed alone would make them
    look faster or slower than they are.

    Args:
        tables: those that `READS` names.
        learned_over: the epochs after which it is first looked at whether a run has learned.
    """
    first = -(-learned_over // EVERY) * EVERY
    needs = one_of_each_size(tables["needs"])
    runs = tables["runs"].merge(needs[["experiment", "cells"]], on="experiment")
    earliest = runs.groupby("experiment")["epochs_to_learn"].min()
    rows = []
    for (question, group), part in needs.groupby(["question", "group"], sort=False):
        known = [
            row["experiment"]
            for row in part.to_dict("records")
            if row["learned"] == row["seeds"] and earliest[row["experiment"]] > first
        ]
        if len(known) < SIZES:
            continue
        own = runs[runs["experiment"].isin(known)]
        times = own.pivot_table(index="seed", columns="cells", values="epochs_to_learn").dropna()
        if times.empty:  # no seed at all these sizes
            continue
        about = {"question": question, "group": group, "base": part["base"].iloc[0]}
        rows.append(about | _fitted(times, confidence))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _fitted(times: pd.DataFrame, confidence: float) -> dict[str, Any]:
    """The slope of one group, from the epochs of each seed at each number of cells."""
    cells = times.columns.to_numpy(np.float64)
    slopes, fitted = exponents(cells, times.to_numpy(np.float64))
    slope, low, high = _with_interval(slopes, confidence, _resolution(cells, times))
    return {
        "seeds": len(times),
        "sizes": len(cells),
        "smallest": int(cells[0]),
        "largest": int(cells[-1]),
        "slope": slope,
        "low": low,
        "high": high,
        "epochs_at_smallest": fitted[0],
        "epochs_at_largest": fitted[-1],
        "confidence": confidence,
    }


def _resolution(cells: np.ndarray, times: pd.DataFrame) -> float:
    """How exactly a slope can be known from times that are known to a step of epochs."""
    half_a_step = math.log2(1 + EVERY / 2 / times.to_numpy().mean(axis=0).min())
    return half_a_step / math.log2(cells[-1] / cells[0])


def _with_interval(
    slopes: np.ndarray, confidence: float, least: float
) -> tuple[float, float, float]:
    """The mean over seeds with Student's interval; NaN for a single seed.

    A bootstrap of so few would be too narrow, and slopes have no ceiling.

    Args:
        least: half of the width that the interval has at least.
    """
    mean = float(slopes.mean())
    if len(slopes) < 2:
        return mean, math.nan, math.nan
    low, high = mean_with_interval(of_runs(slopes.tolist()), confidence)
    return mean, round(min(low, mean - least), DIGITS), round(max(high, mean + least), DIGITS)
