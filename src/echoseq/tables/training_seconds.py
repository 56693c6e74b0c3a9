"""How long the training of every run took, on the machine that ran it."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from echoseq.places import experiment_of, seed_of

SOURCE = "timings"
ROW = "run"
SETTINGS = ()
COLUMNS = {
    "experiment": "its name",
    "seed": "of the run",
    "build_seconds": "processor seconds to build the model, and for the first seed of a job the "
    "program that trains it",
    "resumed_after_epoch": "the epoch of the checkpoint from which it resumed; 0 if none",
    "training_seconds": "processor seconds to train it, including processes that were killed",
}


def make(timings: Mapping[Path, Mapping[str, float]]) -> pd.DataFrame:
    """A row for each run.

    Args:
        timings: of each run, by its folder.
    """
    return pd.DataFrame(
        [
            {"experiment": experiment_of(folder), "seed": seed_of(folder), **timing}
            for folder, timing in timings.items()
        ],
        columns=list(COLUMNS),
    )
