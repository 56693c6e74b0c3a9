"""What states hold: a map of values and steps for each network and state."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from matplotlib.patches import Rectangle

from echoseq.evaluation.readouts import LINEAR, MLP, SHUFFLED, TRAINED, UNTRAINED
from echoseq.figures import naming, style
from echoseq.study.probed import PROBED, SET_OF, sets_of
from echoseq.tables.columns import read_table
from echoseq.tables.needs import groups_of
from echoseq.wording import called, listed, percent, sized

TABLES = ("experiments", "probes")
PART = "memory"

ROW, LABELS, HEAD = 4.6, 15.5, 5.5  # mm: of a value; of labels below and above panels; of a title
GAP = 0.35  # cells: before further columns of a panel
NUMBER = 6.8  # points
TITLE, LINE = 90, 4  # characters of a line of a title, and mm
MOST = 31  # cells that panels side by side may have: in narrower ones, numbers do not fit
LETTER = 0.38  # cells: of one character in the title of a panel
COLORS = mpl.colormaps["Blues"]

Columns = dict[tuple[str, str, int], float]  # places by network, probe and step


class Line(NamedTuple):
    """Panels side by side, of one experiment and set of states.

    title: empty if the line goes on with what is above it.
    panels: the network and the state of each.
    """

    title: str
    rows: pd.DataFrame
    panels: Sequence[tuple[str, str]]

    @property
    def height(self) -> float:
        """In mm."""
        title = HEAD + LINE * self.title.count("\n") if self.title else 0
        return ROW * self.rows["position"].max() + LABELS + title

    @property
    def widths(self) -> list[float]:
        """Of the panels, in cells."""
        return [_width(self.rows, *panel) for panel in self.panels]


def draw(experiments: Path, probes: Path) -> Figure:
    """Draw a row of panels for each experiment and set of states.

    Args:
        experiments: tables/experiments.csv.
        probes: tables/probes.csv.
    """
    names, table = _names(experiments), read_table(probes).astype({"position": int})
    parts = ((naming.label(title, TITLE), rows) for title, rows in _parts(names, table))
    lines = [line for part in parts for line in _lines(*part)]
    heights = [line.height for line in lines]
    width = max(sum(line.widths) for line in lines)
    figure = Figure(figsize=(style.DOUBLE / style.MM_PER_INCH, sum(heights) / style.MM_PER_INCH))
    grid = figure.subfigures(len(lines), 1, squeeze=False, height_ratios=heights)
    panels = count()
    for part, line in zip(grid[:, 0], lines):
        if line.title:
            part.suptitle(line.title, x=0.006, ha="left", fontweight="bold", fontsize=9)
        _draw_line(part, line, width, panels)
    return figure


def caption(experiments: Path, probes: Path) -> str:
    """What the figure shows; arguments as for `draw`."""
    names, table = _names(experiments), read_table(probes)
    shuffled = table.loc[table["network"] == SHUFFLED, "accuracy"].max()
    found = [f"{title}: {_found(rows)}." for title, rows in _parts(names, table)]
    probed = [PROBED[name] for name in sets_of(table["state"])]
    states = {state: meaning for own in probed for state, meaning in own.states.items()}
    steps = (f"Steps of {own.of} count {own.step}." for own in probed)
    grey = "Grey: not read by then; the cell beside the last value read is a check. "
    return (
        f"What is held by {listed(own.of for own in probed)}. "
        "Per cent of windows in which a probe reads a value (row) from the state after a step "
        "(column), on sequences on which no probe was fitted: the mean over "
        f"{style.seeds_from_to(table['seeds'])}. "
        f"{'; '.join(f'{state}: {meaning}' for state, meaning in states.items())}. Steps: a "
        "linear probe; MLP: one with a hidden layer, after the last step. "
        f"{' '.join(steps)} "
        "Untrained: the same networks before training. Shuffled: probes (the linear one, then the "
        "MLP) that were fitted to shuffled labels. "
        f"{grey if any(own.reading for own in probed) else ''}Chance is "
        f"{percent(table['chance'].max())}; with shuffled labels, probes read at most "
        f"{percent(shuffled)}. {' '.join(found)} All intervals, and the information in bits, are "
        "in probes.csv."
    )


def _names(experiments: Path) -> dict[str, str]:
    """What to call each experiment."""
    table = read_table(experiments)
    groups, cells = groups_of(table), table["cells"]
    return {
        name: sized(called(groups[name], name), size)
        for name, size in zip(table["experiment"], cells, strict=True)
    }


def _parts(names: dict[str, str], table: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """The rows of each experiment and set of states; of which set, is told if there are several."""
    several = len(sets_of(table["state"])) > 1
    for name, rows in table.groupby("experiment", sort=False):
        for own in sets_of(rows["state"]):
            title = names[str(name)] + (f", {PROBED[own].of}" if several else "")
            yield title, rows[rows["state"].map(SET_OF) == own]


def _found(rows: pd.DataFrame) -> str:
    """What the linear probe reads from the first state of a set after its last step."""
    first = rows[rows["state"] == rows["state"].iloc[0]]
    last = first[first["step"] == first["step"].max()]
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


def _columns(network: str, steps: int) -> Columns:
    """The columns of a panel, in cells from its left."""
    places: Columns = {(network, LINEAR, step): step - 1.0 for step in range(1, steps + 1)}
    places[network, MLP, steps] = steps + GAP
    if network == TRAINED:
        places[SHUFFLED, LINEAR, steps] = steps + 1 + 2 * GAP
        places[SHUFFLED, MLP, steps] = steps + 2 + 2 * GAP
    return places


def _lines(title: str, rows: pd.DataFrame) -> list[Line]:
    """The panels of an experiment and set: in one line, or one for each network, or for each."""
    states = list(dict.fromkeys(rows["state"]))
    panels = [(network, state) for network in (TRAINED, UNTRAINED) for state in states]
    for together in (len(panels), len(states), 1):
        starts = range(0, len(panels), together)
        lines = [Line("" if i else title, rows, panels[i : i + together]) for i in starts]
        if max(sum(line.widths) for line in lines) <= MOST:
            break
    return lines


def _width(rows: pd.DataFrame, network: str, state: str) -> float:
    """Of a panel, in cells."""
    last = max(_columns(network, rows["step"].max()).values())
    return max(last + 1, LETTER * len(_title(network, state)))


def _title(network: str, state: str) -> str:
    return f"{network}, {state}"


def _draw_line(part: SubFigure, line: Line, width: float, panels: Iterator[int]) -> None:
    """Draw the panels of a line, as wide as those of the widest one together."""
    widths = line.widths
    rest = [width - sum(widths)] if width - sum(widths) > style.TINY else []
    axes = part.subplots(1, len(widths + rest), squeeze=False, width_ratios=widths + rest)[0]
    for panel in axes[len(widths) :]:
        panel.set_visible(False)
    for panel, right, (network, state) in zip(axes, widths, line.panels):
        _draw_map(panel, line.rows[line.rows["state"] == state], network, right)
        panel.set_title(_title(network, state), fontweight="normal")
        style.panel_letter(panel, next(panels))
    _label_values(axes[0], line.rows)


def _draw_map(axes: Axes, rows: pd.DataFrame, network: str, right: float) -> None:
    """Draw a panel that ends at this number of cells."""
    steps, values = (int(rows[name].max()) for name in ("step", "position"))
    places = _columns(network, steps)
    axes.set_xlim(0, right)
    axes.set_ylim(values, 0)
    for place in places.values():
        axes.add_patch(Rectangle((place, 0), 1, values, facecolor=style.ZERO, linewidth=0))
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
