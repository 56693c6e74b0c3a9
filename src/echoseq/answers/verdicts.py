"""What an interval says about a difference, and about what was expected of it."""

LESS, SAME, MORE = "less", "the same", "more"
NOT_LESS, NOT_MORE, UNDECIDED = "no less", "no more", "undecided"
RIGHT, WRONG = "right", "wrong"
OURS = "ours"  # the set-up of a comparison by which no expectation of the source is judged
NOT_JUDGED = "not judged (another set-up)"


def verdict(low: float, high: float, margin: float) -> str:
    """What a difference is, by which ends of its interval exceed the margin."""
    if high < -margin:
        return LESS
    if low > margin:
        return MORE
    if low > -margin:
        return SAME if high < margin else NOT_LESS
    return NOT_MORE if high < margin else UNDECIDED


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
