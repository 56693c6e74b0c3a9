"""The share of seeds that have learned by each epoch, out of all seeds."""

from pathlib import Path

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from echoseq.figures import fitting, style
from echoseq.tables.columns import read_table
from echoseq.wording import coverage, plural, share, the

TABLES = ("learned",)
PART = "study"


def draw(learned: Path) -> Figure:
    """Draw a panel for each experiment.

    Args:
        learned: tables/learned.csv (experiment, epoch, learned, seeds, share, low, high,
            confidence).
    """
    table = read_table(learned)
    names = table["experiment"].drop_duplicates().tolist()
    rows = -(-len(names) // 2)
    figure, grid = style.new_figure(style.DOUBLE, 52 * rows + 8, rows, 2, sharey=True)
    for index, axes in enumerate(grid.flat):
        if index >= len(names):
            axes.set_visible(False)
            continue
        steps = table[table["experiment"] == names[index]]
        _draw_steps(axes, steps)
        style.panel_letter(axes, index)
    for axes in grid[:, 0]:
        axes.set_ylabel("share of seeds that have learned")
    return figure


def caption(learned: Path) -> str:
    """What the figure shows; argument as for `draw`."""
    table = read_table(learned)
    ends = table.groupby("experiment", sort=False).last()
    found = [
        f"{row['learned']} of {plural(row['seeds'], 'seed')} ({share(row['low'], 2)} to "
        f"{share(row['high'], 2)} of all) by epoch {row['epoch']} in {the(str(name))}"
        for name, row in zip(ends.index, ends.to_dict("records"))
    ]
    return (
        "Share of seeds that have learned by each epoch, with its pointwise "
        f"{coverage(table['confidence'].iloc[0])} interval (Wilson). Seeds that never learn stay "
        f"in the denominator. Learned: {'; '.join(found)}."
    )


def _draw_steps(axes: Axes, steps: pd.DataFrame) -> None:
    axes.fill_between(
        steps["epoch"], steps["low"], steps["high"], step="post", color=style.OURS_LIGHT, alpha=0.5
    )
    axes.step(steps["epoch"], steps["share"], where="post", color=style.OURS)
    last = steps.to_dict("records")[-1]
    found = f"{last['learned']} of {plural(last['seeds'], 'seed')} in the end"
    fitting.panel_title(axes, f"{style.title(last['experiment'])}: {found}", 2)
    axes.set_xlim(0, last["epoch"])
    axes.set_ylim(-0.03, 1.05)
    fitting.epoch_axis(axes)
    axes.set_xlabel("epoch, one new sequence each")
    axes.grid(axis="y", color=style.GRID, linewidth=0.5)
