"""Loss and accuracy against epoch: every seed, the median, chance and the source's values."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from echoseq.figures import fitting, style
from echoseq.tables.columns import read_table
from echoseq.tables.runs import final_epochs
from echoseq.training.files import FINAL_EPOCHS
from echoseq.wording import loss, spread, the

TABLES = ("learning", "experiments", "runs")
PART = "study"


def draw(learning: Path, experiments: Path, **_: Path) -> Figure:
    """Draw one row of panels for each experiment.

    Args:
        learning: tables/learning.csv (experiment, seed, epoch, loss, accuracy).
        experiments: tables/experiments.csv, for chance and the reference values.
    """
    curves, facts = read_table(learning), read_table(experiments)
    facts = facts[facts["experiment"].isin(curves["experiment"])]
    figure, axes = style.new_figure(style.DOUBLE, 50 * len(facts) + 8, len(facts), 2)
    for row, fact in enumerate(facts.to_dict("records")):
        runs = curves[curves["experiment"] == fact["experiment"]]
        _draw_loss(axes[row, 0], runs, fact)
        _draw_accuracy(axes[row, 1], runs, fact)
        for column, shown in enumerate(("loss", "accuracy")):
            title = f"{style.title(fact['experiment'])}: {shown}"
            fitting.panel_title(axes[row, column], title, 2)
            style.panel_letter(axes[row, column], 2 * row + column)
    style.legend_below(figure, axes.flat)
    return figure


def caption(learning: Path, experiments: Path, runs: Path) -> str:
    """What the figure shows.

    Args:
        learning, experiments: as for `draw`.
        runs: tables/runs.csv, for the final losses.
    """
    curves, facts = read_table(learning), read_table(experiments).set_index("experiment")
    names = curves["experiment"].drop_duplicates()
    ended = read_table(runs).set_index("experiment")
    shorter = final_epochs(ended.loc[names]) < FINAL_EPOCHS
    ends = [_end(the(name), ended.loc[[name]]) for name in names]
    references = facts.loc[names, "reference_loss_low"].notna().any()
    return (
        "Training: loss and accuracy against epoch, one new random sequence each, averaged over "
        f"spans of epochs. Light: each of {style.count_seeds(curves)}; dark: their median; "
        f"dotted: chance{'; green: the final values as published' if references else ''}. "
        "Every seed is shown, so there is no interval. Over the last "
        f"{FINAL_EPOCHS} epochs{' (all of a shorter run)' * shorter} the median loss is "
        f"{'; '.join(ends)}."
    )


def _end(name: str, runs: pd.DataFrame) -> str:
    final = runs["final_loss"]
    return f"{loss(final.median())} ({spread(final, loss)} over seeds) for {name}"


def _draw_runs(axes: Axes, runs: pd.DataFrame, column: str) -> None:
    by_seed = runs.pivot(index="epoch", columns="seed", values=column)
    axes.plot(by_seed.index, by_seed, color=style.OURS_LIGHT, linewidth=0.6)
    axes.plot(by_seed.index, by_seed.median(axis=1), color=style.OURS, linewidth=1.6)
    axes.plot(
        [], [], color=style.OURS_LIGHT, linewidth=0.8, label=f"each of {by_seed.shape[1]} seeds"
    )
    axes.plot([], [], color=style.OURS, linewidth=1.6, label="median")
    span = round(np.diff(by_seed.index).max()) if len(by_seed) > 1 else 1
    fitting.epoch_axis(axes)
    axes.set_xlabel(f"epoch, one new sequence each (means over {span})")
    axes.set_xlim(0, by_seed.index.max() + span / 2)


def _draw_loss(axes: Axes, runs: pd.DataFrame, fact: dict[Any, Any]) -> None:
    _draw_runs(axes, runs, "loss")
    axes.axhline(fact["chance_loss"], color=style.CHANCE, linestyle=":", label="chance")
    if pd.notna(fact["reference_loss_low"]):
        axes.axhspan(
            fact["reference_loss_low"],
            fact["reference_loss_high"],
            color=style.REFERENCE,
            alpha=0.45,
            linewidth=0.8,
            label="final, as published",
        )
    axes.set_ylabel("squared error" if fact["encoding"] == "linear" else "cross-entropy (nats)")
    # Logarithmic, because the final losses of the two echoes differ by a factor of forty.
    axes.set_yscale("log")
    ratio = runs["loss"].max() / runs["loss"].min()
    subs = (1, 2, 5) if ratio > 10 else (1, 1.5, 2, 3, 4, 6)
    axes.yaxis.set_major_locator(LogLocator(subs=subs, numticks=12))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.yaxis.set_minor_formatter(NullFormatter())


def _draw_accuracy(axes: Axes, runs: pd.DataFrame, fact: dict[Any, Any]) -> None:
    _draw_runs(axes, runs, "accuracy")
    axes.axhline(fact["chance_accuracy"], color=style.CHANCE, linestyle=":", label="chance")
    if pd.notna(fact["reference_accuracy"]):
        axes.axhline(
            fact["reference_accuracy"],
            color=style.REFERENCE,
            linewidth=1.2,
            alpha=0.6,
            label="final, as published",
        )
    axes.set_ylabel("accuracy")
    axes.set_ylim(-0.03, 1.05)
