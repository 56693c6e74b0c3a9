"""What skill costs: exact match against parameters, and against epochs to learn."""

from pathlib import Path

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from echoseq.figures import style
from echoseq.tables.columns import complete_windows, exact_matches, read_table

TABLES = ("seeds", "runs", "experiments")
PART = "extensions"

STUDY = "study"  # in place of a question, for experiments without one


def draw(seeds: Path, runs: Path, experiments: Path) -> Figure:
    """Draw every run as a point, coloured by its question.

    Args:
        seeds: tables/extensions/seeds.csv.
        runs: tables/extensions/runs.csv.
        experiments: tables/experiments.csv, for the questions.
    """
    points = _read(seeds, runs, experiments)
    figure, grid = style.new_figure(style.DOUBLE, 76, 1, 2, sharey=True)
    never = points["epochs"].max() * 2.5  # beyond every run
    colors = style.question_colors(set(points["question"]) - {STUDY}) | {STUDY: style.OURS}
    for question, group in points.groupby("question"):
        color = colors[str(question)]
        look = {"s": 9, "color": color, "alpha": 0.7, "linewidth": 0, "label": question}
        grid[0, 0].scatter(group["parameters"], group["accuracy"], **look)
        grid[0, 1].scatter(group["epochs_to_learn"].fillna(never), group["accuracy"], **look)
    for index, axes in enumerate(grid[0]):
        axes.set_xscale("log")
        axes.grid(color=style.GRID, linewidth=0.5)
        axes.set_axisbelow(True)
        style.panel_letter(axes, index)
    grid[0, 0].set_ylabel("exact match on held-out sequences")
    grid[0, 0].set_xlabel("parameters")
    grid[0, 1].set_xlabel("epochs to learn")
    _mark_never(grid[0, 1], never)
    style.legend_below(figure, grid.flat)
    return figure


def caption(seeds: Path, runs: Path, experiments: Path) -> str:
    """What the figure shows; arguments as for `draw`."""
    points = _read(seeds, runs, experiments)
    learned = points["epochs_to_learn"].notna().sum()
    return (
        f"What skill costs: exact match of each of {len(points)} runs ({style.count_seeds(points)} "
        "per experiment) against its parameters and against the epochs it took to learn. Every run "
        f"is a point, so there is no interval. {learned} runs learn within their epochs; the "
        "others are beyond the line."
    )


def _mark_never(axes: Axes, never: float) -> None:
    """Mark off the runs that never learned."""
    axes.axvline(never / 1.6, color=style.CHANCE, linewidth=0.8)
    place = axes.get_xaxis_transform()
    axes.annotate(
        "never",
        (never, 1.02),
        xycoords=place,
        ha="center",
        fontsize=style.SMALL,
        annotation_clip=False,
    )
    axes.set_xlim(right=never * 1.6)


def _read(seeds: Path, runs: Path, experiments: Path) -> pd.DataFrame:
    exact = exact_matches(complete_windows(read_table(seeds)))
    questions = read_table(experiments)[["experiment", "question"]].fillna(STUDY)
    return exact.merge(read_table(runs), on=["experiment", "seed"]).merge(questions)
