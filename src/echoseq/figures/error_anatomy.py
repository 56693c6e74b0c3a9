"""What errors look like: in which windows, at which position, and what was answered instead."""

from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from echoseq.figures import fitting, naming, style
from echoseq.tables.columns import read_table
from echoseq.wording import coverage, plural

TABLES = ("errors", "experiments")
PART = "study"

# The splits of tables/errors.csv, and the axis labels of their rates.
SPLITS = {
    "repeat": "window with a\nrepeated value?",
    "position": "position in the answer",
    "offset": "answered instead: the value\nso many places further on",
    "distance": "answered instead:\nintegers away",
}
ELSEWHERE = "not in the window"
NO_ERRORS = "no wrong values"
# Where answers have no place to count from: asked for by position, or by a function of one's own.
NO_PLACES, ANY_PLACES = (
    "not values of the window",
    "a function says which,\nso places are not known",
)


def draw(errors: Path, experiments: Path) -> Figure:
    """Draw a row of panels for each experiment.

    Args:
        errors: tables/errors.csv (experiment, split, group, part, whole, rate, low, high,
            confidence, chance).
        experiments: tables/experiments.csv, for whether positions are asked for.
    """
    table = read_table(errors)
    asked = read_table(experiments).set_index("experiment")["asked_positions"]
    names = table["experiment"].drop_duplicates().tolist()
    widths = [
        max(2.2, float(table[table["split"] == s].groupby("experiment").size().max()) / 2)
        for s in SPLITS
    ]
    figure, grid = style.new_figure(
        style.DOUBLE, 47 * len(names) + 6, len(names), len(SPLITS), width_ratios=widths
    )
    for row, name in enumerate(names):
        rates = table[table["experiment"] == name]
        for column, split in enumerate(SPLITS):
            axes = grid[row, column]
            _draw_rates(
                axes, _groups(rates, split), ANY_PLACES if pd.isna(asked[name]) else NO_PLACES
            )
            axes.set_xlabel(SPLITS[split])
            style.panel_letter(axes, len(SPLITS) * row + column)
        fitting.panel_title(grid[row, 0], style.title(name), sum(widths) / widths[0])
        grid[row, 0].set_ylabel("wrong values, %")
        grid[row, 2].set_ylabel("% of wrong values")
    return figure


def caption(errors: Path, experiments: Path) -> str:  # noqa: ARG001 - called as `draw` is
    """What the figure shows; arguments as for `draw`."""
    table = read_table(errors)
    found = [
        _described(str(name), group) for name, group in table.groupby("experiment", sort=False)
    ]
    return (
        "Anatomy of the errors on held-out sequences: the rate of wrong values in windows with and "
        "without a repeated value and at each position; and, of the wrong values, the share whose "
        "answer is another value of the same window, by its place, and the share by distance in "
        f"integers. Points: all seeds together, with the {coverage(table['confidence'].iloc[0])} "
        "interval of a bootstrap over seeds and sequences (none for one seed); grey: the share if "
        f"wrong answers were drawn at random. {' '.join(found)}"
    )


def _described(name: str, table: pd.DataFrame) -> str:
    difference = table[(table["split"] == "repeat") & table["group"].str.contains(" less ")]
    row = difference.to_dict("records")[0]
    errors = table[(table["split"] == "position")]["part"].sum()
    sentence = f"{style.title(name)}: {plural(int(errors), 'wrong value')}"
    if np.isfinite(row["rate"]):
        points = naming.signed(f"{100 * row['rate']:+.2f}")
        sentence += f", {points} percentage points in windows with a repeated value"
    if np.isfinite(row["low"]):
        sentence += naming.signed(f" ({100 * row['low']:+.2f} to {100 * row['high']:+.2f})")
    near = table[(table["split"] == "offset") & table["group"].isin(["-1", "+1"])]
    if errors and (table["split"] == "offset").any():
        sentence += f", {near['part'].sum()} of them the value one place before or after it"
    return sentence + "."


def _groups(table: pd.DataFrame, split: str) -> pd.DataFrame:
    rows = table[(table["split"] == split) & ~table["group"].str.contains(" less ")]
    names = {ELSEWHERE: "else", "21 or more": "21+", "repeated": "yes", "distinct": "no"}
    labels = rows["group"].replace(names).map(naming.signed)
    return rows.assign(label=labels.str.replace(" to ", "\u2013"))


def _draw_rates(axes: Axes, rates: pd.DataFrame, unplaced: str) -> None:
    """Draw rates as points, or why there are none; `unplaced` if there are no groups."""
    places = np.arange(len(rates))
    percent = 100 * rates[["rate", "low", "high", "chance"]].to_numpy()
    axes.vlines(places, percent[:, 1], percent[:, 2], color=style.ERROR, linewidth=1)
    axes.plot(places, percent[:, 0], "o", color=style.ERROR, markersize=3.5)
    axes.plot(places, percent[:, 3], "_", color=style.CHANCE, markersize=9, markeredgewidth=1.4)
    axes.set_xticks(places, rates["label"])
    axes.set_xlim(-0.6, len(rates) - 0.4)
    if np.isnan(percent[:, 0]).all():
        reason = NO_ERRORS if len(rates) else unplaced
        axes.text(0.5, 0.5, reason, transform=axes.transAxes, ha="center", color=style.CHANCE)
    top = np.nanmax(percent, initial=0)
    axes.set_ylim(-0.03 * (top or 1), 1.08 * (top or 1))
    axes.grid(axis="y", color=style.GRID, linewidth=0.5)
