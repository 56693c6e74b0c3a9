"""What is learned first and lost first: accuracy by position and kinds of errors while training."""

from pathlib import Path

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from echoseq.figures import fitting, style
from echoseq.tables.columns import EXACT_MATCH, complete_windows, options_of, read_table
from echoseq.tables.errors import FOREIGN, OTHER, REPEAT, SWAP
from echoseq.wording import count, coverage, percent

TABLES = ("experiments", "errors", "seeds", "summary")
PART = "lost"

KINDS = {
    REPEAT: ("a neighbour's answer repeated", style.OURS),
    SWAP: ("two values swapped", style.REFERENCE),
    OTHER: ("another value of the window", style.OURS_LIGHT),
    FOREIGN: ("a foreign value", style.ERROR),
}
ECHO = ["n_in", "n_out", "echo"]
NETWORK = ["model", "options", "cells"]  # what makes two of an echo different networks
POSITIONS = mpl.colormaps["viridis"]


def draw(experiments: Path, errors: Path, seeds: Path, summary: Path) -> Figure:
    """Draw two panels for each echo: accuracy by position, and below it the kinds of errors.

    Args:
        experiments: tables/experiments.csv; those on the question `lost` are drawn.
        errors: tables/extensions/errors.csv.
        seeds: tables/extensions/seeds.csv.
        summary: tables/extensions/summary.csv.
    """
    means, points = (_accuracies(experiments, path) for path in (summary, seeds))
    kinds = _kinds(experiments, errors)
    echoes = _echoes(means)
    figure, grid = style.new_figure(style.DOUBLE, 112, 2, len(echoes), sharey="row")
    for column, echo in enumerate(echoes):
        above, below = grid[:, column]
        _draw_accuracies(above, _of(echo, means), _of(echo, points))
        fitting.panel_title(above, echo[2], len(echoes))
        _draw_kinds(below, _of(echo, kinds))
        below.set_xlabel("epochs of training")
        for row, axes in enumerate((above, below)):
            style.panel_letter(axes, row * len(echoes) + column)
    grid[0, 0].set_ylabel("accuracy at each position")
    grid[1, 0].set_ylabel("share of the wrong values")
    style.legend_below(figure, [grid[0, 0], grid[1, 0]])
    return figure


def caption(experiments: Path, errors: Path, seeds: Path, summary: Path) -> str:
    """What the figure shows; arguments as for `draw`."""
    means, points = (_accuracies(experiments, path) for path in (summary, seeds))
    kinds = _kinds(experiments, errors)
    found = []
    for echo in _echoes(means):
        own = _of(echo, kinds)
        first, last = (own[own["epochs"] == own["epochs"].agg(end)] for end in ("min", "max"))
        found.append(
            f"{echo[2]}: {_repeats(first)} of the wrong values repeat a neighbour's "
            f"answer after {count(first['epochs'].iloc[0])} epochs, {_repeats(last)} after "
            f"{count(last['epochs'].iloc[0])}."
        )
    confidence = means["confidence"].iloc[0]
    return (
        "What is learned first, and what is lost first: the same networks after more and more "
        f"epochs of training, {style.count_seeds(points)} each. Above: accuracy at each position "
        "of the answer on held-out sequences, from the first (dark) to the last, the mean over "
        "seeds with its "
        f"{coverage(confidence)} interval (shaded), and every seed (dots); dashed: the "
        "most that one answer for all positions can reach. Below: the wrong values by kind, with "
        f"their number above each bar. {' '.join(found)}"
    )


def _accuracies(experiments: Path, path: Path) -> pd.DataFrame:
    """Accuracy by position of the experiments on the question, with their epochs and echo."""
    table = complete_windows(read_table(path))
    return _about(experiments).merge(table[table["position"] != EXACT_MATCH], on="experiment")


def _kinds(experiments: Path, errors: Path) -> pd.DataFrame:
    table = read_table(errors).rename(columns={"group": "kind"})
    return _about(experiments).merge(table[table["split"] == "kind"], on="experiment")


