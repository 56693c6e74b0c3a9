"""What the probes of every seed read."""

import numpy as np
import pandas as pd

from echoseq.evaluation.readouts import Case, Readouts
from echoseq.statistics.information import told

SOURCE = "probes"
ROW = "experiment, seed, network, probe, state, position and step"
SETTINGS = ()
COLUMNS = {
    "experiment": "its name",
    "seed": "of the run",
    "network": "`trained`; `untrained`, as the run began; or `shuffled`, trained, but with the "
    "labels shuffled on which the probe is fitted",
    "probe": "`linear`, or `mlp`, a network with one hidden layer",
    "state": "what is read from: {states}",
    "position": "of the value in the window, 1 is the oldest",
    "step": "after how many steps the state is read; {steps}",
    "accuracy": "share of windows whose value is read rightly",
    "bits": "information about the value, a lower bound: log2(alphabet) less the cross-entropy",
}


def make(experiment: str, readouts: Readouts) -> pd.DataFrame:
    """A row for each seed and case, on the sequences on which no probe was fitted."""
    cases = pd.DataFrame(readouts.cases, columns=list(Case._fields))
    answers = readouts.correct.shape[-1] * int(readouts.windows)
    accuracy, found = readouts.correct.sum(axis=-1) / answers, bits(readouts).mean(axis=-1)
    frames = [
        cases.assign(experiment=experiment, seed=seed, accuracy=accuracy[i], bits=found[i])
        for i, seed in enumerate(readouts.seeds)
    ]
    return pd.concat(frames, ignore_index=True)[list(COLUMNS)]


def bits(readouts: Readouts) -> np.ndarray:
    """Information about the value, mean over windows, (seeds, cases, sequences).

    What `told` has. Sequences may be below 0, and so may a mean, if barely: cutting at 0 would keep
    the half of the noise that is above it.
    """
    return told(readouts.loss, int(readouts.alphabet))
