"""Labels of the user's in figures: as they are written, in lines of limited width."""

import textwrap
from collections.abc import Iterable

import pandas as pd

from echoseq.escaping import mathtext
from echoseq.wording import called

WIDTH = 48  # characters of a line


def label(text: str, width: int = WIDTH) -> str:
    """A text as matplotlib shows it as written, in lines of at most this many characters."""
    return mathtext(text if len(text) <= width else textwrap.fill(text, width))


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
