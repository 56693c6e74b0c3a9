"""What the state of the encoder holds: a map of values and steps for each network and state."""

from collections.abc import Iterator, Mapping
from itertools import count
from pathlib import Path
from typing import Any

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from matplotlib.patches import Rectangle

from echoseq.evaluation.readouts import LINEAR, MLP, SHUFFLED, TRAINED, UNTRAINED
from echoseq.figures import naming, style
from echoseq.tables.columns import read_table
from echoseq.tables.needs import groups_of
from echoseq.wording import called, percent, sized

TABLES = ("experiments", "probes")
PART = "memory"

ROW, HEAD = 4.6, 21  # mm: of one value; of titles and labels
GAP = 0.35  # cells: before further columns of a panel
NUMBER = 6.8  # points
TITLE, LINE = 90, 4  # characters of a line of a title, and mm
COLORS = mpl.colormaps["Blues"]

Columns = dict[tuple[str, str, int], float]  # places by network, probe and step


def draw(experiments: Path, probes: Path) -> Figure:
    """Draw a row of panels for each experiment.

    Args:
        experiments: tables/experiments.csv.
        probes: tables/probes.csv.
    """
    names, table = _names(experiments), read_table(probes).astype({"position": int})
    parts = {str(name): rows for name, rows in table.groupby("experiment", sort=False)}
    titles = {name: naming.label(names[name], TITLE) for name in parts}
    heights = [
        ROW * rows["step"].max() + HEAD + LINE * titles[name].count("\n")
        for name, rows in parts.items()
    ]
    width = max(sum(_widths(rows)) for rows in parts.values())
    figure = Figure(figsize=(style.DOUBLE / style.MM_PER_INCH, sum(heights) / style.MM_PER_INCH))
    grid = figure.subfigures(len(parts), 1, squeeze=False, height_ratios=heights)
    panels = count()
    for part, (name, rows) in zip(grid[:, 0], parts.items()):
        part.suptitle(titles[name], x=0.006, ha="left", fontweight="bold", fontsize=9)
        _draw_experiment(part, rows, width, panels)
    return figure


def caption(experiments: Path, probes: Path) -> str:
    """What the figure shows; arguments as for `draw`."""
    names, table = _names(experiments), read_table(probes)
    shuffled = table.loc[table["network"] == SHUFFLED, "accuracy"].max()
    found = [
        f"{names[str(name)]}: {_found(rows)}."
        for name, rows in table.groupby("experiment", sort=False)
    ]
    return (
        "What the encoder holds. Per cent of windows in which a probe reads a value (row) from the "
        "state after a step (column), on sequences on which no probe was fitted: the mean over "
        f"{style.seeds_from_to(table['seeds'])}. h: the output of the encoder, which is all that "
        "the decoder gets; c: its cell state. Steps: a linear probe; MLP: one with a hidden "
        "layer, after the last step. Untrained: the same networks before training. Shuffled: "
        "probes (the linear one, then the MLP) that were fitted to shuffled labels. Grey: not read "
        "by then; the cell beside the last value read is a check. Chance is "
        f"{percent(table['chance'].max())}; with shuffled labels, probes read at most "
        f"{percent(shuffled)}. {' '.join(found)} All intervals, and the information in bits, are "
        "in the table."
    )


def _names(experiments: Path) -> dict[str, str]:
    """What to call each experiment."""
    table = read_table(experiments)
    groups, cells = groups_of(table), table["cells"]
    return {
        name: sized(called(groups[name], name), size)
        for name, size in zip(table["experiment"], cells, strict=True)
    }


def _found(rows: pd.DataFrame) -> str:
    """What the linear probe reads from the encoder's output after the last step."""
    last = rows[(rows["step"] == rows["step"].max()) & (rows["state"] == "h")]
    linear = last[last["probe"] == LINEAR].sort_values("accuracy", kind="stable")
    trained, untrained = (linear[linear["network"] == name] for name in (TRAINED, UNTRAINED))
    asked, others = trained[trained["asked"]], trained[~trained["asked"]]
    text = f"each value asked for is read in {_share(asked.iloc[0])} of windows or more"
    if len(others):
        text += f", {_none_of(len(others))} in more than {_share(others.iloc[-1])}"
    return f"{text}; untrained, any value in {_share(untrained.iloc[0])} or more"


