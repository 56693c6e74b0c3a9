"""How the sequences for probes are split, so that no window is in two parts."""

from typing import NamedTuple


class Split(NamedTuple):
    """The sequences of each part, in order.

    fit: those on which probes are fitted.
    tune: those that decide when fitting stops, and how sure a probe may be.
    report: those on which it is seen what probes read.
    """

    fit: slice
    tune: slice
    report: slice


def split(sequences: int) -> Split:
    """A fifth to report on; of the rest, a fifth to tune."""
    reported = sequences // 5
    tuned = (sequences - reported) // 5
    fitted = sequences - reported - tuned
    return Split(
        slice(0, fitted),
        slice(fitted, fitted + tuned),
        slice(fitted + tuned, sequences),
    )
