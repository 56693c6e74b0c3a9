"""Differences in exact match to the base, one row for each experiment, with intervals."""

from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from echoseq.figures import style


def draw(comparisons: Path, experiments: Path) -> Figure:
    """Draw the experiments, grouped by their questions.

    Args:
        comparisons: tables/comparisons.csv; its exact match is drawn.
        experiments: tables/experiments.csv, for the questions.
    """
    table = pd.read_csv(comparisons, dtype={"position": str})
    exact = table[table["position"] == "all"]
    questions = pd.read_csv(experiments)[["experiment", "question"]]
    rows = exact.merge(questions, on="experiment").fillna({"question": "other"})
    rows = rows.sort_values(["question", "base", "experiment"], ignore_index=True)
    # A free row above each group, for the name of its question.
    group = (rows["question"] != rows["question"].shift()).cumsum()
    places = rows.index + 2 * group
    figure, grid = style.new_figure(style.DOUBLE_WIDTH, 0.16 * places.max() + 0.8, 1, 1)
    axes = grid[0, 0]
    axes.hlines(places, rows["low"], rows["high"], color=style.OURS, linewidth=1.4)
    axes.plot(rows["difference"], places, "o", color=style.OURS, markersize=3.5)
    heads = places[rows["question"] != rows["question"].shift()] - 1
    axes.set_yticks([*places, *heads], [*rows["experiment"], *rows["question"].drop_duplicates()])
    for label in axes.get_yticklabels()[len(places) :]:
        label.set_fontweight("bold")
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(places.max() + 1, 0)
    axes.axvline(0, color=style.CHANCE, linewidth=0.8)
    axes.grid(axis="x", color="#E3E3E3", linewidth=0.5)
    axes.set_axisbelow(True)
    axes.set_xlabel(
        "difference in exact match to the base, paired by seed, "
        f"with {rows['confidence'].iloc[0]:.0%} interval"
    )
    return figure
