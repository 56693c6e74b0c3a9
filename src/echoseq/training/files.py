"""The files of a run: their names and places, and the digest of a history."""

from pathlib import Path

import numpy as np
import pandas as pd

from echoseq.files import array_digest

# The number of the training program, one higher with every change of it that changes bits.
PROGRAM = 3
RUNS = "runs"  # a folder of a version, with runs/<experiment>/seed-<n>
CHECKPOINTS = "checkpoints"  # a folder of a version; no rule declares its files
MODEL, HISTORY, RECORD, TIMING = "model.keras", "history.csv", "run.json", "timing.json"
# An epoch is one sequence, so its loss is noisy: final values are means of the last epochs.
FINAL_EPOCHS = 20


def history_digest(history: pd.DataFrame) -> str:
    """SHA-256 of the losses and accuracies of a history, as float32."""
    return array_digest([history[key].to_numpy(np.float32) for key in ("loss", "accuracy")])


def checkpoint_folder(run: Path) -> Path:
    """The checkpoints of a run, from its folder, <version>/runs/<experiment>/seed-<n>."""
    return run.parents[2] / CHECKPOINTS / run.parent.name / run.name
