"""One look for all figures, and files with the same bytes on every run.

Every other module here has `draw(table=path, ...)`, which returns the figure, and
`caption(table=path, ...)`, which describes it: how many seeds, which interval, what to see.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from itertools import cycle
from pathlib import Path
from string import ascii_lowercase
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from echoseq.files import write_atomically, write_text
from echoseq.wording import plural

MM_PER_INCH = 25.4

DOUBLE = 183  # mm, the width of two columns

# Okabe and Ito's palette, safe for all common forms of colour blindness; one meaning each.
OURS = "#0072B2"
OURS_LIGHT = "#9CC9E3"
ERROR = "#D55E00"
REFERENCE = "#009E73"
CHANCE = "#6E6E6E"
GRID = "#E3E3E3"
# For the questions: Paul Tol's muted scheme, which is equally safe.
_QUESTIONS = (
    "#332288",
    "#88CCEE",
    "#117733",
    "#CC6677",
    "#882255",
    "#DDCC77",
    "#44AA99",
    "#AA4499",
)

SMALL = 6.5  # points

STYLE: dict[Any, Any] = {
    "font.family": "DejaVu Sans",  # shipped with matplotlib, so it is the same everywhere
    "font.size": 7,
    "axes.titlesize": 8,
    "axes.titlelocation": "left",
    "axes.titleweight": "bold",
    "axes.labelsize": 7,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.6,
    "xtick.labelsize": SMALL,
    "ytick.labelsize": SMALL,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "lines.linewidth": 1.2,
    "figure.constrained_layout.use": True,
    "savefig.dpi": 300,
    "pdf.fonttype": 42,
    "svg.fonttype": "path",
    "svg.hashsalt": "echoseq",
}

# Without these, matplotlib writes the time and its own version into the files.
METADATA: dict[str, dict[str, str | None]] = {
    ".pdf": {"CreationDate": None, "ModDate": None, "Producer": "matplotlib", "Creator": "echoseq"},
    ".svg": {"Date": None, "Creator": "echoseq"},
    ".png": {"Software": "echoseq"},
}


def render(draw: Callable[..., Figure], tables: Mapping[str, Path], paths: Iterable[Path]) -> None:
    """Draw a figure from its tables in this style, and write it atomically to each path.

    The suffix of a path decides its format.
    """
    with mpl.rc_context(STYLE):
        figure = draw(**tables)
        for path in paths:
            write_atomically(path, partial(_save, figure, METADATA[path.suffix]))


def write_caption(caption: Callable[..., str], tables: Mapping[str, Path], path: Path) -> None:
    """Write the caption of a figure as text: one line, which is valid reStructuredText too."""
    write_text(path, caption(**tables) + "\n")


def _save(figure: Figure, metadata: dict[str, str | None], path: Path) -> None:
    figure.savefig(path, metadata=metadata)


def new_figure(
    width: float, height: float, rows: int, columns: int, **options: Any
) -> tuple[Figure, np.ndarray]:
    """A figure and its axes, always a 2-D array, without pyplot's global state.

    Args:
        width, height: in mm.
    """
    figure = Figure(figsize=(width / MM_PER_INCH, height / MM_PER_INCH))
    return figure, figure.subplots(rows, columns, squeeze=False, **options)


def legend_below(figure: Figure, panels: Iterable[Axes]) -> None:
    """One legend below the whole figure, with each entry of the panels once."""
    entries = {
        label: handle
        for panel in panels
        for handle, label in zip(*panel.get_legend_handles_labels(), strict=True)
    }
    figure.legend(
        entries.values(), entries.keys(), loc="outside lower center", ncols=4, frameon=False
    )


def title(experiment: str) -> str:
    """A readable name for an experiment."""
    return experiment.replace("_", " ").capitalize()


def count_seeds(table: pd.DataFrame) -> str:
    """How many seeds the experiments of a table have: 10 seeds, 5 to 10 seeds."""
    numbers = table.groupby("experiment")["seed"].nunique()
    low, high = numbers.min(), numbers.max()
    if low < high:
        return f"{low} to {high} seeds"
    return plural(high, "seed")


def question_colors(questions: Iterable[str]) -> dict[str, str]:
    """The colour of each question, the same in every figure with the same questions."""
    return dict(zip(sorted(set(questions)), cycle(_QUESTIONS)))


def panel_letter(axes: Axes, index: int) -> None:
    """Letter a panel a, b, c, ..., z, aa, ... at its upper left."""
    axes.annotate(
        ascii_lowercase[index % 26] * (1 + index // 26),
        (0, 1),
        xytext=(-24, 6),
        xycoords="axes fraction",
        textcoords="offset points",
        fontsize=9,
        fontweight="bold",
    )
