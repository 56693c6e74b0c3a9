"""Accuracy at each position of longer echoes: every seed thin, the mean thick."""

from pathlib import Path

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from echoseq.figures import style
from echoseq.tables.columns import EXACT_MATCH, complete_windows, read_table
from echoseq.wording import share, spoken

TABLES = ("seeds", "summary", "experiments")
PART = "extensions"

Color = tuple[float, float, float, float]


def draw(seeds: Path, summary: Path, experiments: Path) -> Figure:
    """Draw a panel for each window length and size of the network.

    Args:
        seeds: tables/extensions/seeds.csv.
        summary: tables/extensions/summary.csv.
        experiments: tables/experiments.csv; only the question `longer` and its bases are drawn.
    """
    shown = _shown(experiments)
    points, means = _positions(seeds).merge(shown), _positions(summary).merge(shown)
    sizes = shown[["n_in", "cells"]].drop_duplicates().sort_values(["n_in", "cells"])
    panels = [(int(n_in), int(cells)) for n_in, cells in sizes.to_numpy()] or [(1, 1)]
    figure, grid = style.new_figure(
        style.DOUBLE, 66, 1, len(panels), sharey=True, width_ratios=[n_in + 3 for n_in, _ in panels]
    )
    colors = _colors(shown["n_out"])
    for index, (axes, (n_in, cells)) in enumerate(zip(grid[0], panels)):
        panel_tables = (t[(t["n_in"] == n_in) & (t["cells"] == cells)] for t in (points, means))
        _draw_panel(axes, *panel_tables, colors=colors)
        axes.set_title(f"{n_in} values\n{cells} cells")
        axes.set_xlim(0.7, n_in + 0.9)
        axes.set_xticks(range(1, n_in + 1))
        style.panel_letter(axes, index)
    grid[0, 0].set_ylabel("accuracy on held-out sequences")
    return figure


def caption(seeds: Path, summary: Path, experiments: Path) -> str:
    """What the figure shows; arguments as for `draw`."""
    shown = _shown(experiments)
    points, means = _positions(seeds).merge(shown), _positions(summary).merge(shown)
    lowest = means.sort_values("mean").to_dict("records")[0]
    return (
        "Longer echoes with the encoder-decoder: accuracy at each echoed position on held-out "
        f"sequences, a panel for each window and size of the network. Thin: each of "
        f"{style.count_seeds(points)}; thick: their mean, labelled with the number of values to "
        "echo; the intervals are in the table. The lowest mean is "
        f"{share(lowest['mean'])}, at position {lowest['position']} of {lowest['n_out']} "
        f"({spoken(lowest['experiment'])})."
    )


def _shown(experiments: Path) -> pd.DataFrame:
    facts = read_table(experiments)
    longer = facts[facts["question"] == "longer"]
    shown = facts[facts["experiment"].isin([*longer["experiment"], *longer["compare_to"]])]
    return shown[["experiment", "n_in", "n_out", "cells"]]


def _positions(path: Path) -> pd.DataFrame:
    table = complete_windows(read_table(path))
    table = table[table["position"] != EXACT_MATCH]
    return table.assign(position=table["position"].astype(int))


def _colors(lengths: pd.Series) -> dict[int, Color]:
    """Dark to light by length of the echo, the same in all panels."""
    ordered = sorted(set(lengths))
    scale = mpl.colormaps["cividis"]
    return {n: scale(0.85 * i / max(1, len(ordered) - 1)) for i, n in enumerate(ordered)}


def _draw_panel(
    axes: Axes, points: pd.DataFrame, means: pd.DataFrame, *, colors: dict[int, Color]
) -> None:
    for name, group in means.groupby("experiment", sort=False):
        n_out = int(group["n_out"].iloc[0])
        color = colors[n_out]
        for _, run in points[points["experiment"] == name].groupby("seed"):
            axes.plot(run["position"], run["accuracy"], color=color, linewidth=0.5, alpha=0.45)
        axes.plot(
            group["position"], group["mean"], "o-", color=color, markersize=3, label=str(name)
        )
        end = group.sort_values("position").to_dict("records")[-1]
        axes.annotate(
            str(n_out),
            (end["position"], end["mean"]),
            xytext=(4, 0),
            textcoords="offset points",
            va="center",
            color=color,
            fontsize=style.SMALL,
        )
    axes.set_ylim(-0.03, 1.05)
    axes.set_xlabel("position (1 = oldest)")
    axes.grid(axis="y", color=style.GRID, linewidth=0.5)
