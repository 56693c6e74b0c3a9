"""Tables of numbers over seeds, from predictions and histories.

Accuracies are kept as counts for as long as possible, because sums of integers are the same bits
on every machine, in every order.
"""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from echoseq.inference import (
    difference_interval,
    holm,
    interquartile_mean,
    mean_interval,
    sign_flip,
    wilson,
)
from echoseq.predictions import Predictions
from echoseq.sequences import MISSING

EXACT = "all"  # the position that stands for the whole answer: every value right


@dataclass(frozen=True)
class Counts:
    """Right answers of an experiment, and of how many.

    correct: (seeds, sequences, n_out + 1): at each position, and last at all together.
    of: answers in a sequence, (n_out + 1,).
    values: values to be right in each answer of all together, (of[-1],).
    """

    correct: np.ndarray
    of: np.ndarray
    values: np.ndarray

    @property
    def accuracy(self) -> np.ndarray:
        """Share of right answers, (seeds, n_out + 1); NaN where there are none to give."""
        with np.errstate(invalid="ignore"):
            return self.correct.sum(axis=1) / (self.correct.shape[1] * self.of)

    def chance(self, position: int, alphabet: int) -> float:
        """The accuracy of a uniform guess at a position, or of all together (the last)."""
        if position < len(self.of) - 1:
            return 1 / alphabet
        return float(np.mean(float(alphabet) ** -self.values))


def count_correct(tokens: np.ndarray, expected: np.ndarray) -> Counts:
    """Count right answers; missing targets count for nothing.

    Args:
        tokens: predicted integers, (seeds, sequences, windows, n_out).
        expected: the targets, (sequences, windows, n_out), the same windows missing everywhere.
    """
    present = expected[0] != MISSING
    right = (tokens == expected) & present
    exact = (right | ~present).all(axis=-1) & present.any(axis=-1)
    return Counts(
        correct=np.concatenate([right.sum(axis=2), exact.sum(axis=2)[..., None]], axis=-1),
        of=np.append(present.sum(axis=0), present.any(axis=-1).sum()),
        values=present.sum(axis=-1)[present.any(axis=-1)],
    )


def count_predictions(predictions: Predictions) -> dict[str, Counts]:
    """The counts of an experiment: of complete windows, and of incomplete ones if it has any."""
    expected, incomplete = predictions.expected, predictions.incomplete
    parts = {"complete": slice(incomplete, None), "incomplete": slice(0, incomplete)}
    return {
        name: count_correct(predictions.tokens[:, :, part], expected[:, part])
        for name, part in parts.items()
        if incomplete or name == "complete"
    }


def position_names(n_out: int) -> list[str]:
    """Positions from 1 (the oldest value), then the name of the exact match."""
    return [str(position) for position in range(1, n_out + 1)] + [EXACT]


def seed_table(experiment: str, predictions: Predictions) -> pd.DataFrame:
    """A row for each seed and position: accuracy, loss, distance and the windows they rest on.

    The loss and distance of the exact match are the means over positions. Incomplete windows, where
    an experiment keeps them, have rows of their own, with accuracy alone.
    """
    frames = []
    names = position_names(predictions.loss.shape[-1])
    seeds, sequences = predictions.loss.shape[:2]
    for windows, counts in count_predictions(predictions).items():
        rows = {
            "experiment": experiment,
            "seed": np.repeat(predictions.seeds, len(names)),
            "position": names * seeds,
            "accuracy": counts.accuracy.ravel(),
        }
        for key in ("loss", "distance"):
            rows[key] = _with_mean(getattr(predictions, key)) if windows == "complete" else math.nan
        rows |= {"n": np.tile(sequences * counts.of, seeds), "windows": windows}
        frames.append(pd.DataFrame(rows))
    table = pd.concat(frames, ignore_index=True)
    return table[table["n"] > 0]


def _with_mean(values: np.ndarray) -> np.ndarray:
    """Values (seeds, sequences, n_out) by seed and position, the mean over positions last; flat."""
    by_position = values.astype(np.float64).mean(axis=1)
    return np.append(by_position, by_position.mean(axis=1, keepdims=True), axis=1).ravel()


def summary_table(
    experiment: str,
    predictions: Predictions,
    *,
    confidence: float,
    resamples: int,
    success: float,
) -> pd.DataFrame:
    """A row for each position: the mean over seeds with its interval, successes, and chance.

    Args:
        success: a seed succeeds with at least this accuracy.
    """
    rows = []
    for windows, counts in count_predictions(predictions).items():
        n_out = len(counts.of) - 1
        for i, position in enumerate(position_names(n_out)):
            if counts.of[i] == 0:
                continue
            correct, accuracy = counts.correct[..., i], counts.accuracy[:, i]
            low, high = mean_interval(
                correct, counts.of[i], confidence=confidence, resamples=resamples
            )
            successes, seeds = int((accuracy >= success).sum()), len(accuracy)
            success_low, success_high = wilson(successes, seeds, confidence)
            rows.append(
                {
                    "experiment": experiment,
                    "position": position,
                    "mean": accuracy.mean(),
                    "median": np.median(accuracy),
                    "interquartile_mean": interquartile_mean(accuracy),
                    "low": low,
                    "high": high,
                    "confidence": confidence,
                    "minimum": accuracy.min(),
                    "maximum": accuracy.max(),
                    "seeds": seeds,
                    "success_rate": successes / seeds,
                    "success_low": success_low,
                    "success_high": success_high,
                    "chance": counts.chance(i, int(predictions.alphabet)),
                    "windows": windows,
                }
            )
    return pd.DataFrame(rows)


