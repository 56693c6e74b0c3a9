"""What networks answer with something taken away, over seeds."""

from typing import Any

import numpy as np
import pandas as pd

from echoseq.evaluation.ablations import Ablations
from echoseq.statistics.inference import difference_interval, real_mean
from echoseq.tables.ablated import Scores, described
from echoseq.tables.accuracy import over_seeds

SOURCE = "ablations"
ROW = "experiment, ablation, layer, removed value and position"
SETTINGS = ("confidence", "resamples", "margin")
COLUMNS = {
    "experiment": "its name",
    "ablation": "what is taken away from the trained networks while they answer: {ablations}",
    "layer": "the layer that it is taken from; of several, joined by ` + `, at once",
    "state": "of the layer, from which directions are removed; otherwise empty",
    "removed": "the position in the window whose value is to be removed; otherwise empty",
    "position": "place in the answer, from 1; `value` is any value, `all` the exact match",
    "accuracy": "share of right answers in the {sequences} held-out sequences, mean over seeds",
    "low": "lower end of its {confidence} interval (bootstrap of seeds and sequences)",
    "high": "its upper end",
    "minimum": "accuracy of the lowest seed",
    "maximum": "accuracy of the highest seed",
    "intact": "accuracy of the same networks as they are",
    "lost": "how much the ablation costs: `intact` less `accuracy`",
    "lost_low": "lower end of its {confidence} interval, paired by seed and sequence",
    "lost_high": "its upper end",
    "bits": "information about the value, mean over seeds, a lower bound: log2(alphabet) less the "
    "loss in bits; of `value` the mean over positions, of `all` the sum; empty where no drawn "
    "value is asked for",
    "bits_low": "lower end of its {confidence} interval",
    "bits_high": "its upper end",
    "share": "of `cells_mean`, the share of the cells each of which alone costs more than {margin} "
    "of accuracy, mean over seeds; otherwise empty",
    "chance": "accuracy of a uniform guess",
    "seeds": "number of seeds",
    "confidence": "coverage of the intervals",
}
MEASURES = {
    "accuracy": "low high share",
    "lost": "lost_low lost_high number",
    "bits": "bits_low bits_high number",
}


def make(
    experiment: str, ablations: Ablations, *, confidence: float, resamples: int, margin: float
) -> pd.DataFrame:
    """A row for each case and place, of complete windows.

    Args:
        margin: an accuracy lost up to this counts as hardly any change.
    """
    settings: dict[str, Any] = {"confidence": confidence, "resamples": resamples}
    scores, rows = Scores(ablations), []
    for i, case in enumerate(ablations.cases):
        share = scores.costly(i, margin).mean(axis=0)
        for p, place in enumerate(scores.places):
            rows.append(
                {
                    "experiment": experiment,
                    **described(case),
                    "position": place,
                    **over_seeds(scores.correct[:, i, :, p], int(scores.answers[i, p]), **settings),
                    **_lost(scores, i, p, settings),
                    **_bits(scores.bits[:, i, :, p], settings),
                    "share": share[p],
                    "chance": scores.chance[p],
                    "seeds": len(ablations.seeds),
                    "confidence": confidence,
                }
            )
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"removed": "Int64"})


def _lost(scores: Scores, case: int, place: int, settings: dict[str, Any]) -> dict[str, float]:
    """What an ablation costs; of the intact network, only its accuracy."""
    intact, ablated = (scores.accuracy[:, i, place].mean() for i in (0, case))
    if case == 0:
        return {"intact": intact}
    ours, theirs = (scores.correct[:, i, :, place] for i in (0, case))
    answers = int(scores.answers[0, place]), int(scores.answers[case, place])
    low, high = difference_interval(ours, theirs, answers, **settings)
    return {"intact": intact, "lost": intact - ablated, "lost_low": low, "lost_high": high}


def _bits(told: np.ndarray, settings: dict[str, Any]) -> dict[str, float]:
    """Information over seeds, from (seeds, sequences)."""
    if np.isnan(told).any():
        return {}
    mean, low, high = real_mean(told, **settings)
    return {"bits": mean, "bits_low": low, "bits_high": high}
