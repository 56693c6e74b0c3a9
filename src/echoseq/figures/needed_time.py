"""Epochs until learned against cells: every seed, and the median with its interval."""

import math
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, NullLocator

from echoseq.figures import fitting, naming, style
from echoseq.figures.sizes import tick_labels
from echoseq.tables.columns import echo_of, read_table
from echoseq.tables.copies import copies_note, trained_for
from echoseq.tables.needs import one_of_each_size
from echoseq.wording import called, capitalized, count, coverage, echo_in, plural

TABLES = ("needs", "runs", "experiments")
PART = "extensions"

LOWEST, ENTRY = 19.5, 2.9  # mm: of a panel, of a line of its legend
HEAD = 10.5  # mm: title and tick labels of a panel
LINES = ("-", "--", ":", "-.")
MARKERS = ("o", "s", "D", "v")
MOST = 6  # groups of a panel
ALONE = (
    3  # panels that are as wide as the page, one above the other; if there are more, half as wide
)
WIDE, NARROW = naming.WIDTH, 28  # characters of a line of the legend
NOTHING = "No experiment on a question trains until it has learned."


class Panel(NamedTuple):
    """Groups that are drawn together.

    labels: of the groups, in order, by their names in the tables.
    """

    title: str
    rows: pd.DataFrame
    labels: dict[str, str]


def draw(needs: Path, runs: Path, experiments: Path) -> Figure:
    """Draw a panel for each question, or for each echo of it, with a line for each group.

    Args:
        needs: tables/needs.csv.
        runs: tables/extensions/runs.csv.
        experiments: tables/experiments.csv.
    """
    table, points = _drawn(read_table(needs)), read_table(runs)
    if table.empty:
        return style.nothing(NOTHING)
    panels = _panels(table, _echoes(read_table(experiments)))
    columns = 1 if len(panels) <= ALONE else 2
    width = WIDE if columns == 1 else NARROW
    heights = [max(LOWEST, ENTRY * _lines(panel, width)) for panel in panels]
    rows = [max(heights[i : i + columns]) for i in range(0, len(heights), columns)]
    total = sum(rows) + HEAD * len(rows) + 5
    figure, grid = style.new_figure(style.DOUBLE, total, len(rows), columns, height_ratios=rows)
    for index, (axes, panel) in enumerate(zip(grid.flat, panels)):
        _draw_panel(axes, panel, points, width)
        style.panel_letter(axes, index)
    for axes in grid.flat[len(panels) :]:
        axes.set_visible(False)
    space = " " if len(rows) > 1 else "\n"
    figure.supxlabel("cells (log scale)", fontsize="medium")
    figure.supylabel(f"epochs until learned{space}(log scale)", fontsize="medium")
    return figure


def caption(needs: Path, runs: Path, experiments: Path) -> str:
    """What the figure shows; arguments as for `draw`."""
    everything = read_table(needs)
    if everything.empty:
        return NOTHING
    table = _drawn(everything)
    named = ["question", "group"]
    left_out = len(everything.drop_duplicates(named)) - len(table.drop_duplicates(named))
    counted = trained_for(table, read_table(runs))
    censored = int(counted["epochs_to_learn"].isna().sum())
    never = int(table["epochs"].isna().sum())
    several = len(_panels(table, _echoes(read_table(experiments)))) > table["question"].nunique()
    return (
        "Epochs until learned against cells, a line for each group; those of one size are set "
        "side by side around it"
        f"{'; questions with many groups have one or more panels for each echo' * several}. "
        "Small: each of "
        f"{style.seeds_from_to(table['seeds'])}; large: the median with its "
        f"{coverage(table['confidence'].iloc[0])} interval (Kaplan-Meier); an arrow: without an "
        f"upper end. Open triangles: {plural(censored, 'run')} that met the cap before learning"
        f"{copies_note(table, counted)}, drawn at the cap.{_fastest(table)} "
        f"{count(never)} of {plural(len(table), 'experiment')} have no median, because "
        "fewer than half of the seeds learned."
        + f" {capitalized(plural(left_out, 'group'))} of one size only: in needs.csv."
        * bool(left_out)
    )


def _echoes(experiments: pd.DataFrame) -> dict[str, str]:
    """What each experiment asks for, in short, by its name."""
    return {row["experiment"]: echo_of(row) for row in experiments.to_dict("records")}


def _panels(table: pd.DataFrame, echoes: dict[str, str]) -> list[Panel]:
    """The groups of a question together, or, if they are many, a few of an echo at a time."""
    panels = []
    for question, rows in table.groupby("question", sort=False):
        title, named = style.title(str(question)), naming.names(rows)
        groups = style.groups_of(rows)
        by_echo = _by_echo(groups, rows, echoes)
        told = {label for labels in by_echo.values() for label in labels.values()}
        if len(groups) <= MOST and (len(by_echo) > 1 or not told.isdisjoint(named.values())):
            panels.append(Panel(title, rows, {group: named[group] for group in groups}))
            continue
        for echo, labels in by_echo.items():
            for start in range(0, len(labels), MOST):
                part = dict([*labels.items()][start : start + MOST])
                own = rows[rows["group"].isin(part)]
                panels.append(Panel(f"{title}: {echo}", own, part))
    return panels


