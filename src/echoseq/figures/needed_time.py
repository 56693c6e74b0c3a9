"""Epochs until learned against cells: every seed, and the median with its interval."""

import math
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, NullLocator

from echoseq.figures import naming, style
from echoseq.tables.columns import read_table
from echoseq.tables.copies import copies_note, trained_for
from echoseq.wording import called, capitalized, count, plural

TABLES = ("needs", "runs")
PART = "extensions"

LOWEST, ENTRY = 19.5, 2.9  # mm: of a panel, of an entry of its legend
LOW = 45  # mm: of a figure beside which its label takes two lines
HEAD = 10.5  # mm: title and tick labels of a panel
LINES = ("-", "--", ":", "-.")
MARKERS = ("o", "s", "D", "v")
NOTHING = "No experiment on a question trains until it has learned."


def draw(needs: Path, runs: Path) -> Figure:
    """Draw a panel for each question, with a line for each group.

    Args:
        needs: tables/needs.csv.
        runs: tables/extensions/runs.csv.
    """
    table, points = _drawn(read_table(needs)), read_table(runs)
    if table.empty:
        return style.nothing(NOTHING)
    questions = {str(name): rows for name, rows in table.groupby("question", sort=False)}
    heights = [max(LOWEST, ENTRY * _entries(rows)) for rows in questions.values()]
    total = sum(heights) + HEAD * len(heights) + 5
    # A wide panel has room for many groups side by side at each size.
    figure, grid = style.new_figure(style.DOUBLE, total, len(heights), 1, height_ratios=heights)
    for index, (axes, (name, rows)) in enumerate(zip(grid[:, 0], questions.items())):
        _draw_panel(axes, rows, points)
        axes.set_title(style.title(name))
        style.panel_letter(axes, index)
    grid[-1, 0].set_xlabel("cells (log scale)")
    space = " " if total > LOW else "\n"
    figure.supylabel(f"epochs until learned{space}(log scale)", fontsize="medium")
    return figure


def caption(needs: Path, runs: Path) -> str:
    """What the figure shows; arguments as for `draw`."""
    everything = read_table(needs)
    if everything.empty:
        return NOTHING
    table = _drawn(everything)
    left_out = everything["group"].nunique() - table["group"].nunique()
    counted = trained_for(table, read_table(runs))
    censored = int(counted["epochs_to_learn"].isna().sum())
    never = int(table["epochs"].isna().sum())
    return (
        "Epochs until learned against cells, a line for each group. Small: each of "
        f"{style.seeds_from_to(table['seeds'])}; large: the median with its "
        f"{table['confidence'].iloc[0]:.0%} interval (Kaplan-Meier); an arrow: without an upper "
        f"end. Open triangles: {plural(censored, 'run')} that met the cap before learning"
        f"{copies_note(table, counted)}, drawn at the cap.{_fastest(table)} "
        f"{count(never)} of {plural(len(table), 'experiment')} have no median, because "
        "fewer than half of the seeds learned."
        + f" {capitalized(plural(left_out, 'group'))} of one size only: in the table."
        * bool(left_out)
    )


def _drawn(needs: pd.DataFrame) -> pd.DataFrame:
    """Without groups of one size, where a question has others: a line needs two."""
    sizes = needs.groupby(["question", "group"])["cells"].transform("nunique")
    most = sizes.groupby(needs["question"]).transform("max")
    return needs[(sizes > 1) | (most == 1)]


def _entries(table: pd.DataFrame) -> int:
    """The lines of the legend of a question."""
    return sum(naming.lines([name]) for name in naming.names(table).values())


def _fastest(table: pd.DataFrame) -> str:
    learned = table.dropna(subset=["epochs"]).sort_values("epochs", kind="stable")
    if learned.empty:
        return ""
    row = learned.to_dict("records")[0]
    return (
        f" The fastest is {called(row['group'], row['experiment'])} with {count(row['cells'])} "
        f"cells, with a median of {count(row['epochs'])} epochs."
    )


def _draw_panel(axes: Axes, table: pd.DataFrame, runs: pd.DataFrame) -> None:
    groups, sizes = style.groups_of(table), sorted(set(table["cells"]))
    axes.set_xscale("log")
    places, width = _places(table, groups, sizes)
    lines: list[Line2D] = []
    for index, group in enumerate(groups):
        look = _look(index, len(groups))
        rows = table[table["group"] == group].sort_values("cells")
        x = [places[experiment] for experiment in rows["experiment"]]
        lines += axes.plot(x, rows["epochs"], linewidth=0.9, markersize=4, label=group, **look)
        for row in rows.to_dict("records"):
            own, place = runs[runs["experiment"] == row["experiment"]], places[row["experiment"]]
            style.seed_times(axes, place, own, "epochs", width=width, color=look["color"])
            style.median_interval(axes, place, row, "epochs", color=look["color"])
    style.time_axis(axes, (1, 3))
    axes.xaxis.set_major_locator(FixedLocator(sizes))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xticklabels([count(size) for size in sizes])
    axes.margins(x=0.03, y=0.12)
    low, high = axes.get_xlim()
    axes.set_xlim(min(low, sizes[0] / 1.4), max(high, sizes[-1] * 1.2))
    named = naming.names(table)
    axes.legend(
        lines,  # given, or those whose labels begin with "_" would be left out
        [naming.label(named[group]) for group in groups],
        loc="upper left",
        bbox_to_anchor=(1.01, 1.03),
        frameon=False,
        fontsize=7,
        handlelength=2.6,
        labelspacing=0.25,
        borderaxespad=0,
        borderpad=0,
    )


def _look(index: int, groups: int) -> dict[str, Any]:
    """Neighbours share a colour, but not their line, if there are more groups than colours."""
    sharing = -(-groups // len(style.MUTED))
    return {
        "color": style.MUTED[index // sharing],
        "linestyle": LINES[index % sharing % len(LINES)],
        "marker": MARKERS[index % sharing % len(MARKERS)],
    }


def _places(
    table: pd.DataFrame, groups: list[str], sizes: list[int]
) -> tuple[dict[str, float], float]:
    """Where each experiment is drawn: groups of the same size side by side.

    Returns:
        The place by experiment, and the width of its seeds, as a factor.
    """
    rows = table.assign(rank=table["group"].map(groups.index)).sort_values("rank")
    step, width = style.side_by_side(sizes, rows.groupby("cells")["rank"].size().max())
    places = {}
    for cells in sizes:
        names = rows[rows["cells"] == cells]["experiment"]
        for index, name in enumerate(names):
            places[name] = cells * math.exp(step * (index - (len(names) - 1) / 2))
    return places, width