def comparison_table(
    ours: tuple[str, Predictions],
    theirs: tuple[str, Predictions],
    *,
    confidence: float,
    resamples: int,
) -> pd.DataFrame:
    """Differences to a base, paired by seed: a row for each position both have, and exact match.

    Complete windows only, and the seeds that both have. The exact match of echoes of different
    length is compared as it is: more values have to be right in the longer one.

    Args:
        ours, theirs: name and predictions.
    """
    pair = ours[1], theirs[1]
    seeds, at_ours, at_theirs = np.intersect1d(pair[0].seeds, pair[1].seeds, return_indices=True)
    a, b = (count_predictions(p)["complete"] for p in pair)
    shared = min(len(a.of), len(b.of)) - 1
    rows = []
    for i in [*range(shared), -1]:
        x, y = a.correct[at_ours][..., i], b.correct[at_theirs][..., i]
        low, high = difference_interval(
            x, y, (a.of[i], b.of[i]), confidence=confidence, resamples=resamples
        )
        by_seed = (x * b.of[i] - y * a.of[i]).sum(axis=1)
        rows.append(
            {
                "experiment": ours[0],
                "base": theirs[0],
                "position": EXACT if i == -1 else str(i + 1),
                "accuracy": a.accuracy[at_ours, i].mean(),
                "base_accuracy": b.accuracy[at_theirs, i].mean(),
                "difference": a.accuracy[at_ours, i].mean() - b.accuracy[at_theirs, i].mean(),
                "low": low,
                "high": high,
                "confidence": confidence,
                "seeds": len(seeds),
                "p": sign_flip(by_seed) if len(seeds) > 1 else math.nan,
            }
        )
    return pd.DataFrame(rows)


def corrected(comparisons: pd.DataFrame) -> pd.DataFrame:
    """Comparisons with a column `p_holm`: p-values of the exact match, corrected for their number.

    One family: every experiment's exact match against its base. The positions describe where a
    difference lies, and are not tested.
    """
    exact = (comparisons["position"] == EXACT).to_numpy()
    column = np.full(len(comparisons), math.nan)
    column[exact] = holm(comparisons.loc[exact, "p"].to_numpy())
    return comparisons.assign(p_holm=column)


def epochs_to_learn(accuracy: np.ndarray, success: float, over: int) -> float:
    """The first epoch (from 1) whose mean accuracy over the last `over` epochs succeeds.

    NaN for a run that never learns.
    """
    if len(accuracy) < over:
        return math.nan
    sums = np.cumsum(np.append(0.0, accuracy.astype(np.float64)))
    means = (sums[over:] - sums[:-over]) / over
    learned = np.flatnonzero(means >= success - 1e-9)
    return float(learned[0] + over) if learned.size else math.nan


def learned_table(runs: pd.DataFrame, confidence: float) -> pd.DataFrame:
    """How many seeds of each experiment have learned by which epoch: steps, from none at epoch 0.

    A run that never learns stays among the seeds to the end; so the share is an empirical
    distribution function, and its interval at each epoch is Wilson's.

    Args:
        runs: a row for each run: experiment, epochs, epochs_to_learn (NaN: never).
    """
    rows = []
    for experiment, group in runs.groupby("experiment", sort=False):
        learned = group["epochs_to_learn"].dropna()
        for epoch in sorted({0, *learned.astype(int), int(group["epochs"].max())}):
            by_then, seeds = int((learned <= epoch).sum()), len(group)
            low, high = wilson(by_then, seeds, confidence)
            rows.append(
                {
                    "experiment": experiment,
                    "epoch": epoch,
                    "learned": by_then,
                    "seeds": seeds,
                    "share": by_then / seeds,
                    "low": low,
                    "high": high,
                    "confidence": confidence,
                }
            )
    return pd.DataFrame(rows)


def learning_curve(history: pd.DataFrame, points: int = 100) -> pd.DataFrame:
    """Thin a history (epoch, loss, accuracy) to means over at most `points` spans of epochs.

    The epoch of a row is the middle of its span.
    """
    return pd.DataFrame(
        {
            key: [
                span.mean()
                for span in np.array_split(history[key].to_numpy(), min(points, len(history)))
            ]
            for key in ("epoch", "loss", "accuracy")
        }
    )


def most_wrong(tokens: np.ndarray, expected: np.ndarray) -> tuple[int, int]:
    """The (seed index, sequence index) with most wrong values; the first of equals.

    Args: as for `count_correct`.
    """
    wrong = ((tokens != expected) & (expected != MISSING)).sum(axis=(2, 3))
    seed, sequence = np.unravel_index(np.argmax(wrong), wrong.shape)
    return int(seed), int(sequence)


def echo_table(experiment: str, predictions: Predictions) -> pd.DataFrame:
    """The worst echo of an experiment: a row for each window and position of that sequence.

    The worst of all pairs of seed and sequence, because a typical one shows no error at all.
    """
    seed, sequence = most_wrong(predictions.tokens, predictions.expected)
    expected = predictions.expected[sequence]
    window, position = np.indices(expected.shape).reshape(2, -1) + 1
    return pd.DataFrame(
        {
            "experiment": experiment,
            "seed": predictions.seeds[seed],
            "sequence": sequence,
            "window": window,
            "position": position,
            "expected": expected.ravel(),
            "predicted": predictions.tokens[seed, sequence].ravel(),
            "alphabet": int(predictions.alphabet),
        }
    )
