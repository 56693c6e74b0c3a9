"""One held-out sequence of each experiment: expected values, predicted values, and errors."""

from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure

from echoseq.figures import fitting, naming, style
from echoseq.tables.columns import read_table
from echoseq.wording import the

TABLES = ("echoes",)
PART = "study"


def draw(echoes: Path) -> Figure:
    """Draw expected, predicted and error, a block of three panels for each experiment.

    Args:
        echoes: tables/echoes.csv (experiment, seed, sequence, window, position, expected,
            predicted, alphabet).
    """
    table = _read(echoes)
    names = table["experiment"].drop_duplicates().tolist()
    grids = {name: table[table["experiment"] == name] for name in names}
    heights = [grid["position"].max() for grid in grids.values()]
    figure, axes = style.new_figure(
        style.DOUBLE,
        4.3 * 3 * sum(heights) + 23 * len(names),
        3 * len(names),
        1,
        height_ratios=np.repeat(heights, 3),
    )
    for index, (name, grid) in enumerate(grids.items()):
        _draw_block(axes[3 * index : 3 * index + 3, 0], name, grid)
        style.panel_letter(axes[3 * index, 0], index)
    return figure


def caption(echoes: Path) -> str:
    """What the figure shows; argument as for `draw`."""
    table = _read(echoes)
    table = table[table["expected"] >= 0]
    wrong = (table["expected"] != table["predicted"]).groupby(table["experiment"], sort=False)
    counts = [
        f"{errors} of {n} values {'is' if errors == 1 else 'are'} wrong in {the(str(name))}"
        for name, errors, n in zip(wrong.groups, wrong.sum(), wrong.size())
    ]
    return (
        "The worst echo of each experiment, among all its seeds and held-out sequences: expected "
        "and predicted values, and their difference where they differ. A column is a window of the "
        f"sequence. Each is a single sequence, so there is no interval: {'; '.join(counts)}."
    )


def _read(echoes: Path) -> pd.DataFrame:
    return read_table(echoes).astype({"position": int})


def _draw_block(axes: np.ndarray, name: str, grid: pd.DataFrame) -> None:
    expected, predicted = (
        grid.pivot(index="position", columns="window", values=column).to_numpy()
        for column in ("expected", "predicted")
    )
    wrong = (expected != predicted) & (expected >= 0)  # below 0: missing, not scored
    top = grid["alphabet"].iloc[0] - 1
    _draw_values(axes[0], expected, top)
    _draw_values(axes[1], predicted, top)
    axes[2].imshow(
        wrong, cmap=ListedColormap(["#F2F2F2", style.ERROR]), vmin=0, vmax=1, aspect="auto"
    )
    for row, column in np.argwhere(wrong):
        difference = int(predicted[row, column]) - int(expected[row, column])
        _write(axes[2], row, column, naming.signed(f"{difference:+d}"), "white")
    for panel, label in zip(axes, ("expected", "predicted", "error"), strict=True):
        panel.set_ylabel(label, rotation=0, horizontalalignment="right", verticalalignment="center")
        panel.set_yticks(range(len(expected)), range(1, len(expected) + 1))
        panel.set_xticks([])
        panel.tick_params(length=0)
        panel.spines[:].set_visible(False)
    axes[2].set_xticks(range(expected.shape[1]), range(1, expected.shape[1] + 1))
    axes[2].set_xlabel("window of the sequence (rows: position in the answer)")
    fitting.panel_title(
        axes[0],
        f"{style.title(name)}, the worst of all seeds and held-out sequences: "
        f"seed {grid['seed'].iloc[0]}, sequence {grid['sequence'].iloc[0]}, "
        f"{wrong.sum()} of {(expected >= 0).sum()} values wrong",
    )


def _draw_values(axes: Axes, values: np.ndarray, top: int) -> None:
    axes.imshow(np.ma.masked_less(values, 0), cmap="cividis", vmin=0, vmax=top, aspect="auto")
    for (row, column), value in np.ndenumerate(values):
        if value >= 0:
            _write(axes, row, column, str(value), "white" if value < 0.6 * top else "black")


def _write(axes: Axes, row: int, column: int, text: str, color: str) -> None:
    axes.text(column, row, text, ha="center", va="center", fontsize=6, color=color)
