"""What others published beside what is found here: every run of both, and the verdicts."""

from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullFormatter

from echoseq.answers.published import NOT_MET, measure_of, tally
from echoseq.answers.published_runs import BOUNDS, OURS, THEIRS
from echoseq.figures import style
from echoseq.tables.columns import read_table
from echoseq.wording import capitalized, coverage, plural, spoken

TABLES = ("published", "published_runs")
PART = "published"

NOTHING = "There is no experiment of which others published something."
LOSSES = ("loss", "training_loss")
ROW, HEAD = 9.5, 17  # mm of a result, and of what a panel has besides
SIDES = {
    THEIRS: ("theirs, each run", style.REFERENCE, 0.17),
    OURS: ("ours, each seed", style.OURS, -0.17),
}
LEAST = 1e-4  # where losses of less are drawn


def draw(published: Path, published_runs: Path) -> Figure:
    """Draw a row for each result: shares in one panel, losses in another.

    Args:
        published: tables/published.csv.
        published_runs: tables/published_runs.csv.
    """
    table, runs = read_table(published), read_table(published_runs)
    if table.empty:
        return style.nothing(NOTHING)
    loss = table["measure"].isin(LOSSES)
    parts = [rows for rows in (table[~loss], table[loss]) if len(rows)]
    heights = [len(rows) for rows in parts]
    figure, grid = style.new_figure(
        style.DOUBLE,
        ROW * sum(heights) + HEAD * len(parts),
        len(parts),
        1,
        height_ratios=[height + 0.8 for height in heights],
    )
    for index, (axes, rows) in enumerate(zip(grid[:, 0], parts, strict=True)):
        _draw_panel(axes, rows, runs)
        style.panel_letter(axes, index)
    style.legend_below(figure, grid.flat)
    return figure


def caption(published: Path, published_runs: Path) -> str:
    """What the figure shows; arguments as for `draw`."""
    table, runs = read_table(published), read_table(published_runs)
    if table.empty:
        return NOTHING
    counted = ", ".join(f"{verdict} {number}" for verdict, number in tally(table))
    confidence = coverage(table["confidence"].iloc[0])
    theirs = plural(int((runs["side"] == THEIRS).sum()), "run")
    return (
        f"What others published beside what is found here. Green: each of {theirs} that they "
        "print, or the range of some; grey: what they expect and did not run. Blue: each of "
        f"{style.seeds_from_to(table['seeds'])}; dash: the mean of each. Met: the whole "
        f"{confidence} interval of the difference is within what a run of theirs and one of ours "
        "differ by if the means are the same; not met: all of it is beyond. "
        f"Of {plural(len(table), 'result')}: {counted}."
    )


def _draw_panel(axes: Axes, table: pd.DataFrame, runs: pd.DataFrame) -> None:
    rows = table.to_dict("records")
    for place, row in enumerate(rows):
        own = runs[(runs["experiment"] == row["experiment"]) & (runs["number"] == row["number"])]
        _draw_result(axes, -place, row, own)
    losses = rows[0]["measure"] in LOSSES
    axes.set_yticks([-place for place in range(len(rows))], [_name(row) for row in rows])
    axes.set_ylim(0.5 - len(rows), 0.5)
    axes.tick_params(axis="y", length=0)
    for label in axes.get_yticklabels():
        label.set_linespacing(0.95)
    if losses:
        axes.set_xscale("log")
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        axes.xaxis.set_minor_formatter(NullFormatter())
        axes.set_xlabel("loss (log scale)")
    else:
        axes.set_xlim(-0.02, 1.02)
        axes.set_xlabel("share that is right")
    axes.grid(axis="x", color=style.GRID, linewidth=0.5)
    axes.set_axisbelow(True)
    for place, row in enumerate(rows):
        axes.text(
            *(1.02, -place, row["verdict"]),
            transform=axes.get_yaxis_transform(),
            va="center",
            fontsize=style.SMALL,
            color=style.ERROR if row["verdict"] == NOT_MET else "black",
        )


def _name(row: dict[Any, Any]) -> str:
    """The experiment, which is a name of letters, digits and such, and below it the measure."""
    return f"{capitalized(spoken(row['experiment']))}\n{measure_of(row)}"


def _draw_result(axes: Axes, y: float, row: dict[Any, Any], runs: pd.DataFrame) -> None:
    """The runs of both, theirs above, and what is expected behind ours."""
    if pd.notna(row["at_least"]) or pd.notna(row["at_most"]):
        low = row["at_least"] if pd.notna(row["at_least"]) else (LEAST if _is_loss(row) else 0)
        high = row["at_most"] if pd.notna(row["at_most"]) else (None if _is_loss(row) else 1)
        axes.fill_betweenx(
            *([y - 0.36, y + 0.36], low, high if high is not None else 10),
            color=style.GRID,
            linewidth=0,
            label="what they expect",
        )
    for side, (label, color, shift) in SIDES.items():
        values = runs.loc[runs["side"] == side, "value"].clip(lower=LEAST if _is_loss(row) else 0)
        if values.empty:
            continue
        height = y + shift + style.spread_out(len(values), 0.09)
        axes.scatter(
            values, height, s=7, color=color, alpha=0.7, linewidth=0, label=label, zorder=3
        )
        axes.plot(values.mean(), y + shift, "|", color=color, markersize=11, markeredgewidth=1.3)
    ends = runs.loc[runs["side"] == BOUNDS, "value"]
    if len(ends):
        axes.plot(
            *(ends, [y + 0.17] * len(ends)),
            marker="|",
            color=style.REFERENCE,
            label="theirs, the range",
        )


def _is_loss(row: dict[Any, Any]) -> bool:
    return row["measure"] in LOSSES
