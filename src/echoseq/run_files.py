"""The files of a run: their names, and the digest of a history."""

import numpy as np
import pandas as pd

from echoseq.files import array_digest

MODEL, HISTORY, RECORD, TIMING = "model.keras", "history.csv", "run.json", "timing.json"


def history_digest(history: pd.DataFrame) -> str:
    """SHA-256 of the losses and accuracies of a history, as float32."""
    return array_digest([history[key].to_numpy(np.float32) for key in ("loss", "accuracy")])
