"""Intervals and tests over seeds and held-out sequences, honest at the ceiling.

The windows of a sequence overlap, so they are not independent: seeds and held-out sequences are
resampled here, never windows.
"""

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from scipy.special import stdtrit

from echoseq import streams

MILLIONTH = 1e6


def wilson(successes: int, trials: int, confidence: float) -> tuple[float, float]:
    """Wilson's score interval for a proportion (Wilson 1927, J. Am. Stat. Assoc. 22:209)."""
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    p = successes / trials
    centre = p + z * z / (2 * trials)
    half = z * math.sqrt(p * (1 - p) / trials + z * z / (4 * trials * trials))
    scale = 1 + z * z / trials
    low = 0.0 if successes == 0 else max(0.0, (centre - half) / scale)
    high = 1.0 if successes == trials else min(1.0, (centre + half) / scale)
    return low, high


def mean_interval(
    correct: np.ndarray, per_sequence: int, *, confidence: float, resamples: int
) -> tuple[float, float]:
    """Interval of the mean accuracy over seeds and held-out sequences.

    A percentile bootstrap that resamples seeds and sequences independently of each other, since
    all seeds answer the same sequences (Owen 2007, Ann. Appl. Stat. 1:386). It cannot see errors
    that did not happen, and shrinks to a point if all answers are right, or all wrong. So the low
    end is never above the Wilson bound for as many faultless trials as there are pairs of seed and
    sequence, nor the high end below the bound for as many failures.

    Args:
        correct: right answers, (seeds, sequences).
        per_sequence: answers in a sequence.

    Returns:
        Low and high end; both NaN (not available) for a single seed.
    """
    low, high = bootstrap_mean(correct, confidence=confidence, resamples=resamples)
    if math.isnan(low):
        return low, high
    _, unseen = wilson(0, correct.size, confidence)
    return min(low / per_sequence, 1 - unseen), max(high / per_sequence, unseen)


def difference_interval(
    ours: np.ndarray,
    theirs: np.ndarray,
    per_sequence: tuple[int, int],
    *,
    confidence: float,
    resamples: int,
) -> tuple[float, float]:
    """Interval of the difference of two mean accuracies, paired by seed and sequence.

    As `mean_interval`; differences that did not happen widen it in the same way, at both ends.

    Args:
        ours, theirs: right answers, (seeds, sequences), of the same seeds and sequences.
        per_sequence: answers in a sequence, of ours and of theirs.
    """
    difference = ours * per_sequence[1] - theirs * per_sequence[0]
    low, high = bootstrap_mean(difference, confidence=confidence, resamples=resamples)
    if math.isnan(low):
        return low, high
    _, unseen = wilson(0, difference.size, confidence)
    scale = per_sequence[0] * per_sequence[1]
    centre = difference.mean() / scale
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


def real_mean(
    values: np.ndarray, *, confidence: float, resamples: int
) -> tuple[float, float, float]:
    """The mean of real numbers over seeds and sequences, with the interval of `bootstrap_mean`.

    They are summed as whole millionths, so that no order of summing changes the bits.

    Args:
        values: (seeds, sequences).

    Returns:
        The mean, and the low and high end; the ends are NaN for a single seed.
    """
    whole = np.rint(values * MILLIONTH).astype(np.int64)
    low, high = bootstrap_mean(whole, confidence=confidence, resamples=resamples)
    return float(whole.mean() / MILLIONTH), low / MILLIONTH, high / MILLIONTH


@dataclass(frozen=True)
class Bootstrap:
    """Resamples of seeds and of sequences, drawn once and used for every statistic.

    seeds: how often each seed is in each resample, (resamples, seeds).
    sequences: the same for sequences, (resamples, sequences).
    """

    seeds: np.ndarray
    sequences: np.ndarray

    @classmethod
    def draw(cls, seeds: int, sequences: int, resamples: int) -> "Bootstrap":
        """Draw both with replacement, independently, from their own stream."""
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
            for block in _blocks(len(self.seeds), max(values.shape))
        ]
        return np.concatenate(totals)


def percentile_interval(
    statistics: np.ndarray, confidence: float, seeds: int
) -> tuple[float, float]:
    """The percentile interval of resampled statistics, with smaller tails for fewer seeds."""
    tail = _expanded_tail(confidence, seeds)
    low, high = np.quantile(statistics, [tail, 1 - tail])
    return float(low), float(high)


def interquartile_mean(values: np.ndarray) -> float:
    """The mean without the lowest and the highest quarter, each rounded down to whole values.

    It hides failures of less than a quarter of the seeds: read it together with the success rate.
    """
    cut = len(values) // 4
    return float(np.sort(values)[cut : len(values) - cut].mean())


def sign_flip(differences: np.ndarray) -> float:
    """Two-sided p-value of the sign-flip permutation test that paired differences centre on 0.

    Every assignment of signs is tried for up to 15 pairs; for more, 32,768 random ones, including
    the observed one (Phipson and Smyth 2010, Stat. Appl. Genet. Mol. Biol. 9:39).
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
    """P-values corrected for multiple tests (Holm 1979, Scand. J. Stat. 6:65); NaN stays NaN."""
    corrected = np.full(len(p_values), math.nan)
    order = [i for i in np.argsort(p_values) if not math.isnan(p_values[i])]
    highest = 0.0
    for rank, i in enumerate(order):
        highest = max(highest, min(1.0, (len(order) - rank) * float(p_values[i])))
        corrected[i] = highest
    return corrected


def _expanded_tail(confidence: float, units: int) -> float:
    """The share of resamples to leave out at each end.

    It is below (1 - confidence) / 2, because the percentile bootstrap of few units is too narrow,
    as a normal interval is compared with Student's (Hesterberg 2015, Am. Stat. 69:371).
    """
    t = float(stdtrit(units - 1, 0.5 + confidence / 2))
    # Rounded, so that the last bits of a mathematics library cannot appear in a table.
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
    """Blocks of resamples of a few megabytes; no result depends on their size."""
    rows = max(1, 2**18 // units)
    return (slice(start, start + rows) for start in range(0, resamples, rows))
