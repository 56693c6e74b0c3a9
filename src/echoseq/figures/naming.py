"""Labels of the user's in figures: as they are written, in lines of limited width."""

import textwrap
from collections.abc import Iterable

import pandas as pd

from echoseq.escaping import mathtext
from echoseq.wording import called

WIDTH = 48  # characters of a line
KEPT = "\u00a0"  # a space that no line ends at


def label(text: str, width: int = WIDTH) -> str:
    """A text as matplotlib shows it as written, in lines of at most this many characters."""
    if len(text) <= width:
        return mathtext(text)
    # Lines end between the parts of a name, or else between words: "one-hot" is one of these.
    parts = text.split(", ")
    whole = [part.replace(" ", KEPT) if len(part) < width else part for part in parts]
    filled = textwrap.fill(", ".join(whole), width, break_on_hyphens=False)
    return mathtext(filled.replace(KEPT, " "))


def signed(text: str) -> str:
    """Numbers with a true minus sign."""
    return text.replace("-", "\u2212")


def lines(texts: Iterable[str], width: int = WIDTH) -> int:
    """How many lines labels have, at most."""
    return max(label(text, width).count("\n") + 1 for text in texts)


def names(table: pd.DataFrame) -> dict[str, str]:
    """What each group is called.

    Args:
        table: with the columns group and experiment.
    """
    pairs = zip(table["group"], table["experiment"], strict=True)
    return {group: called(group, experiment) for group, experiment in pairs}
