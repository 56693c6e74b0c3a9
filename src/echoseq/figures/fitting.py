"""Titles that end before the next panel, lines of labels, and axes labelled with epochs."""

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from echoseq.figures import naming, style
from echoseq.wording import count

BOLD = 0.18  # mm: the width of a bold letter on average, for each point of its size
BESIDE = 10  # mm: beside a panel, for its tick labels and the letter of the next
ROOMY = 3  # panels side by side, at most, that have titles in full size
CLOSE = 1.05  # of the lines of a label: this font is spaced widely


def panel_title(axes: Axes, text: str, columns: float = 1) -> None:
    """Title one of so many panels side by side, in lines that end before the next panel.

    Args:
        text: its own lines are kept.
        columns: how many panels as wide as this one the figure has room for.
    """
    size = style.TITLE if columns <= ROOMY else style.SMALL
    width = max(1, int((style.DOUBLE / columns - BESIDE) / (BOLD * size)))
    lines = [naming.label(line, width) for line in text.split("\n")]
    axes.set_title("\n".join(lines), fontsize=size, linespacing=CLOSE)


def epoch_axis(axes: Axes) -> None:
    """Label epochs on the x axis as they are written everywhere else: 5,000."""
    axes.xaxis.set_major_locator(MaxNLocator("auto", integer=True, steps=(1, 2, 5, 10)))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: count(value)))
