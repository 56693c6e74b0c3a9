"""Processor seconds of training each experiment, on the machine that ran it."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from echoseq.tables import training_seconds

SOURCE = "timings"
ROW = "experiment"
SETTINGS = ()
COLUMNS = {
    "experiment": "its name",
    "seeds": "number of seeds",
    "seconds": "processor seconds of training, median over seeds",
    "minimum": "of the fastest seed",
    "maximum": "of the slowest seed",
}


def make(timings: Mapping[Path, Mapping[str, float]]) -> pd.DataFrame:
    """A row for each experiment.

    Args:
        timings: of each run, by its folder.
    """
    seconds = training_seconds.make(timings).groupby("experiment")["training_seconds"]
    table = seconds.agg(seeds="size", seconds="median", minimum="min", maximum="max")
    return table.reset_index()
