"""Accuracy at each position of longer echoes: every seed thin, the mean thick."""

from itertools import cycle
from pathlib import Path

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from echoseq.figures import style


def draw(seeds: Path, summary: Path, experiments: Path) -> Figure:
    """Draw a panel for each window length.

    Args:
        seeds: tables/extensions/seeds.csv.
        summary: tables/extensions/summary.csv.
        experiments: tables/experiments.csv; those on the question `longer`, and their bases.
    """
    facts = pd.read_csv(experiments)
    longer = facts[facts["question"] == "longer"]
    shown = facts[facts["experiment"].isin([*longer["experiment"], *longer["compare_to"]])]
    points = _positions(seeds).merge(shown[["experiment", "n_in"]])
    means = _positions(summary).merge(shown[["experiment", "n_in"]])
    lengths = sorted(shown["n_in"].unique())
    figure, grid = style.new_figure(
        style.DOUBLE_WIDTH, 2.8, 1, max(len(lengths), 1), sharey=True, width_ratios=lengths or [1]
    )
    for index, (axes, n_in) in enumerate(zip(grid[0], lengths)):
        _draw_panel(axes, points[points["n_in"] == n_in], means[means["n_in"] == n_in])
        axes.set_title(f"Windows of {n_in}")
        style.panel_letter(axes, index)
    grid[0, 0].set_ylabel("accuracy on held-out sequences")
    return figure


def _positions(path: Path) -> pd.DataFrame:
    table = pd.read_csv(path, dtype={"position": str})
    table = table[(table["position"] != "all") & (table["windows"] == "complete")]
    return table.assign(position=table["position"].astype(int))


def _draw_panel(axes: Axes, points: pd.DataFrame, means: pd.DataFrame) -> None:
    for color, (name, group) in zip(cycle(style.GROUPS), means.groupby("experiment")):
        for _, run in points[points["experiment"] == name].groupby("seed"):
            axes.plot(run["position"], run["accuracy"], color=color, linewidth=0.5, alpha=0.45)
        axes.plot(
            group["position"], group["mean"], "o-", color=color, markersize=3, label=str(name)
        )
    axes.set_xticks(range(1, int(means["position"].max()) + 1))
    axes.set_ylim(-0.03, 1.05)
    axes.set_xlabel("echoed position (1 = oldest)")
    axes.grid(axis="y", color="#E3E3E3", linewidth=0.5)
    axes.legend(frameon=False, fontsize=6, loc="lower left")
