"""One look for all figures, and files with the same bytes on every run."""

from pathlib import Path

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from echoseq.files import write_atomically

SINGLE_WIDTH = 89 / 25.4  # inches, from mm: one column
DOUBLE_WIDTH = 183 / 25.4  # two columns

# Okabe and Ito's palette, told apart with every common colour blindness; one meaning each.
OURS = "#0072B2"
OURS_LIGHT = "#9CC9E3"
ERROR = "#D55E00"
REFERENCE = "#009E73"
CHANCE = "#6E6E6E"

STYLE = {
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


def new_figure(width: float, height: float, rows: int, columns: int, **options: object) -> tuple:
    """A figure and its axes, always a 2-D array, without pyplot's global state."""
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(width, height))
        axes = figure.subplots(rows, columns, squeeze=False, **options)
    return figure, axes


def save(figure: Figure, path: Path) -> None:
    """Write a figure in the format of the path's suffix, atomically."""
    with mpl.rc_context(STYLE):
        write_atomically(
            path, lambda part: figure.savefig(part, metadata=METADATA[path.suffix])
        )


def title(experiment: str) -> str:
    """A readable name of an experiment."""
    return experiment.replace("_", " ").capitalize()


def panel_letter(axes: Axes, index: int) -> None:
    """Letter a panel a, b, c, ... at its upper left."""
    axes.annotate(
        "abcdefghijklmnopqrstuvwxyz"[index],
        (0, 1),
        xytext=(-24, 6),
        xycoords="axes fraction",
        textcoords="offset points",
        fontsize=9,
        fontweight="bold",
    )
