"""State carried or reset, against the batch: epochs and updates until learned."""

from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from echoseq.figures import fitting, style
from echoseq.tables.columns import echoes_of, read_table
from echoseq.tables.copies import trained_for
from echoseq.wording import count, coverage, joined, plural

TABLES = ("experiments", "runs", "needs")
PART = "state"

COLORS = {True: style.OURS, False: style.ERROR}
NAMES = {True: "carried", False: "reset"}
TIMES = ("epochs", "updates")
NOTHING = "No experiment on the state trains until it has learned."


def draw(experiments: Path, runs: Path, needs: Path) -> Figure:
    """Draw a column for each echo and size: epochs above, updates below.

    Args:
        experiments: tables/experiments.csv; those on the question `state` are drawn.
        runs: tables/extensions/runs.csv.
        needs: tables/needs.csv, for the medians and their intervals.
    """
    table, points = _read(experiments, needs), read_table(runs)
    if table.empty:
        return style.nothing(NOTHING)
    panels = list(table.groupby(["model", "n_in", "n_out", "echo", "cells"], sort=True))
    figure, grid = style.new_figure(style.DOUBLE, 96, 2, len(panels), sharex="col", sharey="row")
    for column, ((*_, echo, _), rows) in enumerate(panels):
        for axes, time in zip(grid[:, column], TIMES, strict=True):
            _draw_panel(axes, rows, points, time)
            style.time_axis(axes)
            style.panel_letter(axes, column + (time == "updates") * len(panels))
        title = f"{echo}\n{count(rows['cells'].iloc[0])} cells"
        fitting.panel_title(grid[0, column], title, len(panels))
        grid[1, column].set_xlabel("batch size")
    for axes, time in zip(grid[:, 0], TIMES, strict=True):
        axes.set_ylabel(f"{time} until learned\n(log scale)")
    style.legend_below(figure, grid.flat)
    return figure


def caption(experiments: Path, runs: Path, needs: Path) -> str:
    """What the figure shows; arguments as for `draw`."""
    table = _read(experiments, needs)
    if table.empty:
        return NOTHING
    table["stateful"] = table["stateful"].astype(bool)
    points = read_table(runs)
    found = [
        f"state {NAMES[bool(stateful)]}: {counted['epochs_to_learn'].notna().sum()} of "
        f"{plural(len(counted), 'run')} learned"
        for stateful, rows in table.groupby("stateful", sort=False)
        for counted in [trained_for(rows, points)]
    ]
    whole = table[table["batch_size"] == table["sequence_windows"]]
    note = (
        f" A batch of {joined(sorted(set(whole['batch_size'])), 'or')} windows is a whole "
        "sequence, so nothing is carried, both train in the same way, to the same weights, and "
        "these runs are counted on both sides."
        if len(whole)
        else ""
    )
    seeds = style.seeds_from_to(table["seeds"])
    return (
        "State carried from batch to batch, or reset after each, against the windows in a batch: "
        f"epochs and weight updates until learned. Small: each of {seeds}; dashes: the median "
        "with its "
        f"{coverage(table['confidence'].iloc[0])} interval (Kaplan-Meier; an arrow: without an "
        "upper end). Open triangles: runs that met their cap before they had learned. "
        f"{'; '.join(found).capitalize()}.{note}"
    )


def _read(experiments: Path, needs: Path) -> pd.DataFrame:
    facts = read_table(experiments)
    facts["echo"] = echoes_of(facts)
    keys = [
        "experiment",
        "model",
        "n_in",
        "n_out",
        "echo",
        "batch_size",
        "stateful",
        "sequence_windows",
    ]
    table = read_table(needs)
    table = table[table["question"] == PART].merge(facts[keys], on="experiment")
    return table.sort_values("stateful", ascending=False, kind="stable")


def _draw_panel(axes: Axes, table: pd.DataFrame, runs: pd.DataFrame, time: str) -> None:
    batches = sorted(set(table["batch_size"]))
    for row in table.to_dict("records"):
        stateful = bool(row["stateful"])
        x = batches.index(row["batch_size"]) + (-0.17 if stateful else 0.17)
        own = runs[runs["experiment"] == row["experiment"]]
        style.seed_times(axes, x, own, time, width=0.11, color=COLORS[stateful])
        _draw_median(axes, x, row, time, stateful)
    axes.set_xticks(range(len(batches)), [count(batch) for batch in batches])
    axes.set_xlim(-0.5, len(batches) - 0.5)


def _draw_median(axes: Axes, x: float, row: dict[Any, Any], time: str, stateful: bool) -> None:
    style.median_interval(axes, x, row, time, color=COLORS[stateful])
    look: dict[str, Any] = {"color": COLORS[stateful], "markersize": 9, "markeredgewidth": 1.6}
    axes.plot(x, row[time], "_", label=f"state {NAMES[stateful]}", **look)
