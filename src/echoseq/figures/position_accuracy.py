"""Errors at each echoed position: every seed as a point, and the mean with its interval."""

from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from echoseq.figures import fitting, style
from echoseq.tables.columns import EXACT_MATCH, complete_windows, exact_matches, read_table
from echoseq.wording import coverage, the, with_interval

TABLES = ("seeds", "summary")
PART = "study"


def draw(seeds: Path, summary: Path) -> Figure:
    """Draw one panel for each experiment.

    Args:
        seeds: tables/seeds.csv.
        summary: tables/summary.csv.
    """
    points, means = _read(seeds), _read(summary)
    names = means["experiment"].drop_duplicates().tolist()
    positions = means["experiment"].value_counts()
    rows, columns = -(-len(names) // 2), min(2, len(names))
    widths = [positions[names[side::2]].max() + 1 for side in range(columns)]
    figure, axes = style.new_figure(style.DOUBLE, 60 * rows + 8, rows, columns, width_ratios=widths)
    for panel in axes.flat[len(names) :]:
        panel.set_visible(False)
    for index, (panel, name) in enumerate(zip(axes.flat, names)):
        panel_points = points[points["experiment"] == name]
        _draw_panel(panel, panel_points, means[means["experiment"] == name])
        fitting.panel_title(panel, style.title(name), sum(widths) / widths[index % columns])
        style.panel_letter(panel, index)
    style.legend_below(figure, axes.flat)
    return figure


def caption(seeds: Path, summary: Path) -> str:
    """What the figure shows; arguments as for `draw`."""
    points, means = _read(seeds), _read(summary)
    exact = exact_matches(means)
    found = [
        f"{with_interval(row['mean'], row['low'], row['high'])} for {the(row['experiment'])}"
        + ("" if np.isfinite(row["low"]) else " (one seed, so no interval)")
        for row in exact.to_dict("records")
    ]
    return (
        "Share of wrong answers at each echoed position, and of windows with any (the rest are "
        "exact matches), on held-out sequences. Small points: each of "
        f"{style.count_seeds(points)}, in order; large points: their mean with its "
        f"{coverage(means['confidence'].iloc[0])} interval, from a bootstrap "
        f"over seeds and sequences. The mean exact match is {'; '.join(found)}."
    )


def _read(path: Path) -> pd.DataFrame:
    return complete_windows(read_table(path))


def _draw_panel(axes: Axes, points: pd.DataFrame, means: pd.DataFrame) -> None:
    places = np.arange(len(means))
    accuracy = points.pivot(index="seed", columns="position", values="accuracy")[means["position"]]
    ends = (1 - means[end].dropna() for end in ("mean", "low", "high"))
    zero = style.error_axis(axes, 1 - accuracy.to_numpy().ravel(), *ends)
    # Seeds are drawn side by side, because equal values would hide each other.
    offsets = np.linspace(0.08, 0.38, len(accuracy)) if len(accuracy) > 1 else np.array([0.2])
    axes.scatter(
        (places[:, None] + offsets).ravel(),
        np.maximum(1 - accuracy.to_numpy().T.ravel(), zero),
        s=6,
        color=style.OURS_LIGHT,
        edgecolor=style.OURS,
        linewidth=0.4,
        clip_on=False,
        zorder=3,
        label=f"each of {len(accuracy)} seeds, in order",
    )
    _draw_means(axes, means, zero)
    chance = means["chance"].iloc[0]
    label = f"chance at one position, {1 - chance:.2g}"
    axes.axhline(1 - chance, color=style.CHANCE, linestyle=":", label=label)
    axes.set_xticks(places, ["whole\nanswer" if p == EXACT_MATCH else p for p in means["position"]])
    axes.set_xlim(-0.5, len(places) - 0.4)
    axes.set_xlabel("position in the answer")
    axes.set_ylabel("wrong answers, share (log scale)")


def _draw_means(axes: Axes, means: pd.DataFrame, zero: float) -> None:
    """Means over seeds with their intervals, a little to the left of the seeds."""
    places = np.arange(len(means))
    mean = np.maximum(1 - means["mean"].to_numpy(), zero)
    ends = np.abs(np.maximum(1 - means[["high", "low"]].to_numpy().T, zero) - mean)
    confidence = means["confidence"].iloc[0]
    axes.errorbar(
        places - 0.12,
        mean,
        yerr=np.nan_to_num(ends),
        fmt="o",
        color=style.OURS,
        markersize=3.5,
        capsize=2,
        linewidth=1,
        clip_on=False,
        zorder=4,
        label=f"mean with {coverage(confidence)} interval"
        if np.isfinite(ends).all()
        else "mean (no interval for one seed)",
    )
