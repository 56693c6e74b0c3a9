"""How the time to learn depends on cells: every seed of each group, and the power law fitted."""

from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, NullLocator

from echoseq.figures import fitting, naming, style
from echoseq.figures.sizes import tick_labels
from echoseq.tables.columns import read_table
from echoseq.tables.copies import copies_note, trained_for
from echoseq.tables.needs import one_of_each_size
from echoseq.tables.slopes import SIZES
from echoseq.wording import count, coverage, plural, slope, spread

TABLES = ("slopes", "needs", "runs")
PART = "extensions"

COLUMNS = 4
HEIGHT, LEAST, HEAD = 30, 16, 10  # mm: of a panel without its title, at most and least; of a title
FOOT = 10  # mm: of what is below all panels
LOW = 22  # mm: a panel with less has labels at powers of ten alone
NOTE = 5  # mm: of what is written above all points
MARGIN = 1.35  # beyond the smallest and the largest size, as a factor
NOTHING = f"Of no group is the time to learn known for every seed at {SIZES} sizes or more."


def draw(slopes: Path, needs: Path, runs: Path) -> Figure:
    """Draw a panel for each group, question by question.

    Args:
        slopes: tables/slopes.csv.
        needs: tables/needs.csv.
        runs: tables/extensions/runs.csv.
    """
    table, sizes, points = _read(slopes, needs, runs)
    if table.empty:
        return style.nothing(NOTHING)
    rows = -(-len(table) // COLUMNS)
    named = naming.names(sizes)
    high = max(LEAST, min(HEIGHT, (style.HIGHEST - FOOT) / rows - HEAD))
    height = rows * (high + HEAD) + FOOT
    figure, grid = style.new_figure(
        style.DOUBLE, height, rows, min(COLUMNS, len(table)), sharey=True
    )
    for index, (axes, row) in enumerate(zip(grid.flat, table.to_dict("records"))):
        own = _of(row, sizes)
        _draw_panel(axes, row, own, points)
        style.time_axis(axes, (1, 3) if high >= LOW else (1,))
        title = f"{style.title(row['question'])}: {named[row['group']]}"
        fitting.panel_title(axes, title, COLUMNS)
        style.panel_letter(axes, index)
    for axes in grid.flat[len(table) :]:
        axes.set_visible(False)
    least, most = grid[0, 0].get_ylim()  # of all
    grid[0, 0].set_ylim(least, most * (most / least) ** (NOTE / (high - NOTE)))
    figure.supxlabel("cells (log scale)", fontsize="medium")
    figure.supylabel("epochs until learned (log scale)", fontsize="medium")
    return figure


def caption(slopes: Path, needs: Path, runs: Path) -> str:
    """What the figure shows; arguments as for `draw`."""
    table, sizes, points = _read(slopes, needs, runs)
    if table.empty:
        return NOTHING
    counted = trained_for(sizes, points)
    least, most = (table.loc[table["slope"].agg(end)] for end in ("idxmin", "idxmax"))
    return (
        "Epochs until learned against cells, on logarithmic axes, a panel for each group of which "
        f"the time is known for every seed at {SIZES} sizes or more. Dots: each of "
        f"{style.seeds_from_to(table['seeds'])}; open triangles: runs that met the cap "
        f"({spread(sizes['cap'], count)} epochs), drawn there"
        f"{copies_note(sizes, counted)}; line: a power law, fitted to the sizes at which every "
        "seed learned, and none by the first check. Its exponent is written "
        f"in the panel, the mean over seeds{_interval(table)}: with \u22121, twice the cells take "
        "half the epochs; the interval says how seeds differ, and not how well a power law fits. "
        f"It lies between {slope(least['slope'])} and {slope(most['slope'])}."
    )


def _interval(table: pd.DataFrame) -> str:
    """What is said of the intervals; nothing if there are none, with one seed."""
    if table["low"].isna().all():
        return ""
    flat = int(((table["low"] <= 0) & (table["high"] >= 0)).sum())
    return (
        " with its "
        f"{coverage(table['confidence'].iloc[0])} interval (Student's t), which includes 0 in "
        f"{count(flat) if flat else 'none'} of {plural(len(table), 'group')}"
    )


def _read(slopes: Path, needs: Path, runs: Path) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """The slopes, all sizes of their groups, and the runs of these."""
    table, sizes = read_table(slopes), one_of_each_size(read_table(needs))
    keys = ["question", "group"]
    sizes = sizes.merge(table[keys], on=keys)
    points = read_table(runs)
    return table, sizes, points[points["experiment"].isin(sizes["experiment"])]


def _of(row: dict[Any, Any], sizes: pd.DataFrame) -> pd.DataFrame:
    return sizes[(sizes["question"] == row["question"]) & (sizes["group"] == row["group"])]


def _draw_panel(axes: Axes, row: dict[Any, Any], sizes: pd.DataFrame, runs: pd.DataFrame) -> None:
    axes.set_xscale("log")
    for size in sizes.to_dict("records"):
        own = runs[runs["experiment"] == size["experiment"]]
        style.seed_times(axes, size["cells"], own, "epochs", width=1.06, color=style.OURS)
    ends = [row["smallest"], row["largest"]]
    fitted = [row["epochs_at_smallest"], row["epochs_at_largest"]]
    axes.plot(ends, fitted, color=style.ERROR, linewidth=1)
    axes.text(
        0.97,
        0.97,
        slope(row["slope"], row["low"], row["high"]),
        transform=axes.transAxes,
        ha="right",
        va="top",
        fontsize=style.SMALL,
    )
    ticks = sorted(set(sizes["cells"]))
    axes.xaxis.set_major_locator(FixedLocator(ticks))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xticklabels(tick_labels(ticks))
    axes.set_xlim(ticks[0] / MARGIN, ticks[-1] * MARGIN)
