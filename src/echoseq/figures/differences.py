"""Differences in exact match from the base, one row for each experiment, with intervals."""

from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from echoseq.figures import style
from echoseq.tables.columns import exact_matches, read_table
from echoseq.wording import spread

TABLES = ("comparisons", "experiments")
PART = "extensions"


def draw(comparisons: Path, experiments: Path) -> Figure:
    """Draw the experiments, grouped by their questions.

    Args:
        comparisons: tables/comparisons.csv; its exact match is drawn.
        experiments: tables/experiments.csv, for the questions.
    """
    rows = _read(comparisons, experiments)
    # An empty row above each group, for the name of its question.
    first = rows["question"] != rows["question"].shift()
    places = rows.index + 2 * first.cumsum()
    figure, grid = style.new_figure(style.DOUBLE, 4 * places.max() + 20, 1, 1)
    axes = grid[0, 0]
    colors = rows["question"].map(style.question_colors(rows["question"]))
    axes.hlines(places, rows["low"], rows["high"], color=colors, linewidth=1.4)
    axes.scatter(rows["difference"], places, s=12, color=colors, zorder=3)
    heads = places[first] - 1
    axes.set_yticks([*places, *heads], [*rows["experiment"], *rows["question"].drop_duplicates()])
    for label in axes.get_yticklabels()[len(places) :]:
        label.set_fontweight("bold")
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(places.max() + 1, 0)
    axes.axvline(0, color=style.CHANCE, linewidth=0.8)
    axes.grid(axis="x", color=style.GRID, linewidth=0.5)
    axes.set_axisbelow(True)
    axes.set_xlabel(
        "difference in exact match to the base, paired by seed, "
        f"with {rows['confidence'].iloc[0]:.0%} interval"
    )
    return figure


def caption(comparisons: Path, experiments: Path) -> str:
    """What the figure shows; arguments as for `draw`."""
    rows = _read(comparisons, experiments)
    below, above = int((rows["high"] < 0).sum()), int((rows["low"] > 0).sum())
    return (
        "Every experiment on the open questions against its base: difference in exact match, "
        f"paired by seed and held-out sequence, with its {rows['confidence'].iloc[0]:.0%} interval "
        f"(n = {spread(rows['seeds'], str)} seeds). Of {len(rows)} intervals, {below} "
        f"lie wholly below 0 (worse than the base) and {above} wholly above."
    )


def _read(comparisons: Path, experiments: Path) -> pd.DataFrame:
    questions = read_table(experiments)[["experiment", "question"]]
    rows = exact_matches(read_table(comparisons)).merge(questions, on="experiment")
    rows = rows.fillna({"question": "other"})
    return rows.sort_values(["question", "base", "experiment"], ignore_index=True)
