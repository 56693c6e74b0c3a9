"""Complete and incomplete windows apart: error rates with missing values dropped, kept, masked."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from echoseq.figures import fitting, naming, style
from echoseq.tables.columns import COMPLETE, INCOMPLETE, echoes_of, read_table
from echoseq.wording import called, count, coverage, share

TABLES = ("experiments", "skill", "skill_of_seeds")
PART = "masking"

WIDTH = 130  # characters of labels side by side
UPRIGHT = 24  # characters of a line of a label that is turned upright
LINE, CHARACTER = 8, 3.6  # points: from one line of a label to the next; of a character
COLORS = {COMPLETE: style.OURS, INCOMPLETE: style.ERROR}


def draw(experiments: Path, skill: Path, skill_of_seeds: Path) -> Figure:
    """Draw a panel for each echo.

    Args:
        experiments: tables/experiments.csv; those on the question `masking` are drawn.
        skill: tables/extensions/skill.csv.
        skill_of_seeds: tables/extensions/skill_of_seeds.csv.
    """
    means, points = _read(experiments, skill), _read(experiments, skill_of_seeds)
    panels = list(means.groupby(["model", "n_in", "n_out", "echo"], sort=True))
    widths = [rows["experiment"].nunique() for _, rows in panels]
    figure, grid = style.new_figure(style.DOUBLE, 72, 1, len(panels), width_ratios=widths)
    for index, (axes, ((*_, echo), rows)) in enumerate(zip(grid[0], panels)):
        own = points[points["experiment"].isin(rows["experiment"])]
        _draw_panel(axes, rows, own, WIDTH // sum(widths))
        fitting.panel_title(axes, str(echo), sum(widths) / widths[index])
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
            f" In incomplete windows the lowest mean accuracy is {share(row['accuracy'])} "
            f"({called(row['group'], row['experiment'])}, {row['cells']} cells)."
        )
    return (
        "Missing values: the share of wrong values on held-out sequences, in windows in which no "
        "value is missing and in those in which some are (where these are dropped, they are "
        f"neither trained nor tested). Small: each of {style.count_seeds(points)}; dashes: their "
        "mean with its "
        f"{coverage(means['confidence'].iloc[0])} interval; a rate of 0 is in the grey "
        f"row.{finding}"
    )


def _read(experiments: Path, path: Path) -> pd.DataFrame:
    facts = read_table(experiments)
    facts["echo"] = echoes_of(facts)
    keys = ["experiment", "model", "n_in", "n_out", "echo", "group", "cells"]
    facts = facts[facts["question"] == PART][keys]
    facts["group"] = facts["group"].fillna(facts["experiment"])
    facts = facts.sort_values(["n_in", "n_out", "cells"], kind="stable")
    return facts.merge(read_table(path), on="experiment")


def _draw_panel(axes: Axes, means: pd.DataFrame, points: pd.DataFrame, width: int) -> None:
    labels = means.drop_duplicates("experiment")
    names = labels["experiment"].tolist()
    rates = (1 - means[column].dropna() for column in ("accuracy", "low", "high"))
    zero = style.error_axis(axes, 1 - points["accuracy"], *rates)
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
    _name_places(axes, labels, width)


def _name_places(axes: Axes, labels: pd.DataFrame, width: int) -> None:
    """The groups on the axis, upright if they are narrow, and below them, once, their size."""
    named = naming.names(labels)
    owned = [_own(named[group], named.values()) for group in labels["group"]]
    upright = max(len(word) for own in owned for word in " ".join(own).split()) > width
    line = UPRIGHT if upright else width
    groups = ["\n".join(naming.label(part, line) for part in own) for own in owned]
    turned = 90 if upright else 0
    axes.set_xticks(range(len(labels)), groups, linespacing=fitting.CLOSE, rotation=turned)
    axes.set_xlim(-0.5, len(labels) - 0.5)
    places = labels.assign(place=range(len(labels)))
    sizes = places.groupby("cells", sort=False)["place"].agg(["min", "mean"]).reset_index()
    below = axes.secondary_xaxis(0)
    below.set_xticks(sizes["mean"].tolist(), [f"{count(cells)} cells" for cells in sizes["cells"]])
    below.tick_params(length=0, pad=_depth(groups, upright=upright))
    below.spines[:].set_visible(False)
    for first in sizes["min"].iloc[1:]:
        axes.axvline(first - 0.5, color=style.GRID, linewidth=0.8)


def _depth(groups: Iterable[str], *, upright: bool) -> float:
    """How far labels reach below the axis, in points."""
    if upright:
        return 12 + CHARACTER * max(len(line) for group in groups for line in group.split("\n"))
    return 9 + LINE * max(group.count("\n") + 1 for group in groups)


def _own(group: str, others: Iterable[str]) -> list[str]:
    """The parts of the name of a group without those that all share."""
    parts = [str(other).split(", ") for other in others]
    own = [part for part in str(group).split(", ") if not all(part in other for other in parts)]
    return own or [group]
