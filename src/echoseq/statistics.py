"""Numbers over seeds, with intervals that stay honest at the ceiling.

The windows of a sequence overlap, so they are not independent: whatever is resampled here is a
seed or a held-out sequence, never a window. Accuracies are kept as counts for as long as possible,
because sums of integers are the same bits on every machine, in every order.
"""

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from echoseq import streams
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
    correct: np.ndarray, of: int, *, confidence: float, resamples: int
) -> tuple[float, float]:
    """Interval of the mean accuracy over seeds and held-out sequences.

    A percentile bootstrap that resamples seeds and sequences independently of each other, since
    all seeds answer the same sequences (Owen 2007, Ann. Appl. Stat. 1:386). It cannot see errors
    that did not happen and shrinks to a point where all is right, or all wrong. So the low end is
    never above the Wilson bound of as many faultless trials as there are pairs of seed and
    sequence, nor the high end below that of as many failures.

    Args:
        correct: right answers, (seeds, sequences).
        of: answers in a sequence.

    Returns:
        Low and high end; both NaN (not available) for a single seed.
    """
    low, high = bootstrap_mean(correct, confidence=confidence, resamples=resamples)
    if math.isnan(low):
        return low, high
    _, unseen = wilson(0, correct.size, confidence)
    return min(low / of, 1 - unseen), max(high / of, unseen)


def difference_interval(
    ours: np.ndarray,
    theirs: np.ndarray,
    of: tuple[int, int],
    *,
    confidence: float,
    resamples: int,
) -> tuple[float, float]:
    """Interval of the difference of two mean accuracies, paired by seed and sequence.

    As `mean_interval`; differences that did not happen widen it in the same way, on both sides.

    Args:
        ours, theirs: right answers, (seeds, sequences), of the same seeds and sequences.
        of: answers in a sequence, of ours and of theirs.
    """
    difference = ours * of[1] - theirs * of[0]
    low, high = bootstrap_mean(difference, confidence=confidence, resamples=resamples)
    if math.isnan(low):
        return low, high
    _, unseen = wilson(0, difference.size, confidence)
    scale, centre = of[0] * of[1], difference.mean() / (of[0] * of[1])
    return (
        max(-1.0, min(low / scale, centre - unseen)),
        min(1.0, max(high / scale, centre + unseen)),
    )


def bootstrap_mean(values: np.ndarray, *, confidence: float, resamples: int) -> tuple[float, float]:
    """Percentile interval of the mean of whole numbers, over seeds and sequences (both resampled).

    Args:
        values: (seeds, sequences).

    Returns:
        Low and high end; both NaN for a single seed.
    """
    if len(values) < 2:
        return math.nan, math.nan
    seeds, sequences = values.shape
    means = Bootstrap.draw(seeds, sequences, resamples).totals(values) / values.size
    return percentile_interval(means, confidence, seeds)


@dataclass(frozen=True)
class Bootstrap:
    """Resamples of seeds and of sequences, drawn once and the same for all that is asked of them.

    seeds: how often each seed is in each resample, (resamples, seeds).
    sequences: the same of sequences, (resamples, sequences).
    """

    seeds: np.ndarray
    sequences: np.ndarray

    @classmethod
    def draw(cls, seeds: int, sequences: int, resamples: int) -> "Bootstrap":
        """Draw both with replacement, independently, from the stream that is kept for it."""
        stream = streams.generator("bootstrap", 0)
        return cls(
            _resample_counts(seeds, resamples, stream),
            _resample_counts(sequences, resamples, stream),
        )

    def totals(self, values: np.ndarray) -> np.ndarray:
        """The total of whole numbers, (seeds, sequences), in each resample, (resamples,)."""
        # Whole numbers below 2**53 add up exactly in float64, so BLAS cannot change the bits.
        whole = values.astype(np.float64)
        totals = [
            (self.seeds[block].astype(np.float64) @ whole * self.sequences[block]).sum(axis=1)
            for block in _blocks(len(self.seeds), len(values))
        ]
        return np.concatenate(totals)


def percentile_interval(
    statistics: np.ndarray, confidence: float, seeds: int
) -> tuple[float, float]:
    """The ends of the middle of resampled statistics, with the tails of so few seeds cut less."""
    tail = _expanded_tail(confidence, seeds)
    low, high = np.quantile(statistics, [tail, 1 - tail])
    return float(low), float(high)


def interquartile_mean(values: np.ndarray) -> float:
    """The mean without the lowest and the highest quarter, each rounded down to whole values.

    It hides failures of less than a quarter of the seeds: read it beside the success rate.
    """
    cut = len(values) // 4
    return float(np.sort(values)[cut : len(values) - cut].mean())


def sign_flip(differences: np.ndarray) -> float:
    """Two-sided p-value of the sign-flip permutation test that paired differences centre on 0.

    Every assignment of signs is tried up to 15 pairs, and 32,768 random ones beyond, with the one
    that was seen counted among them (Phipson and Smyth 2010, Stat. Appl. Genet. Mol. Biol. 9:39).
    With n pairs no p-value is below 2 / 2**n.

    Args:
        differences: whole numbers, one for each pair.
    """
    pairs = len(differences)
    if pairs <= 15:
        signs = np.array(list(itertools.product([1, -1], repeat=pairs)))
    else:
        drawn = streams.generator("sign flips", 0).integers(0, 2, size=(32_767, pairs))
        signs = np.concatenate([np.ones((1, pairs), np.int64), 2 * drawn - 1])
    totals = np.abs(signs @ differences.astype(np.int64))
    return float((totals >= totals[0]).mean())


def holm(p_values: np.ndarray) -> np.ndarray:
    """P-values corrected for their number (Holm 1979, Scand. J. Stat. 6:65); NaN stays NaN."""
    corrected = np.full(len(p_values), math.nan)
    order = [i for i in np.argsort(p_values) if not math.isnan(p_values[i])]
    highest = 0.0
    for rank, i in enumerate(order):
        highest = max(highest, min(1.0, (len(order) - rank) * float(p_values[i])))
        corrected[i] = highest
    return corrected


def _expanded_tail(confidence: float, units: int) -> float:
    """The share of resamples to leave out at each end.

    Less than (1 - confidence) / 2, because the percentile bootstrap of few units is too narrow,
    as a normal interval is beside Student's (Hesterberg 2015, Am. Stat. 69:371).
    """
    t = float(stdtrit(units - 1, 0.5 + confidence / 2))
    # Rounded, so that the last bits of a mathematics library cannot show in a table.
    return round(NormalDist().cdf(-math.sqrt(units / (units - 1)) * t), 12)


def _resample_counts(units: int, resamples: int, stream: np.random.Generator) -> np.ndarray:
    """How often each unit is drawn in each resample, (resamples, units), as small integers."""
    counts = np.empty((resamples, units), np.uint16 if units < 2**16 else np.uint32)
    for block in _blocks(resamples, units):
        drawn = stream.integers(0, units, size=counts[block].shape)
        drawn += units * np.arange(len(drawn))[:, None]
        counts[block] = np.bincount(drawn.ravel(), minlength=drawn.size).reshape(drawn.shape)
    return counts


def _blocks(resamples: int, units: int) -> Iterator[slice]:
    """Resamples a few megabytes at a time; no result depends on where they are cut."""
    rows = max(1, 2**18 // units)
    return (slice(start, start + rows) for start in range(0, resamples, rows))


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
