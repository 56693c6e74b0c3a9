"""Where errors happen: at which position, in which windows, and what was answered instead.

Only complete windows count. Rates are ratios of counts, so their intervals resample both counts.
"""

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from echoseq.evaluation.predictions import ELSEWHERE as NOT_INSIDE
from echoseq.evaluation.predictions import Predictions
from echoseq.statistics.inference import Bootstrap
from echoseq.statistics.rates import rate_difference_interval, rate_interval
from echoseq.task import MISSING

SOURCE = "predictions"
ROW = "experiment and group of answers"
SETTINGS = ("confidence", "resamples")
COLUMNS = {
    "experiment": "its name",
    "split": "`repeat` and `position` give rates of wrong values, on {sequences} held-out "
    "sequences; `kind`, `offset` and `distance` shares of the wrong values",
    "group": "of the split: windows with or without a repeated value (symbols aside), a position, "
    "or the wrong answer's kind (a neighbour's answer repeated, one of two values swapped, another "
    "value of the window, a value foreign to it), its place in the window, counted from the right "
    "one, or its distance in integers",
    "part": "values or wrong values in the group",
    "whole": "out of how many",
    "rate": "`part` divided by `whole`",
    "low": "lower end of its {confidence} interval (bootstrap over seeds and sequences)",
    "high": "its upper end",
    "confidence": "coverage of the intervals",
    "chance": "the share if wrong answers were drawn uniformly",
}
ELSEWHERE = "not in the window"
REPEAT, SWAP, OTHER, FOREIGN = "repeat", "swap", "other value", "foreign value"
DISTANCES = ((1, 1), (2, 5), (6, 20), (21, math.inf))


class Split(NamedTuple):
    """One group of values or errors.

    part: how many there are, (seeds, sequences).
    whole: out of how many, (seeds, sequences).
    chance: the rate if wrong answers were drawn uniformly; NaN where that is undefined.
    """

    name: str
    group: str
    part: np.ndarray
    whole: np.ndarray
    chance: float


@dataclass(frozen=True)
class _Windows:
    """The complete windows of an experiment.

    inputs: (sequences, windows, n_in).
    expected: the targets, (sequences, windows, n_out).
    wrong: (seeds, sequences, windows, n_out).
    tokens: the answers, with the shape of `wrong`.
    places: where in the window the value is that each place of the answer asks for, (n_out,);
        NOT_INSIDE if it is not in the window.
    alphabet: how many integers there are, with the symbols.
    symbols: how many of these are symbols, the last ones.
    """

    inputs: np.ndarray
    expected: np.ndarray
    wrong: np.ndarray
    tokens: np.ndarray
    places: np.ndarray
    alphabet: int
    symbols: int

    @property
    def asked(self) -> np.ndarray:
        """Where something is asked, with the shape of `expected`."""
        return np.asarray(self.expected != MISSING)


def make(
    experiment: str, predictions: Predictions, *, confidence: float, resamples: int
) -> pd.DataFrame:
    """A row for each group of five splits of the errors, and one for a difference.

    - `repeat`: the rate of wrong values in windows that hold a repeated value (a symbol is none),
      in those that do not, and the difference of the two.
    - `position`: the rate at each position.
    - `kind`: the share of errors that repeat the answer at a neighbouring position; that belong to
      two values in each other's place, each a value of the window; that are another value of
      it; and that are not in the window.
    - `offset`: the share of errors that are another value of the window, by how many places
      further on it is (the nearest, if it occurs twice), and the share that are not in the
      window.
    - `distance`: the share of errors by distance in integers.

    `part` of `whole` are counted; `chance` is the share expected if wrong answers were drawn
    uniformly from the other integers. Intervals are empty for one seed, and where `whole` is 0.
    """
    windows = _windows(predictions)
    seeds, sequences = windows.wrong.shape[:2]
    bootstrap = Bootstrap.draw(seeds, sequences, resamples) if seeds > 1 else None
    splits = [*_by_repeat(windows), *_by_position(windows), *_by_kind(windows)]
    splits += [*_by_offset(windows), *_by_distance(windows)]
    rows = [_rate_row(split, bootstrap, confidence) for split in splits]
    rows.insert(2, _difference_row(*rows[:2]))
    table = pd.DataFrame(rows)
    return table.assign(experiment=experiment, confidence=confidence)[list(COLUMNS)]


def _windows(predictions: Predictions) -> _Windows:
    complete = slice(predictions.incomplete, None)
    framed = (predictions.windows, predictions.expected)
    inputs, expected = (part[:, complete].astype(np.int32) for part in framed)
    tokens = predictions.tokens[:, :, complete].astype(np.int32)
    wrong = (tokens != expected) & (expected != MISSING)
    sizes = int(predictions.alphabet), int(predictions.symbols)
    return _Windows(inputs, expected, wrong, tokens, predictions.places, *sizes)


def _by_position(windows: _Windows) -> Iterator[Split]:
    errors = windows.wrong.sum(axis=2)
    asked = np.broadcast_to(windows.asked.sum(axis=1), errors.shape)
    for position in np.flatnonzero(asked.any(axis=(0, 1))):
        part, whole = errors[..., position], asked[..., position]
        yield Split("position", str(position + 1), part, whole, math.nan)


def _by_repeat(windows: _Windows) -> Iterator[Split]:
    ordered = np.sort(windows.inputs, axis=-1)
    same = ordered[..., 1:] == ordered[..., :-1]
    integers = ordered[..., 1:] < windows.alphabet - windows.symbols
    repeated = (same & integers).any(axis=-1)
    for group, chosen in (("repeated", repeated), ("distinct", ~repeated)):
        errors = (windows.wrong & chosen[..., None]).sum(axis=(2, 3))
        asked = (windows.asked & chosen[..., None]).sum(axis=(1, 2))
        yield Split("repeat", group, errors, np.broadcast_to(asked, errors.shape), math.nan)


