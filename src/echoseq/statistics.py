"""Numbers over seeds, with intervals that stay honest at the ceiling.

The windows of a sequence overlap, so they are not independent: whatever is resampled here is a
seed or a held-out sequence, never a window. Accuracies are kept as counts for as long as possible,
because sums of integers are the same bits on every machine, in every order.
"""

import math
from statistics import NormalDist

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from echoseq import streams
from echoseq.predictions import Predictions

EXACT = "all"  # the position that stands for the whole answer: every value right


def count_correct(tokens: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """Count right answers.

    Args:
        tokens: predicted integers, (seeds, sequences, windows, n_out).
        expected: the targets, (sequences, windows, n_out).

    Returns:
        Windows answered correctly, (seeds, sequences, n_out + 1): at each position, and last at
        all of them together (exact match).
    """
    right = tokens == expected
    by_position = right.sum(axis=2)
    exact = right.all(axis=-1).sum(axis=2)
    return np.concatenate([by_position, exact[..., None]], axis=-1)


def wilson(successes: float, trials: int, confidence: float) -> tuple[float, float]:
    """Wilson's score interval for a proportion (Wilson 1927, J. Am. Stat. Assoc. 22:209).

    `successes` need not be whole: the mean of values between 0 and 1 varies at most as much as a
    proportion of the same size, so the interval is then conservative.
    """
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    p = successes / trials
    centre = p + z * z / (2 * trials)
    half = z * math.sqrt(p * (1 - p) / trials + z * z / (4 * trials * trials))
    scale = 1 + z * z / trials
    low = 0.0 if successes == 0 else max(0.0, (centre - half) / scale)
    high = 1.0 if successes == trials else min(1.0, (centre + half) / scale)
    return low, high


def mean_interval(
    correct: np.ndarray, windows: int, *, confidence: float, resamples: int
) -> tuple[float, float]:
    """Interval of the mean accuracy over seeds and held-out sequences.

    A percentile bootstrap that resamples seeds and sequences independently of each other, since
    all seeds answer the same sequences (Owen 2007, Ann. Appl. Stat. 1:386). It cannot see errors
    that did not happen and shrinks to a point where all is right, or all wrong. So the low end is
    never above the Wilson bound of as many faultless trials as there are pairs of seed and
    sequence, nor the high end below that of as many failures.

    Args:
        correct: windows answered correctly, (seeds, sequences).
        windows: windows of a sequence.

    Returns:
        Low and high end; both NaN (not available) for a single seed.
    """
    seeds, sequences = correct.shape
    if seeds < 2:
        return math.nan, math.nan
    stream = streams.generator("bootstrap", 0)
    seed_weights = _resample_counts(seeds, resamples, stream)
    sequence_weights = _resample_counts(sequences, resamples, stream)
    # Whole numbers below 2**53 add up exactly in float64, so BLAS cannot change the bits.
    totals = ((seed_weights @ correct.astype(np.float64)) * sequence_weights).sum(axis=1)
    tail = _expanded_tail(confidence, seeds)
    low, high = np.quantile(totals, [tail, 1 - tail]) / (seeds * sequences * windows)
    _, unseen = wilson(0, seeds * sequences, confidence)
    return min(float(low), 1 - unseen), max(float(high), unseen)


def _expanded_tail(confidence: float, units: int) -> float:
    """The share of resamples to leave out at each end.

    Less than (1 - confidence) / 2, because the percentile bootstrap of few units is too narrow,
    as a normal interval is beside Student's (Hesterberg 2015, Am. Stat. 69:371).
    """
    t = float(stdtrit(units - 1, 0.5 + confidence / 2))
    # Rounded, so that the last bits of a mathematics library cannot show in a table.
    return round(NormalDist().cdf(-math.sqrt(units / (units - 1)) * t), 12)


def _resample_counts(units: int, resamples: int, stream: np.random.Generator) -> np.ndarray:
    """How often each unit is drawn in each resample, (resamples, units), float64."""
    drawn = stream.integers(0, units, size=(resamples, units))
    drawn += units * np.arange(resamples)[:, None]
    counts = np.bincount(drawn.ravel(), minlength=resamples * units)
    return counts.reshape(resamples, units).astype(np.float64)


def position_names(n_out: int) -> list[str]:
    """Positions from 1 (the oldest value), then the name of the exact match."""
    return [str(position) for position in range(1, n_out + 1)] + [EXACT]


def seed_table(experiment: str, predictions: Predictions) -> pd.DataFrame:
    """A row for each seed and position: accuracy, loss (nats) and the windows they rest on.

    The loss of the exact match is the mean over positions, which is what training reports.
    """
    correct = count_correct(predictions.tokens, predictions.expected)
    n = correct.shape[1] * predictions.windows
    by_position = predictions.loss.astype(np.float64).mean(axis=1)
    loss = np.concatenate([by_position, by_position.mean(axis=1, keepdims=True)], axis=1)
    names = position_names(by_position.shape[1])
    return pd.DataFrame(
        {
            "experiment": experiment,
            "seed": np.repeat(predictions.seeds, len(names)),
            "position": names * len(predictions.seeds),
            "accuracy": correct.sum(axis=1).ravel() / n,
            "loss": loss.ravel(),
            "n": n,
        }
    )


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
    counts = count_correct(predictions.tokens, predictions.expected)
    seeds, sequences, columns = counts.shape
    rows = []
    for position, correct in zip(position_names(columns - 1), np.moveaxis(counts, -1, 0)):
        accuracy = correct.sum(axis=1) / (sequences * predictions.windows)
        low, high = mean_interval(
            correct, predictions.windows, confidence=confidence, resamples=resamples
        )
        successes = int((accuracy >= success).sum())
        success_low, success_high = wilson(successes, seeds, confidence)
        rows.append(
            {
                "experiment": experiment,
                "position": position,
                "mean": accuracy.mean(),
                "median": np.median(accuracy),
                "low": low,
                "high": high,
                "confidence": confidence,
                "minimum": accuracy.min(),
                "maximum": accuracy.max(),
                "seeds": seeds,
                "success_rate": successes / seeds,
                "success_low": success_low,
                "success_high": success_high,
                "chance": float(predictions.alphabet) ** -(columns - 1 if position == EXACT else 1),
            }
        )
    return pd.DataFrame(rows)


def learning_curve(history: pd.DataFrame, points: int = 100) -> pd.DataFrame:
    """Thin a history (epoch, loss, accuracy) to means over at most `points` spans of epochs.

    The epoch of a row is the middle of its span.
    """
    spans = np.array_split(np.arange(len(history)), min(points, len(history)))
    return pd.DataFrame(
        {
            "epoch": [history["epoch"].iloc[span].mean() for span in spans],
            "loss": [history["loss"].iloc[span].mean() for span in spans],
            "accuracy": [history["accuracy"].iloc[span].mean() for span in spans],
        }
    )


def most_wrong(tokens: np.ndarray, expected: np.ndarray) -> tuple[int, int]:
    """The (seed index, sequence index) with most wrong values; the first of equals.

    Args: as for `count_correct`.
    """
    wrong = (tokens != expected).sum(axis=(2, 3))
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
