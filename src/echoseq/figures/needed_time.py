"""Epochs until learned against cells: every seed, and the median with its interval."""

from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, NullLocator

from echoseq.figures import style
from echoseq.tables.columns import read_table
from echoseq.wording import count

TABLES = ("needs", "runs")
PART = "extensions"


def draw(needs: Path, runs: Path) -> Figure:
    """Draw a panel for each question, with a line for each group.

    Args:
        needs: tables/needs.csv.
        runs: tables/extensions/runs.csv.
    """
    table, points = read_table(needs), read_table(runs)
    questions = [str(name) for name in dict.fromkeys(table["question"])]
    columns = min(2, len(questions))
    rows = -(-len(questions) // columns)
    figure, grid = style.new_figure(style.DOUBLE, 58 * rows + 8, rows, columns)
    for axes in grid.flat[len(questions) :]:
        axes.set_visible(False)
    for index, (axes, name) in enumerate(zip(grid.flat, questions)):
        _draw_panel(axes, table[table["question"] == name], points)
        axes.set_title(style.title(name))
        style.panel_letter(axes, index)
    for axes in grid[:, 0]:
        axes.set_ylabel("epochs until learned (log scale)")
    return figure


def caption(needs: Path, **_: Path) -> str:
    """What the figure shows; arguments as for `draw`."""
    table = read_table(needs)
    censored = int((table["seeds"] - table["learned"]).sum())
    fastest = table.dropna(subset=["epochs"]).sort_values("epochs", kind="stable")
    finding = ""
    if len(fastest):
        row = fastest.to_dict("records")[0]
        finding = (
            f" The fastest is {str(row['group']).replace('_', ' ')} with {count(row['cells'])} "
            f"cells, with a median of {count(row['epochs'])} epochs."
        )
    low, high = table["seeds"].min(), table["seeds"].max()
    seeds = f"{low}" if low == high else f"{low} to {high}"
    return (
        "Epochs until learned against cells, a line for each group. Small: every seed "
        f"({seeds} for each size); large: the median with its {table['confidence'].iloc[0]:.0%} "
        "interval (Kaplan-Meier); an arrow: without an upper end. Triangles: the "
        f"{censored} runs that met their cap before they had learned, drawn at the cap.{finding}"
    )


def _draw_panel(axes: Axes, table: pd.DataFrame, runs: pd.DataFrame) -> None:
    groups = list(dict.fromkeys(table["group"]))
    looks = list(product(("-", "--", ":"), style.MUTED))
    shifts = np.exp(style.spread_out(len(groups), 0.06))
    for group, (line, color), shift in zip(groups, looks, shifts, strict=False):
        rows = table[table["group"] == group].sort_values("cells")
        label = str(group).replace("_", " ")
        axes.plot(
            rows["cells"] * shift,
            rows["epochs"],
            line,
            color=color,
            label=label,
            linewidth=1,
            marker="o",
            markersize=3.5,
        )
        for row in rows.to_dict("records"):
            _draw_seeds(axes, row, runs[runs["experiment"] == row["experiment"]], shift, color)
    sizes = sorted(set(table["cells"]))
    axes.set_xscale("log")
    style.time_axis(axes)
    axes.xaxis.set_major_locator(FixedLocator(sizes))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xticklabels([count(size) for size in sizes])
    axes.set_xlim(sizes[0] / 1.3, sizes[-1] * 1.3)
    axes.set_xlabel("cells (log scale)")
    axes.legend(
        loc="upper left",
        bbox_to_anchor=(1.01, 1),
        frameon=False,
        fontsize=6.5,
        handlelength=2.2,
        borderaxespad=0,
    )


def _draw_seeds(
    axes: Axes, row: dict[str, float], runs: pd.DataFrame, shift: float, color: str
) -> None:
    """The seeds of one size, and the interval of their median."""
    x = row["cells"] * shift
    jitter = x * np.exp(style.spread_out(len(runs), 0.03))
    learned = runs["epochs_to_learn"].notna().to_numpy()
    look: dict[str, Any] = {"s": 5, "linewidth": 0.5, "alpha": 0.7, "zorder": 2}
    axes.scatter(jitter[learned], runs["epochs"][learned], color=color, **look)
    axes.scatter(
        jitter[~learned],
        runs["epochs"][~learned],
        marker="^",
        facecolor="none",
        edgecolor=color,
        **look | {"s": 9},
    )
    style.median_interval(axes, x, row, "epochs", color=color)