def _by_kind(windows: _Windows) -> Iterator[Split]:
    total = windows.wrong.sum(axis=(2, 3))
    within = (windows.tokens[..., None] == windows.inputs[:, :, None, :]).any(axis=-1)
    swapped = _swapped(windows)
    same = windows.tokens[..., 1:] == windows.tokens[..., :-1]
    repeated = np.zeros_like(windows.wrong)
    repeated[..., 1:] |= same
    repeated[..., :-1] |= same
    left = windows.wrong
    for kind, chosen in ((SWAP, swapped & within), (REPEAT, repeated & within), (OTHER, within)):
        yield Split("kind", kind, (left & chosen).sum(axis=(2, 3)), total, math.nan)
        left = left & ~chosen
    yield Split("kind", FOREIGN, left.sum(axis=(2, 3)), total, math.nan)


def _swapped(windows: _Windows) -> np.ndarray:
    """Which answers are one of two wrong ones in each other's place, with the shape of `wrong`."""
    swapped = np.zeros_like(windows.wrong)
    expected, tokens = windows.expected, windows.tokens
    for a, b in itertools.combinations(range(expected.shape[-1]), 2):
        both = (tokens[..., a] == expected[..., b]) & (tokens[..., b] == expected[..., a])
        both &= windows.wrong[..., a] & windows.wrong[..., b]
        swapped[..., a] |= both
        swapped[..., b] |= both
    return swapped


def _by_offset(windows: _Windows) -> Iterator[Split]:
    """Of values of the window alone: others have no place in it to count from."""
    n_in = windows.inputs.shape[-1]
    inside = [(i, int(place)) for i, place in enumerate(windows.places) if place != NOT_INSIDE]
    if not inside:
        return
    total = windows.wrong[..., [position for position, _ in inside]].sum(axis=(2, 3))
    elsewhere, expected_elsewhere = total.copy(), 1.0
    right = [place for _, place in inside]
    for offset in range(-max(right), n_in - min(right)):
        if offset == 0:
            continue
        found, possible = np.zeros_like(total), 0
        for position, own in inside:
            place = own + offset
            if not 0 <= place < n_in:
                continue
            value = windows.inputs[..., place]
            counts = _nearest(windows.inputs, own, place)
            counts &= value != windows.expected[..., position]
            wrong = windows.wrong[..., position]
            found += (wrong & counts & (windows.tokens[..., position] == value)).sum(axis=2)
            possible += int((wrong & counts).sum())
        chance = _chance(possible, total, windows.alphabet)
        elsewhere -= found
        expected_elsewhere -= chance
        yield Split("offset", f"{offset:+d}", found, total, chance)
    yield Split("offset", ELSEWHERE, elsewhere, total, expected_elsewhere)


def _nearest(inputs: np.ndarray, position: int, place: int) -> np.ndarray:
    """Whether no equal value is nearer to the position than the one at this place; earlier wins."""
    nearest = np.ones(inputs.shape[:-1], bool)
    for other in range(inputs.shape[-1]):
        if (abs(other - position), other) < (abs(place - position), place):
            nearest &= inputs[..., other] != inputs[..., place]
    return nearest


def _by_distance(windows: _Windows) -> Iterator[Split]:
    total = windows.wrong.sum(axis=(2, 3))
    distance = np.abs(windows.tokens - windows.expected)
    integers = np.arange(windows.alphabet)
    apart = np.abs(integers[:, None] - integers)
    errors_at = windows.wrong.sum(axis=0)  # how many seeds are wrong at each value
    for low, high in DISTANCES:
        chosen = windows.wrong & (distance >= low) & (distance <= high)
        others = ((apart >= low) & (apart <= high)).sum(axis=1)
        possible = int((errors_at * others[windows.expected]).sum())
        chance = _chance(possible, total, windows.alphabet)
        yield Split("distance", _span(low, high), chosen.sum(axis=(2, 3)), total, chance)


def _chance(possible: int, errors: np.ndarray, alphabet: int) -> float:
    """The share of errors in a group if each were drawn uniformly from the other integers.

    Args:
        possible: other integers in the group, summed over the errors.
    """
    return possible / (alphabet - 1) / errors.sum() if errors.any() else math.nan


def _span(low: float, high: float) -> str:
    if low == high:
        return str(low)
    return f"{low} or more" if high == math.inf else f"{low} to {high}"


def _rate_row(split: Split, bootstrap: Bootstrap | None, confidence: float) -> dict[str, Any]:
    part, whole = int(split.part.sum()), int(split.whole.sum())
    low, high = rate_interval(split.part, split.whole, bootstrap, confidence)
    return {
        "split": split.name,
        "group": split.group,
        "part": part,
        "whole": whole,
        "rate": part / whole if whole else math.nan,
        "low": low,
        "high": high,
        "chance": split.chance,
    }


def _difference_row(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    low, high = rate_difference_interval(
        *((row["rate"], row["low"], row["high"]) for row in (one, other))
    )
    return {
        "split": one["split"],
        "group": f"{one['group']} less {other['group']}",
        "part": one["part"] + other["part"],
        "whole": one["whole"] + other["whole"],
        "rate": one["rate"] - other["rate"],
        "low": low,
        "high": high,
        "chance": math.nan,
    }