def _by_echo(
    groups: list[str], rows: pd.DataFrame, echoes: dict[str, str]
) -> dict[str, dict[str, str]]:
    """The labels of groups by their echo, which these no longer have to name."""
    named = naming.names(rows)
    experiment = rows.drop_duplicates("group").set_index("group")["experiment"]
    by_echo: dict[str, dict[str, str]] = {}
    for group in groups:
        echo, rest = echo_in(named[group], echoes[experiment[group]])
        by_echo.setdefault(echo, {})[group] = rest or named[group]
    return by_echo


def _drawn(needs: pd.DataFrame) -> pd.DataFrame:
    """Without groups of one size, where a question has others: a line needs two."""
    table = one_of_each_size(needs)
    sizes = table.groupby(["question", "group"])["cells"].transform("nunique")
    most = sizes.groupby(table["question"]).transform("max")
    return table[(sizes > 1) | (most == 1)]


def _lines(panel: Panel, width: int) -> int:
    """The lines of the legend of a panel."""
    return sum(naming.lines([label], width) for label in panel.labels.values())


def _fastest(table: pd.DataFrame) -> str:
    learned = table.dropna(subset=["epochs"]).sort_values("epochs", kind="stable")
    if learned.empty:
        return ""
    row = learned.to_dict("records")[0]
    others = int((learned["epochs"] == row["epochs"]).sum()) - 1
    level = f", as {plural(others, 'other experiment')}" * (others > 0)
    return (
        f" The fastest is {called(row['group'], row['experiment'])} with {count(row['cells'])} "
        f"cells, with a median of {count(row['epochs'])} epochs{level}."
    )


def _draw_panel(axes: Axes, panel: Panel, runs: pd.DataFrame, width: int) -> None:
    table, groups = panel.rows, [*panel.labels]
    sizes = sorted(set(table["cells"]))
    fitting.panel_title(axes, panel.title, 1 if width == WIDE else 2)
    axes.set_xscale("log")
    places, apart = _places(table, groups, sizes)
    lines: list[Line2D] = []
    for index, group in enumerate(groups):
        look = _look(index, len(groups))
        rows = table[table["group"] == group].sort_values("cells")
        x = [places[experiment] for experiment in rows["experiment"]]
        lines += axes.plot(x, rows["epochs"], linewidth=0.9, markersize=4, label=group, **look)
        for row in rows.to_dict("records"):
            own, place = runs[runs["experiment"] == row["experiment"]], places[row["experiment"]]
            style.seed_times(axes, place, own, "epochs", width=apart, color=look["color"])
            style.median_interval(axes, place, row, "epochs", color=look["color"])
    _widen(axes)
    style.time_axis(axes, (1, 3))
    _size_axis(axes, sizes, wide=width == WIDE)
    legend = axes.legend(
        lines,  # given, or those whose labels begin with "_" would be left out
        [naming.label(label, width) for label in panel.labels.values()],
        loc="upper left",
        bbox_to_anchor=(1.01, 1.03),
        frameon=False,
        fontsize=7,
        handlelength=2.6,
        labelspacing=0.25,
        borderaxespad=0,
        borderpad=0,
    )
    for text in legend.get_texts():
        text.set_linespacing(fitting.CLOSE)


def _widen(axes: Axes) -> None:
    """Show a decade of times at least, or its axis would have other labels than the rest."""
    low, high = axes.dataLim.intervaly
    if high < 10 * low:
        middle, reach = math.sqrt(low * high), math.sqrt(max(10, 2 * high / low))
        axes.set_ylim(middle / reach, middle * reach)


def _size_axis(axes: Axes, sizes: list[int], *, wide: bool) -> None:
    axes.xaxis.set_major_locator(FixedLocator(sizes))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xticklabels([count(size) for size in sizes] if wide else tick_labels(sizes))
    axes.margins(x=0.03, y=0.12)
    low, high = axes.get_xlim()
    axes.set_xlim(min(low, sizes[0] / 1.4), max(high, sizes[-1] * 1.2))


def _look(index: int, groups: int) -> dict[str, Any]:
    """Neighbours share a colour, but not their line, if there are more groups than colours."""
    sharing = -(-groups // len(style.MUTED))
    return {
        "color": style.MUTED[index // sharing],
        "linestyle": LINES[index % sharing % len(LINES)],
        "marker": MARKERS[index % sharing % len(MARKERS)],
    }


def _places(
    table: pd.DataFrame, groups: list[str], sizes: list[int]
) -> tuple[dict[str, float], float]:
    """Where each experiment is drawn: groups of the same size side by side.

    Returns:
        The place by experiment, and the width of its seeds, as a factor.
    """
    rows = table.assign(rank=table["group"].map(groups.index)).sort_values("rank")
    step, width = style.side_by_side(sizes, rows.groupby("cells")["rank"].size().max())
    places = {}
    for cells in sizes:
        names = rows[rows["cells"] == cells]["experiment"]
        for index, name in enumerate(names):
            places[name] = cells * math.exp(step * (index - (len(names) - 1) / 2))
    return places, width
