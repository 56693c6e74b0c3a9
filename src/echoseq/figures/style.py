"""One look for all figures, and files with the same bytes on every run.

Every other module here has `draw(table=path, ...)`, which returns the figure, and
`caption(table=path, ...)`, which describes it: how many seeds, which interval, what to see.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from string import ascii_lowercase
from typing import Any

import matplotlib as mpl
import matplotlib.style
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import fontManager
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator
from matplotlib.transforms import ScaledTranslation

from echoseq.figures.compact import compact_svg
from echoseq.files import write_atomically, write_text
from echoseq.wording import capitalized, count, plural, spoken

MM_PER_INCH = 25.4

DOUBLE = 183  # mm, the width of two columns
HIGHEST = 205  # mm; the paper prints what is higher smaller

# Okabe and Ito's palette, safe for all common forms of colour blindness; one meaning each.
OURS = "#0072B2"
OURS_LIGHT = "#9CC9E3"
ERROR = "#D55E00"
REFERENCE = "#009E73"
CHANCE = "#6E6E6E"
GRID = "#E3E3E3"
ZERO = "#F3F3F3"  # behind error rates of 0 on a logarithmic axis
TINY = 1e-9  # rates below this are 0, but for rounding
# For groups: Paul Tol's muted scheme, which is equally safe.
MUTED = (
    "#332288",
    "#88CCEE",
    "#117733",
    "#CC6677",
    "#882255",
    "#DDCC77",
    "#44AA99",
    "#AA4499",
)

SMALL, TITLE = 7.5, 9  # points
LETTER, HANDLE = 1.32, 14  # mm: in a legend, a letter on average, and what is beside a label

STYLE: dict[Any, Any] = {
    # Like the text of the paper, and shipped with matplotlib, so it is the same everywhere.
    "font.family": "STIXGeneral",
    "mathtext.fontset": "stix",
    "font.size": 8,
    "axes.titlesize": TITLE,
    "axes.titlelocation": "left",
    "axes.titleweight": "bold",
    "axes.labelsize": 8,
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

# Matplotlib's styles leave this one alone; figures of the user's own may have dates.
UNSTYLED: dict[Any, Any] = {"timezone": "UTC"}

# Without these, matplotlib writes the time and its own version into the files.
METADATA: dict[str, dict[str, str | None]] = {
    ".pdf": {"CreationDate": None, "ModDate": None, "Producer": "matplotlib", "Creator": "echoseq"},
    ".svg": {"Date": None},
    ".png": {"Software": "echoseq"},
}


def render(draw: Callable[..., Figure], tables: Mapping[str, Path], paths: Iterable[Path]) -> None:
    """Draw a figure from its tables in this style, and write it atomically to each path.

    The style starts from matplotlib's defaults, whatever the settings of the user or the caller.
    The suffix of a path decides its format.
    """
    _know_fonts()
    with mpl.style.context(["default", STYLE]), mpl.rc_context(UNSTYLED):
        figure = draw(**tables)
        for path in paths:
            write_atomically(path, partial(_save, figure, METADATA[path.suffix]))


def _know_fonts() -> None:
    """Make known the fonts that matplotlib ships.

    It reads their list from a file of the user's, which may be that of another installation, or of
    one that was being made; then it would draw with another font.
    """
    known = {Path(font.fname) for font in fontManager.ttflist}
    for path in sorted(Path(mpl.get_data_path(), "fonts/ttf").glob("STIX*.ttf")):
        if path not in known:
            fontManager.addfont(path)


def write_caption(caption: Callable[..., str], tables: Mapping[str, Path], path: Path) -> None:
    """Write the caption of a figure as plain text, in one line."""
    write_text(path, caption(**tables) + "\n")


def _save(figure: Figure, metadata: dict[str, str | None], path: Path) -> None:
    figure.savefig(path, metadata=metadata)
    if path.suffix == ".svg":
        compact_svg(path)


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
        entries.values(),
        entries.keys(),
        loc="outside lower center",
        ncols=_legend_columns(entries),
        frameon=False,
    )


def _legend_columns(labels: Iterable[str]) -> int:
    """How many columns of these labels fit side by side; four at most."""
    longest = max(map(len, labels), default=0)
    return max(1, min(4, int(DOUBLE / (LETTER * longest + HANDLE))))


def spread_out(places: int, width: float = 0.1) -> np.ndarray:
    """Offsets side by side, for points with the same place that would hide each other."""
    return np.linspace(-width, width, places) if places > 1 else np.zeros(1)


def time_axis(axes: Axes, labelled: Sequence[int] = (1, 2, 5)) -> None:
    """A logarithmic y axis for epochs or updates, labelled with whole numbers.

    Args:
        labelled: the multiples of powers of ten that have a label.
    """
    axes.set_yscale("log")
    # By itself, the locator has no tick at all where there is little room for many decades.
    axes.yaxis.set_major_locator(LogLocator(subs=labelled, numticks=99))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: count(value)))
    axes.grid(axis="y", color=GRID, linewidth=0.5)
    axes.set_axisbelow(True)


def seed_times(
    axes: Axes, x: float, runs: pd.DataFrame, time: str, *, width: float, color: str
) -> None:
    """The times of seeds, side by side; those that did not learn are open triangles, at the cap.

    Args:
        runs: rows of tables/runs.csv, of one experiment.
        time: epochs or updates.
        width: from the middle to the last seed; a factor if the x axis is logarithmic.
    """
    offsets = spread_out(len(runs), 1)
    places = x * width**offsets if axes.get_xscale() == "log" else x + width * offsets
    learned = runs["epochs_to_learn"].notna().to_numpy()
    at = runs[time].to_numpy()
    axes.scatter(places[learned], at[learned], s=6, color=color, alpha=0.6, linewidth=0, zorder=3)
    axes.scatter(
        places[~learned],
        at[~learned],
        s=10,
        marker="^",
        facecolor="none",
        edgecolor=color,
        linewidth=0.6,
        zorder=3,
    )


def median_interval(axes: Axes, x: float, row: Mapping[Any, Any], time: str, *, color: str) -> None:
    """The interval of a median time; an arrow of a fixed length if it has no upper end.

    Args:
        row: of tables/needs.csv.
        time: epochs or updates.
    """
    low, high, median = (row[key] for key in (f"{time}_low", f"{time}_high", time))
    if not np.isfinite(low):
        return
    closed, known = bool(np.isfinite(high)), bool(np.isfinite(median))
    start = median if known else low
    axes.vlines(x, low, high if closed else start, linewidth=1.2, color=color)
    if not closed:
        axes.annotate(
            "",
            (x, start),
            xycoords=axes.transData + ScaledTranslation(0, 9 / 72, axes.figure.dpi_scale_trans),
            xytext=(x, start),
            textcoords="data",
            arrowprops={
                "arrowstyle": "->,head_width=0.15,head_length=0.2",
                "shrinkA": 0,
                "shrinkB": 0,
                "linewidth": 1,
                "color": color,
            },
        )


def error_axis(axes: Axes, *drawn: Iterable[float]) -> float:
    """A logarithmic y axis for error rates, with a row at the bottom for rates of 0.

    Args:
        drawn: every rate that will be drawn, so that only a rate of 0 is in its row.

    Returns:
        Where to draw a rate of 0, below every other rate.
    """
    lowest = min((rate for rates in drawn for rate in rates if rate > TINY), default=0.01)
    zero = 10 ** (np.floor(np.log10(lowest) + TINY) - 0.5)
    axes.set_yscale("log")
    axes.set_ylim(zero / 10**0.25, 1.4)
    axes.axhspan(zero / 10**0.25, zero * 10**0.25, color=ZERO, linewidth=0)
    powers = range(round(np.log10(zero) + 0.5), 1)
    labels = [f"{10.0**power:.{-power}f}" for power in powers]
    axes.set_yticks([zero, *(10.0**power for power in powers)], ["0", *labels])
    axes.tick_params(axis="y", which="minor", length=0)
    axes.grid(axis="y", color=GRID, linewidth=0.5)
    axes.set_axisbelow(True)
    return float(zero)


def nothing(text: str) -> Figure:
    """A figure that says why there is nothing to draw."""
    figure, grid = new_figure(DOUBLE, 16, 1, 1)
    grid[0, 0].set_axis_off()
    grid[0, 0].text(0.5, 0.5, text, ha="center", va="center", color=CHANCE)
    return figure


def groups_of(table: pd.DataFrame) -> list[str]:
    """The groups of a question as they first appear, but each after the one it is compared with.

    Args:
        table: rows of tables/needs.csv.
    """
    groups = table.drop_duplicates("group")
    rank = {group: place for place, group in enumerate(groups["group"])}
    bases = dict(zip(groups["group"], groups["base"], strict=True))

    def place(group: str) -> tuple[int, int]:
        base = bases[group]
        return rank.get(base, rank[group]), -1 if base not in rank else rank[group]

    return sorted(rank, key=place)


def side_by_side(sizes: Sequence[float], groups: int) -> tuple[float, float]:
    """How far apart groups stand at each size, on a logarithmic axis.

    Args:
        sizes: sorted.
        groups: the most that stand side by side.

    Returns:
        The step from one to the next, as an exponent, and the width of a group, as a factor.
    """
    gap = np.diff(np.log(sizes)).min() if len(sizes) > 1 else 0.5
    step = min(0.8 * gap / groups, 0.15)
    return step, math.exp(0.36 * step)


def title(experiment: str) -> str:
    """A readable name for an experiment."""
    return capitalized(spoken(experiment))


def count_seeds(table: pd.DataFrame) -> str:
    """How many seeds the experiments of a table have: 10 seeds, 5 to 10 seeds."""
    return seeds_from_to(table.groupby("experiment")["seed"].nunique())


def seeds_from_to(numbers: "pd.Series[Any]") -> str:
    """How many seeds experiments have, from the number of each."""
    low, high = numbers.min(), numbers.max()
    if low < high:
        return f"{low} to {high} seeds"
    return plural(high, "seed")


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
