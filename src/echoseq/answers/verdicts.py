"""What an interval says about a difference, and about what was expected of it."""

import math
from collections.abc import Mapping
from typing import Any

LESS, SAME, MORE = "less", "the same", "more"
NOT_LESS, NOT_MORE, UNDECIDED = "no less", "no more", "undecided"
RIGHT, WRONG = "right", "wrong"
OURS = "ours"  # the set-up of a comparison by which no expectation of the source is judged
NOT_JUDGED = "not judged (another set-up)"

# What is found of each claim, in words.
SKILL = {
    LESS: "fewer values are right",
    SAME: "about as many values are right",
    MORE: "more values are right",
    NOT_LESS: "as many values are right or more",
    NOT_MORE: "as many values are right or fewer",
    UNDECIDED: "it is open whether more or fewer values are right",
}
EPOCHS = {
    SAME: "it takes about as many epochs",
    NOT_LESS: "it takes no fewer epochs",
    NOT_MORE: "it takes no more epochs",
    UNDECIDED: "it is open whether it takes more epochs",
}
CELLS = {
    LESS: "within as many epochs it needs fewer cells",
    SAME: "of the sizes tried, it needs the same within as many epochs",
    MORE: "within as many epochs it needs more cells",
    UNDECIDED: "the sizes tried do not tell whether it needs more cells",
}
DEPENDS = "whether it needs more cells depends on the epochs"


def verdict(low: float, high: float, margin: float) -> str:
    """What a difference is, by which ends of its interval exceed the margin."""
    if high < -margin:
        return LESS
    if low > margin:
        return MORE
    if low >= -margin:
        return SAME if high <= margin else NOT_LESS
    return NOT_MORE if high <= margin else UNDECIDED


def of_times(low: float, high: float, censored: tuple[bool, bool], margin: float) -> str:
    """What a ratio of times is, by its interval, which is open where runs did not learn.

    Args:
        censored: whether runs of the base, and of the other, did not; their caps are their times.
    """
    least = -math.inf if censored[0] else math.log2(low)
    most = math.inf if censored[1] else math.log2(high)
    return verdict(least, most, margin)


def of_cells(base: Mapping[Any, Any], other: Mapping[Any, Any]) -> str:
    """Whether the second needs more, as far as the sizes tried can tell."""
    (least, most), (other_least, other_most) = (
        (row["low"], math.inf if math.isnan(row["high"]) else row["high"]) for row in (base, other)
    )
    if most < other_least:
        return MORE
    if other_most < least:
        return LESS
    same = (least, most) == (other_least, other_most) and least == most
    return SAME if same else UNDECIDED


# What a measured ratio of times is of the true one, by whether runs of each did not learn.
BOUNDS = {
    (False, False): "",
    (False, True): "at least ",
    (True, False): "at most ",
    (True, True): "about ",
}
OPEN = {  # its interval, too
    (False, False): "{low} to {high}",
    (False, True): "{low} or more",
    (True, False): "up to {high}",
    (True, True): "no interval",
}


def outcome(expected: str, found: str) -> str:
    """Whether an expectation (`same`, `less`, `more`) is right, wrong, or undecided."""
    wanted = {"same": SAME}.get(expected, expected)
    if found == wanted:
        return RIGHT
    excluded = {
        SAME: {LESS, MORE},
        LESS: {SAME, NOT_LESS, MORE},
        MORE: {SAME, NOT_MORE, LESS},
    }[wanted]
    return WRONG if found in excluded else UNDECIDED


HOLDS, REFUTED, NOT_MEASURED = "holds", "refuted", "not yet measured"  # of claims, or `UNDECIDED`


def judge(low: float, high: float, expected: tuple[float, float]) -> str:
    """Whether a claim holds: an interval wholly where the claim expects it, or wholly elsewhere.

    Args:
        low, high: the ends of the interval, infinite if only a bound is known; NaN for none.
        expected: the ends of where it is expected, which belong to it.
    """
    least, most = expected
    if low >= least and high <= most:
        return HOLDS
    return REFUTED if high < least or low > most else UNDECIDED
