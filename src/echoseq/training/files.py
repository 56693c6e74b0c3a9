"""What the files of a run share: the number of the program, and the digest of a history."""

import numpy as np
import pandas as pd

from echoseq.files import array_digest

# The number of the training program, one higher with every change of it that changes bits.
PROGRAM = 5
# An epoch is one sequence, so its loss is noisy: final values are means of the last epochs.
FINAL_EPOCHS = 20


def history_digest(history: pd.DataFrame) -> str:
    """SHA-256 of the losses and accuracies of a history, as float32."""
    return array_digest([history[key].to_numpy(np.float32) for key in ("loss", "accuracy")])
