"""What skill costs: exact match against parameters, and against epochs to learn."""

from itertools import cycle
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from echoseq.figures import style


def draw(seeds: Path, runs: Path, experiments: Path) -> Figure:
    """Draw every run as a point, coloured by its question.

    Args:
        seeds: tables/extensions/seeds.csv.
        runs: tables/extensions/runs.csv.
        experiments: tables/experiments.csv, for the questions.
    """
    table = pd.read_csv(seeds, dtype={"position": str})
    exact = table[(table["position"] == "all") & (table["windows"] == "complete")]
    questions = pd.read_csv(experiments)[["experiment", "question"]].fillna("study")
    points = exact.merge(pd.read_csv(runs), on=["experiment", "seed"]).merge(questions)
    figure, grid = style.new_figure(style.DOUBLE_WIDTH, 3.0, 1, 2, sharey=True)
    never = points["epochs"].max() * 2.5  # beyond every run
    for color, (question, group) in zip(cycle(style.GROUPS), points.groupby("question")):
        look = {"s": 9, "color": color, "alpha": 0.7, "linewidth": 0, "label": question}
        grid[0, 0].scatter(group["parameters"], group["accuracy"], **look)
        grid[0, 1].scatter(group["epochs_to_learn"].fillna(never), group["accuracy"], **look)
    for index, axes in enumerate(grid[0]):
        axes.set_xscale("log")
        axes.grid(color="#E3E3E3", linewidth=0.5)
        axes.set_axisbelow(True)
        style.panel_letter(axes, index)
    grid[0, 0].set_ylabel("exact match on held-out sequences")
    grid[0, 0].set_xlabel("parameters")
    grid[0, 1].set_xlabel("epochs to learn")
    grid[0, 1].axvline(never / 1.6, color=style.CHANCE, linewidth=0.8)
    grid[0, 1].annotate(
        "never",
        (never, 1.02),
        xycoords=grid[0, 1].get_xaxis_transform(),
        ha="center",
        fontsize=6.5,
        annotation_clip=False,
    )
    grid[0, 1].set_xlim(right=never * 1.6)
    style.legend_below(figure, grid.flat)
    return figure
