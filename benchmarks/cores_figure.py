"""The figure of how long the extensions take on a cluster, against cores."""

from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

from echoseq.figures import style

HEIGHT = 75  # mm
COLORS = (style.OURS, style.ERROR)
LINES = ("-", "--", ":")
MINUTES = (10, 20, 30, 60, 120, 240, 480, 960)


def draw(cores: Path) -> Figure:
    """Draw it.

    Args:
        cores: the table that `cores.py` writes.
    """
    table = pd.read_csv(cores)
    figure, grid = style.new_figure(style.DOUBLE, HEIGHT, 1, 1)
    axes = grid[0, 0]
    axes.set_xscale("log")
    axes.set_yscale("log")
    for color, (job, ways) in zip(COLORS, table.groupby("job", sort=False)):
        for line, (added, part) in zip(LINES, ways.groupby("added")):
            axes.fill_between(
                part["cores"],
                part["minutes_low"],
                part["minutes_high"],
                color=color,
                alpha=0.15,
                linewidth=0,
            )
            label = f"{job} a job, {added:g} s added"
            axes.plot(part["cores"], part["minutes"], line, color=color, label=label)
    values = sorted(table["cores"].unique())
    axes.set_xticks(values, [f"{value:,}" for value in values])
    low, high = table["minutes_low"].min(), table["minutes_high"].max()
    shown = [minutes for minutes in MINUTES if low / 1.2 <= minutes <= high * 1.2]
    axes.set_yticks(shown, [str(minutes) for minutes in shown])
    axes.xaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_minor_locator(NullLocator())
    axes.grid(axis="y", color=style.GRID, linewidth=0.5)
    axes.set_axisbelow(True)
    axes.set_xlabel("cores (log scale)")
    axes.set_ylabel("minutes (log scale)")
    figure.legend(loc="outside lower center", ncols=2, frameon=False)
    return figure