def _none_of(others: int) -> str:
    return "the other one not" if others == 1 else f"none of the {others} others"


def _share(row: Mapping[Any, Any]) -> str:
    """An accuracy in per cent, with its interval, if there is one."""
    accuracy, *ends = (percent(row[key]) for key in ("accuracy", "low", "high"))
    return accuracy if pd.isna(row["low"]) else f"{accuracy} ({' to '.join(ends)})"


def _panels(rows: pd.DataFrame) -> Iterator[tuple[str, str]]:
    """The network and the state of each panel."""
    for network in (TRAINED, UNTRAINED):
        for state in dict.fromkeys(rows["state"]):
            yield network, state


def _columns(network: str, steps: int) -> Columns:
    """The columns of a panel, in cells from its left."""
    places: Columns = {(network, LINEAR, step): step - 1.0 for step in range(1, steps + 1)}
    places[network, MLP, steps] = steps + GAP
    if network == TRAINED:
        places[SHUFFLED, LINEAR, steps] = steps + 1 + 2 * GAP
        places[SHUFFLED, MLP, steps] = steps + 2 + 2 * GAP
    return places


def _widths(rows: pd.DataFrame) -> list[float]:
    """Of the panels, in cells."""
    steps = rows["step"].max()
    return [max(_columns(network, steps).values()) + 1 for network, _ in _panels(rows)]


def _draw_experiment(
    part: SubFigure, rows: pd.DataFrame, width: float, panels: Iterator[int]
) -> None:
    """Draw the panels of an experiment, as wide as those of the widest one together."""
    widths = _widths(rows)
    rest = [width - sum(widths)] if width - sum(widths) > style.TINY else []
    axes = part.subplots(1, len(widths + rest), squeeze=False, width_ratios=widths + rest)[0]
    for panel in axes[len(widths) :]:
        panel.set_visible(False)
    for panel, (network, state) in zip(axes, _panels(rows)):
        own = rows[rows["state"] == state]
        _draw_map(panel, own, network)
        panel.set_title(f"{network}, {state}", fontweight="normal")
        style.panel_letter(panel, next(panels))
    _label_values(axes[0], rows)


def _draw_map(axes: Axes, rows: pd.DataFrame, network: str) -> None:
    steps = int(rows["step"].max())
    places = _columns(network, steps)
    right = max(places.values()) + 1
    axes.set_xlim(0, right)
    axes.set_ylim(steps, 0)
    for place in places.values():
        axes.add_patch(Rectangle((place, 0), 1, steps, facecolor=style.ZERO, linewidth=0))
    for row in rows.to_dict("records"):
        column = (row["network"], row["probe"], row["step"])
        if column in places:
            _draw_cell(axes, places[column], row["position"], row["accuracy"])
    ticks = {str(step): places[network, LINEAR, step] + 0.5 for step in range(1, steps + 1)}
    ticks["MLP"] = places[network, MLP, steps] + 0.5
    if network == TRAINED:
        ticks["shuffled"] = places[SHUFFLED, MLP, steps]  # between the two columns
    axes.set_xticks([*ticks.values()], [*ticks])
    axes.set_yticks([])
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    axes.set_xlabel("after step", x=steps / 2 / right)


def _draw_cell(axes: Axes, place: float, position: int, accuracy: float) -> None:
    cell = Rectangle(
        (place, position - 1),
        1,
        1,
        facecolor=COLORS(0.75 * accuracy),
        edgecolor="white",
        linewidth=0.8,
    )
    axes.add_patch(cell)
    axes.text(
        place + 0.5,
        position - 0.5,
        f"{100 * accuracy:.0f}",
        ha="center",
        va="center",
        fontsize=NUMBER,
        color="white" if accuracy > 0.7 else "black",
    )


def _label_values(axes: Axes, rows: pd.DataFrame) -> None:
    asked = dict(zip(rows["position"], rows["asked"], strict=True))
    labels = [f"{value}, asked" if asked[value] else str(value) for value in sorted(asked)]
    axes.set_yticks([value - 0.5 for value in sorted(asked)], labels)
    axes.set_ylabel("value (1 = oldest)")
