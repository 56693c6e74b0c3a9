"""One look for all figures, and files with the same bytes on every run."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from string import ascii_lowercase
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from echoseq.files import write_atomically

DOUBLE_WIDTH = 183 / 25.4  # inches, from mm: two columns of a page

# Okabe and Ito's palette, told apart with every common colour blindness; one meaning each.
OURS = "#0072B2"
OURS_LIGHT = "#9CC9E3"
ERROR = "#D55E00"
REFERENCE = "#009E73"
CHANCE = "#6E6E6E"
# Of groups without an order: Okabe and Ito's, the yellow left out.
GROUPS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#000000")

STYLE: dict[Any, Any] = {
    "font.family": "DejaVu Sans",  # comes with matplotlib, so it is the same everywhere
    "font.size": 7,
    "axes.titlesize": 8,
    "axes.titlelocation": "left",
    "axes.titleweight": "bold",
    "axes.labelsize": 7,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.6,
    "xtick.labelsize": 6.5,
    "ytick.labelsize": 6.5,
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
    """Draw a figure from its tables in this style, and write it in the format of each suffix.

    Files are written atomically.
    """
    with mpl.rc_context(STYLE):
        figure = draw(**tables)
        for path in paths:
            write_atomically(path, partial(_save, figure, METADATA[path.suffix]))


def _save(figure: Figure, metadata: dict[str, str | None], path: Path) -> None:
    figure.savefig(path, metadata=metadata)


def new_figure(
    width: float, height: float, rows: int, columns: int, **options: Any
) -> tuple[Figure, np.ndarray]:
    """A figure and its axes, always a 2-D array, without pyplot's global state."""
    figure = Figure(figsize=(width, height))
    return figure, figure.subplots(rows, columns, squeeze=False, **options)


def legend_below(figure: Figure, panels: Iterable[Axes]) -> None:
    """One legend under the whole figure, with every entry of the panels once."""
    entries = {
        label: handle
        for panel in panels
        for handle, label in zip(*panel.get_legend_handles_labels(), strict=True)
    }
    figure.legend(
        entries.values(), entries.keys(), loc="outside lower center", ncols=4, frameon=False
    )


def title(experiment: str) -> str:
    """A readable name of an experiment."""
    return experiment.replace("_", " ").capitalize()


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
