"""Complete and incomplete windows apart: error rates with missing values dropped, kept, masked."""

from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from echoseq.figures import style
from echoseq.tables.columns import COMPLETE, INCOMPLETE, read_table
from echoseq.wording import share

TABLES = ("experiments", "skill", "skill_of_seeds")
PART = "masking"

COLORS = {COMPLETE: style.OURS, INCOMPLETE: style.ERROR}


def draw(experiments: Path, skill: Path, skill_of_seeds: Path) -> Figure:
    """Draw a panel for each echo.

    Args:
        experiments: tables/experiments.csv; those on the question `masking` are drawn.
        skill: tables/extensions/skill.csv.
        skill_of_seeds: tables/extensions/skill_of_seeds.csv.
    """
    means, points = _read(experiments, skill), _read(experiments, skill_of_seeds)
    panels = list(means.groupby(["model", "n_in", "n_out"], sort=True))
    figure, grid = style.new_figure(
        style.DOUBLE,
        72,
        1,
        len(panels),
        width_ratios=[rows["experiment"].nunique() for _, rows in panels],
    )
    for index, (axes, ((_, n_in, n_out), rows)) in enumerate(zip(grid[0], panels)):
        own = points[points["experiment"].isin(rows["experiment"])]
        _draw_panel(axes, rows, own)
        axes.set_title(f"{n_out} of {n_in}")
        style.panel_letter(axes, index)
    grid[0, 0].set_ylabel("wrong values, share (log scale)")
    style.legend_below(figure, grid.flat)
    return figure


def caption(experiments: Path, skill: Path, skill_of_seeds: Path) -> str:
    """What the figure shows; arguments as for `draw`."""
    means, points = _read(experiments, skill), _read(experiments, skill_of_seeds)
    incomplete = means[means["windows"] == INCOMPLETE].sort_values("accuracy", kind="stable")
    finding = ""
    if len(incomplete):
        row = incomplete.to_dict("records")[0]
        finding = (
            f" In incomplete windows the lowest accuracy per value is {share(row['accuracy'])} "
            f"({row['group']}, {row['cells']} cells)."
        )
    return (
        "Missing values: the share of wrong values on held-out sequences, in windows in which no "
        "value is missing and in those in which some are (dropped windows are neither trained nor "
        "tested). "
        f"Small: each of {style.count_seeds(points)}; large: their mean with its "
        f"{means['confidence'].iloc[0]:.0%} interval. Every run stops when it has learned.{finding}"
    )


def _read(experiments: Path, path: Path) -> pd.DataFrame:
    facts = read_table(experiments)
    keys = ["experiment", "model", "n_in", "n_out", "group", "cells"]
    facts = facts[facts["question"] == PART][keys]
    facts = facts.sort_values(["n_out", "cells"], kind="stable")
    return facts.merge(read_table(path), on="experiment")


def _draw_panel(axes: Axes, means: pd.DataFrame, points: pd.DataFrame) -> None:
    names = list(dict.fromkeys(means["experiment"]))
    zero = style.error_axis(axes, 1 - points["accuracy"])
    for windows, shift in ((COMPLETE, -0.18), (INCOMPLETE, 0.18)):
        look: dict[str, Any] = {"color": COLORS[windows], "zorder": 3}
        for row in means[means["windows"] == windows].to_dict("records"):
            x = names.index(row["experiment"]) + shift
            own = points[
                (points["experiment"] == row["experiment"]) & (points["windows"] == windows)
            ]
            errors = (1 - own["accuracy"]).clip(lower=zero)
            axes.scatter(
                x + style.spread_out(len(own)), errors, s=6, alpha=0.5, linewidth=0, **look
            )
            error = max(1 - row["accuracy"], zero)
            label = f"{windows} windows"
            axes.plot(x, error, "_", markersize=9, markeredgewidth=1.6, label=label, **look)
            if pd.notna(row["low"]):
                ends = (max(1 - row["high"], zero), max(1 - row["low"], zero))
                axes.vlines(x, *ends, linewidth=1.2, **look)
    labels = means.drop_duplicates("experiment")
    axes.set_xticks(
        range(len(names)),
        [f"{str(g).split(', ')[-1]}\n{c} cells" for g, c in zip(labels["group"], labels["cells"])],
    )
    axes.set_xlim(-0.5, len(names) - 0.5)
