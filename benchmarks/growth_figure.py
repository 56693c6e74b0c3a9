"""The figure of how the cost of an epoch grows: a panel for each size, both axes logarithmic."""

from pathlib import Path

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter, NullLocator

from echoseq.figures import style

HEIGHT = 110  # mm
LABELS = {
    "cells": "cells",
    "values": "values of a window, all echoed",
    "batch": "windows of a batch",
    "alphabet": "integers of the alphabet",
}
COLORS = (style.OURS, style.ERROR, style.REFERENCE)
MARKERS = ("o", "s", "D")


def draw(growth: Path) -> Figure:
    """Draw it.

    Args:
        growth: a table from `measured_tables.growth_table`, as CSV.
    """
    table = pd.read_csv(growth)
    axes_names = [name for name in LABELS if name in set(table["axis"])]
    figure, grid = style.new_figure(style.DOUBLE, HEIGHT, 2, 2, sharey=True)
    for index, (name, axes) in enumerate(zip(axes_names, grid.ravel())):
        draw_panel(axes, table[table["axis"] == name])
        axes.set_xlabel(f"{LABELS[name]} (log scale)")
        style.panel_letter(axes, index)
    for axes in grid.ravel()[len(axes_names) :]:
        axes.set_axis_off()
    figure.supylabel("processor time, ms an epoch (log scale)", fontsize="medium")
    style.legend_below(figure, grid.ravel())
    return figure


def draw_panel(axes: Axes, table: pd.DataFrame) -> None:
    """One line for each program, its spread, and the limit."""
    axes.set_xscale("log")
    axes.set_yscale("log")
    table = table.sort_values("value", kind="stable")
    for name, color, marker in zip(dict.fromkeys(table["program"]), COLORS, MARKERS):
        part = table[table["program"] == name]
        axes.plot(part["value"], part["ms"], marker=marker, markersize=3, color=color, label=name)
        axes.fill_between(
            part["value"], part["ms_low"], part["ms_high"], color=color, alpha=0.2, linewidth=0
        )
    limit = table.drop_duplicates("value")
    axes.plot(
        limit["value"], limit["limit_ms"], "--", color=style.CHANCE, label="the limit of the core"
    )
    values = sorted(table["value"].unique())
    axes.set_xticks(values, [f"{value:,}" for value in values])
    axes.xaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_locator(LogLocator())
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.grid(axis="y", color=style.GRID, linewidth=0.5)
    axes.set_axisbelow(True)
