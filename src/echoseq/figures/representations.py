"""Linear against one-hot: errors against cells, and how the accuracy of a regression swings."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, NullLocator

from echoseq.figures import fitting, style
from echoseq.tables.columns import complete_windows, echoes_of, read_table
from echoseq.wording import count, coverage, share

TABLES = ("experiments", "skill", "skill_of_seeds", "learning")
PART = "linear"
ECHO = ["model", "n_in", "n_out", "echo"]  # what a panel is about

# By the way of training; shades of one hue for each encoding.
COLORS = {
    "one_hot": ("#0072B2", "#56B4E9", "#003A5C", "#9ECAE1"),
    "linear": ("#D55E00", "#E69F00", "#7A3500", "#F0A07C"),
}
LINES = ("-", "--", ":", "-.")


def draw(experiments: Path, skill: Path, skill_of_seeds: Path, learning: Path) -> Figure:
    """Draw a column for each echo: errors above, training of the regressions below.

    Args:
        experiments: tables/experiments.csv; those on the question `linear` are drawn.
        skill: tables/extensions/skill.csv.
        skill_of_seeds: tables/extensions/skill_of_seeds.csv.
        learning: tables/extensions/learning.csv.
    """
    facts = _facts(experiments)
    means, points = (complete_windows(facts.merge(read_table(p))) for p in (skill, skill_of_seeds))
    curves = facts[facts["encoding"] == "linear"].merge(read_table(learning), on="experiment")
    ways = list(dict.fromkeys(facts["way"]))
    echoes = sorted(set(facts[ECHO].itertuples(index=False, name=None)))
    figure, grid = style.new_figure(style.DOUBLE, 124, 2, len(echoes))
    for column, echo in enumerate(echoes):
        above, below = grid[:, column]
        _draw_errors(above, _of(means, echo), _of(points, echo), ways)
        _draw_training(below, _of(curves, echo), ways)
        fitting.panel_title(above, f"{echo[-1]}, {_model(echo[0])}", len(echoes))
        style.panel_letter(above, column)
        style.panel_letter(below, column + len(echoes))
    grid[0, 0].set_ylabel("wrong values, share (log scale)")
    grid[1, 0].set_ylabel("training accuracy per value")
    style.legend_below(figure, grid[0])
    return figure


def caption(experiments: Path, skill: Path, skill_of_seeds: Path, **_: Path) -> str:
    """What the figure shows; arguments as for `draw`."""
    facts = _facts(experiments)
    means = complete_windows(facts.merge(read_table(skill)))
    points = complete_windows(facts.merge(read_table(skill_of_seeds)))
    found = [
        f"{str(encoding).replace('_', '-')} {share(rows['accuracy'].min())} to "
        f"{share(rows['accuracy'].max())}"
        for encoding, rows in means.groupby("encoding", sort=False)
    ]
    return (
        "Linear representation and one-hot vectors. Above: the share of wrong values on held-out "
        "sequences against cells, for each learning rate, schedule and optimizer; small: each of "
        f"{style.count_seeds(points)}, large: their mean with its "
        f"{coverage(means['confidence'].iloc[0])} interval. Below: training accuracy of the "
        "regressions with the most cells, each seed a line, averaged over spans of epochs, so that "
        f"single epochs swing further. Mean accuracies per value: {'; '.join(found)}."
    )


def _facts(experiments: Path) -> pd.DataFrame:
    facts = read_table(experiments)
    facts["echo"] = echoes_of(facts)
    facts = facts[facts["question"] == PART]
    facts = facts.assign(way=_ways(facts)).sort_values(["learning_rate", "way"], kind="stable")
    return facts[["experiment", *ECHO, "encoding", "way", "cells"]]


def _ways(facts: pd.DataFrame) -> "pd.Series[str]":
    """How each is trained: its learning rate, a schedule, and an optimizer, if few have that."""
    ways = facts["learning_rate"].map("learning rate {:g}".format)
    if "schedule" in facts:
        names = facts["schedule"].str.partition(" ")[0]
        ways = ways.where(names.isna(), ways + ", " + names)
    if "optimizer" in facts:
        usual = facts["optimizer"] == facts["optimizer"].mode().iloc[0]
        ways = ways.where(usual, ways + ", " + facts["optimizer"])
    return ways


def _of(table: pd.DataFrame, echo: Any) -> pd.DataFrame:
    return table[(table[ECHO] == list(echo)).all(axis=1)]


def _model(name: str) -> str:
    return "LSTM" if name == "lstm" else name.replace("_", "-")


def _line(ways: list[str], way: str) -> str:
    return LINES[ways.index(way) % len(LINES)]


def _color(encoding: str, ways: list[str], way: str) -> str:
    shades = COLORS[encoding]
    return shades[ways.index(way) % len(shades)]


def _draw_errors(axes: Axes, means: pd.DataFrame, points: pd.DataFrame, ways: list[str]) -> None:
    ends = (1 - means[end].dropna() for end in ("accuracy", "low", "high"))
    zero = style.error_axis(axes, 1 - points["accuracy"], *ends)
    sizes = sorted(set(means["cells"]))
    axes.set_xscale("log")
    # Side by side, in a row that has the size in its middle.
    looks = sorted(set(zip(means["encoding"], means["way"], strict=True)))
    for (encoding, way), rows in means.groupby(["encoding", "way"], sort=True):
        ordered = rows.sort_values("cells")
        shift = 1.05 ** (looks.index((encoding, way)) - (len(looks) - 1) / 2)
        x, color = ordered["cells"] * shift, _color(str(encoding), ways, str(way))
        own = points[(points["encoding"] == encoding) & (points["way"] == way)]
        axes.scatter(
            own["cells"] * shift * 1.02 ** _apart(own),
            (1 - own["accuracy"]).clip(lower=zero),
            s=6,
            color=color,
            alpha=0.5,
            linewidth=0,
        )
        label = f"{str(encoding).replace('_', '-')}, {way}"
        errors = (1 - ordered["accuracy"]).clip(lower=zero)
        axes.plot(
            x, errors, _line(ways, str(way)), color=color, marker="o", markersize=3.5, label=label
        )
        low, high = ((1 - ordered[end]).clip(lower=zero) for end in ("high", "low"))
        axes.vlines(x, low, high, color=color, linewidth=1)
    axes.xaxis.set_major_locator(FixedLocator(sizes))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xticklabels([count(size) for size in sizes])
    axes.set_xlim(sizes[0] / 1.3, sizes[-1] * 1.3)
    axes.set_xlabel("cells (log scale)")


def _apart(points: pd.DataFrame) -> np.ndarray:
    """Where a seed is among those of its experiment, from -1 to 1."""
    order = points.groupby("experiment").cumcount()
    last = points.groupby("experiment")["seed"].transform("size") - 1
    return (2 * order / last.clip(lower=1) - (last > 0)).to_numpy()


def _draw_training(axes: Axes, curves: pd.DataFrame, ways: list[str]) -> None:
    axes.set_ylim(0, 1.02)
    fitting.epoch_axis(axes)
    axes.set_xlabel("epoch")
    axes.grid(axis="y", color=style.GRID, linewidth=0.5)
    axes.set_axisbelow(True)
    if curves.empty:
        axes.text(0.5, 0.5, "no regression of this echo", transform=axes.transAxes, ha="center")
        return
    largest = curves[curves["cells"] == curves["cells"].max()]
    for (way, *_), run in largest.groupby(["way", "experiment", "seed"]):
        color = _color("linear", ways, way)
        axes.plot(run["epoch"], run["accuracy"], color=color, linewidth=0.5, alpha=0.8)
    axes.set_title(f"{count(largest['cells'].iloc[0])} cells", fontweight="normal")
