"""What probes read, over seeds."""

import math
from typing import Any

import pandas as pd

from echoseq.evaluation.readouts import Readouts
from echoseq.statistics.inference import real_mean
from echoseq.tables.accuracy import over_seeds
from echoseq.tables.probes_of_seeds import bits

SOURCE = "probes"
ROW = "experiment, network, probe, state, position and step"
SETTINGS = ("confidence", "resamples")
COLUMNS = {
    "experiment": "its name",
    "network": "`trained`; `untrained`, as the run began; or `shuffled`, trained, but with the "
    "labels shuffled on which the probe is fitted",
    "probe": "`linear`, or `mlp`, a network with one hidden layer",
    "state": "what is read from: {states}",
    "position": "of the value in the window, 1 is the oldest",
    "step": "after how many steps the state is read; {steps}",
    "asked": "whether the network has to echo the value",
    "accuracy": "share of windows whose value is read rightly, mean over seeds, on sequences on "
    "which no probe was fitted",
    "low": "lower end of its {confidence} interval (bootstrap of seeds and sequences)",
    "high": "its upper end",
    "minimum": "accuracy of the lowest seed",
    "maximum": "accuracy of the highest seed",
    "bits": "information about the value, mean over seeds, a lower bound: log2(alphabet) less the "
    "cross-entropy",
    "bits_low": "lower end of its {confidence} interval",
    "bits_high": "its upper end",
    "bits_asked": "information in the value: log2(alphabet)",
    "chance": "accuracy of a uniform guess",
    "seeds": "number of seeds",
    "confidence": "coverage of the intervals",
}
# The columns that claims may be about: those with the ends of the interval, and what it is.
MEASURES = {"accuracy": "low high share", "bits": "bits_low bits_high number"}


def make(experiment: str, readouts: Readouts, *, confidence: float, resamples: int) -> pd.DataFrame:
    """A row for each case."""
    settings: dict[str, Any] = {"confidence": confidence, "resamples": resamples}
    windows, alphabet = int(readouts.windows), int(readouts.alphabet)
    found = bits(readouts)
    rows = []
    for i, case in enumerate(readouts.cases):
        mean_bits, bits_low, bits_high = real_mean(found[:, i], **settings)
        rows.append(
            {
                "experiment": experiment,
                **case._asdict(),
                "asked": case.position in readouts.asked,
                **over_seeds(readouts.correct[:, i], windows, **settings),
                "bits": mean_bits,
                "bits_low": bits_low,
                "bits_high": bits_high,
                "bits_asked": math.log2(alphabet),
                "chance": 1 / alphabet,
                "seeds": len(readouts.seeds),
                "confidence": confidence,
            }
        )
    return pd.DataFrame(rows, columns=list(COLUMNS))