def _about(experiments: Path) -> pd.DataFrame:
    facts = read_table(experiments)
    facts = facts[facts["question"] == PART]
    facts = facts.assign(options=options_of(facts))
    courses = facts.groupby([*ECHO, *NETWORK], dropna=False)["epochs"]
    facts = facts.assign(times=courses.transform("nunique"))
    # of each echo, the network that was stopped most often: one told the step, say, is another
    chosen = facts.sort_values("times", ascending=False, kind="stable").drop_duplicates(ECHO)
    course = facts.merge(chosen[[*ECHO, *NETWORK]]).drop_duplicates([*ECHO, "epochs"])
    return course.sort_values("epochs", kind="stable")[["experiment", "epochs", *ECHO]]


def _echoes(table: pd.DataFrame) -> list[tuple[int, int, str]]:
    return sorted(set(zip(table["n_out"], table["n_in"], table["echo"], strict=True)))


def _of(echo: tuple[int, int, str], table: pd.DataFrame) -> pd.DataFrame:
    return table[(table[["n_out", "n_in", "echo"]] == list(echo)).all(axis=1)]


def _repeats(rows: pd.DataFrame) -> str:
    row = rows[rows["kind"] == REPEAT].to_dict("records")[0]
    return percent(row["rate"]) if row["whole"] else "none"


def _draw_accuracies(axes: Axes, means: pd.DataFrame, points: pd.DataFrame) -> None:
    positions = sorted(means["position"].unique(), key=int)
    steps = {int(epochs): place for place, epochs in enumerate(sorted(means["epochs"].unique()))}
    # beside the line, and as near to it however few steps there are
    shifts = style.spread_out(len(positions), 0.03 * len(steps))
    for place, position in enumerate(positions):
        color = POSITIONS(0.9 * place / max(len(positions) - 1, 1))
        rows = means[means["position"] == position]
        x = rows["epochs"].map(steps)
        label = {0: "first position", len(positions) - 1: "last position"}.get(place)
        axes.plot(x, rows["mean"], "-", color=color, label=label)
        axes.fill_between(x, rows["low"], rows["high"], color=color, alpha=0.2, linewidth=0)
        own = points[points["position"] == position]
        x = own["epochs"].map(steps) + shifts[place]
        axes.scatter(x, own["accuracy"], s=3, color=color, alpha=0.6, linewidth=0)
    axes.axhline(1 / len(positions), color=style.CHANCE, linestyle="--", linewidth=0.8)
    axes.set_ylim(-0.02, 1.02)
    _epochs_axis(axes, steps)


def _draw_kinds(axes: Axes, kinds: pd.DataFrame) -> None:
    steps = {int(epochs): place for place, epochs in enumerate(sorted(kinds["epochs"].unique()))}
    bottom = np.zeros(len(steps))
    for kind, (label, color) in KINDS.items():
        rows = kinds[kinds["kind"] == kind]
        heights = rows["rate"].fillna(0).to_numpy()
        axes.bar(list(steps.values()), heights, 0.7, bottom, color=color, label=label)
        bottom += heights
    wrong = kinds[kinds["kind"] == REPEAT]
    for place, whole in zip(steps.values(), wrong["whole"], strict=True):
        axes.annotate(
            count(whole),
            (place, 1),
            xytext=(0, 1.5),
            textcoords="offset points",
            ha="center",
            fontsize=6,
            color=style.CHANCE,
        )
    axes.set_ylim(0, 1.08)
    _epochs_axis(axes, steps)


def _epochs_axis(axes: Axes, steps: dict[int, int]) -> None:
    axes.set_xticks(list(steps.values()), [count(epochs) for epochs in steps])
    axes.set_xlim(-0.5, len(steps) - 0.5)
    axes.grid(axis="y", color=style.GRID, linewidth=0.5)
    axes.set_axisbelow(True)
