"""Boxes with texts and arrows between them, of which drawings without data are made."""

from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch

from echoseq.figures import style

NETWORK, VALUE = "#E4EFF6", "#F4F4F4"
STEP = 1.25  # between boxes, which are 1 wide


class Place(NamedTuple):
    """The centre of a box."""

    x: float
    y: float


def box(axes: Axes, place: Place, text: str, color: str, width: float = 1.0) -> None:
    """A box with a text in it."""
    axes.add_patch(
        FancyBboxPatch(
            (place.x - width / 2 + 0.05, place.y - 0.4),
            width - 0.1,
            0.8,
            boxstyle="round,pad=0,rounding_size=0.08",
            facecolor=color,
            edgecolor=style.CHANCE,
            linewidth=0.6,
        )
    )
    note(axes, place, text)


def note(axes: Axes, place: Place, text: str, ha: str = "center") -> None:
    """A text without a box."""
    axes.text(*place, text, ha=ha, va="center", fontsize=style.SMALL)


def arrow(axes: Axes, start: Place, end: Place) -> None:
    """An arrow from one place to another."""
    axes.annotate(
        "",
        end,
        start,
        arrowprops={"arrowstyle": "->", "linewidth": 0.7, "shrinkA": 0, "shrinkB": 0},
    )


def fit(axes: Axes, low: Place, high: Place) -> None:
    """Show what lies between two corners, without axes."""
    axes.set_xlim(low.x, high.x)
    axes.set_ylim(low.y, high.y)
    axes.set_axis_off()
