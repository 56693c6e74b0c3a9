"""Experiments compared with their bases, paired by seed; those that were planned are tested."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from echoseq.statistics.counts import Counts
from echoseq.statistics.inference import difference_interval, holm, sign_flip
from echoseq.statistics.ratios import log_ratio, step_of
from echoseq.tables.columns import COMPLETE, EXACT_MATCH, PER_VALUE
from echoseq.tables.counted import count_predictions
from echoseq.tables.sources.pairs import Side
from echoseq.training.stopping import EVERY

SOURCE = "pairs"
ROW = "experiment and measure"
SETTINGS = ("confidence", "resamples", "questions")
ACCURACY, TIMES = "accuracy", ("epochs", "updates")
COLUMNS = {
    "experiment": "its name",
    "base": "the experiment that it is compared with",
    "measure": "`accuracy` on held-out sequences; or `epochs` or `updates` until learned",
    "position": "of accuracies: place in the answer, from 1; `value` is a value at any "
    "position, `all` the exact match",
    "accuracy": "of the experiment, mean over seeds",
    "base_accuracy": "of the base",
    "difference": "accuracy less that of the base, seed by seed; of times, the base-2 logarithm of "
    "their ratio, so that 1 is twice the time of the base",
    "low": "lower end of its {confidence} interval (bootstrap over seeds and sequences)",
    "high": "its upper end",
    "confidence": "coverage of the intervals",
    "seeds": "that both have",
    "censored": "of times: seeds of which one or both did not learn; the cap takes the place of "
    "their time",
    "p": "p-value of a test that flips the signs of the differences, seed by seed; of the planned "
    "contrasts only",
    "p_holm": "the same, corrected for the number of planned contrasts",
}


def make(
    pairs: Iterable[tuple[Side, Side]],
    *,
    confidence: float,
    resamples: int,
    questions: Sequence[Mapping[str, Any]],
) -> pd.DataFrame:
    """Compare experiments with their bases; test the contrasts of the questions."""
    contrasts = [question["contrast"] for question in questions if question["contrast"]]
    planned = {(contrast["experiment"], contrast["measure"]) for contrast in contrasts}
    rows = []
    for ours, theirs in pairs:
        for row, by_seed in compare(ours, theirs, confidence=confidence, resamples=resamples):
            if (ours.name, row["measure"]) in planned and row["position"] in (PER_VALUE, None):
                row["p"] = sign_flip(by_seed) if len(by_seed) > 1 else math.nan
            rows.append(row)
    table = pd.DataFrame(rows, columns=list(COLUMNS)).astype({"p": float})
    return table.assign(p_holm=holm(table["p"].to_numpy()))


def compare(
    ours: Side, theirs: Side, *, confidence: float, resamples: int
) -> Iterator[tuple[dict[str, Any], np.ndarray]]:
    """Differences from a base, paired by seed; with each, whole numbers by seed to test it with.

    Accuracy at each shared position, per value and of the exact match; then, if both train until
    they have learned, epochs and updates. Only complete windows and shared seeds are used. The
    exact match of echoes of different length is compared without adjustment, though more values
    have to be right in the longer one.
    """
    seeds, *places = np.intersect1d(
        ours.predictions.seeds, theirs.predictions.seeds, return_indices=True
    )
    facts = {
        "experiment": ours.name,
        "base": theirs.name,
        "confidence": confidence,
        "seeds": len(seeds),
    }
    settings: dict[str, Any] = {"confidence": confidence, "resamples": resamples}
    for row, by_seed in _accuracies(ours, theirs, places, settings):
        yield facts | row, by_seed
    if ours.learned is not None and theirs.learned is not None:
        censored = int((~ours.learned[places[0]] | ~theirs.learned[places[1]]).sum())
        step = step_of(ours.epochs[places[0]], theirs.epochs[places[1]], EVERY)
        for time in TIMES:
            times = [getattr(s, time)[at] for s, at in zip((ours, theirs), places, strict=True)]
            (mean, low, high), millionths = log_ratio(times[0], times[1], step, **settings)
            row = {"position": None, "difference": mean, "low": low, "high": high}
            yield facts | {"measure": time, "censored": censored} | row, millionths


def _accuracies(
    ours: Side, theirs: Side, places: list[np.ndarray], settings: dict[str, Any]
) -> Iterator[tuple[dict[str, Any], np.ndarray]]:
    a, b = (count_predictions(side.predictions)[COMPLETE] for side in (ours, theirs))
    shared = min(len(a.per_sequence), len(b.per_sequence)) - 1
    for position in [*range(shared), PER_VALUE, EXACT_MATCH]:
        (all_ours, asked_ours), (all_theirs, asked_theirs) = (_at(c, position) for c in (a, b))
        if not (asked_ours and asked_theirs):  # one of them asks nothing there
            continue
        x, y = all_ours[places[0]], all_theirs[places[1]]
        low, high = difference_interval(x, y, (asked_ours, asked_theirs), **settings)
        accuracy, base_accuracy = x.mean() / asked_ours, y.mean() / asked_theirs
        row = {
            "measure": ACCURACY,
            "position": str(position + 1) if isinstance(position, int) else position,
            "accuracy": accuracy,
            "base_accuracy": base_accuracy,
            "difference": accuracy - base_accuracy,
            "low": low,
            "high": high,
        }
        yield row, (x * asked_theirs - y * asked_ours).sum(axis=1)


def _at(counts: Counts, position: int | str) -> tuple[np.ndarray, int]:
    """Right answers at a position, (seeds, sequences), and how many a sequence asks for."""
    if position == PER_VALUE:
        return counts.values_right, counts.values_asked
    index = -1 if position == EXACT_MATCH else int(position)
    return counts.correct[..., index], int(counts.per_sequence[index])
