"""Which sizes learn: a map of groups and cells for each question."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Rectangle

from echoseq.figures import fitting, naming, style
from echoseq.tables.columns import read_table
from echoseq.tables.copies import copies_note, trained_for
from echoseq.tables.needs import one_of_each_size
from echoseq.wording import called, capitalized, count, plural, short, spread

TABLES = ("needs", "runs")
PART = "extensions"

ROW, LEAST = 4.3, 3.2  # mm: at most, and at least, where many would make the figure too high
HEAD, FOOT = 15, 16  # mm: of a panel, its title and tick labels; of the figure, its legend
COLORS = mpl.colormaps["Blues"]
HATCH, HATCH_COLOR = "/////", "#A9B4BF"
NOTHING = "No question has a group of experiments with more than one size that train until learned."


def draw(needs: Path, **_: Path) -> Figure:
    """Draw a panel for each question, in two columns.

    Args:
        needs: tables/needs.csv.
    """
    table = _sized(read_table(needs))
    if table.empty:
        return style.nothing(NOTHING)
    questions = [str(name) for name in dict.fromkeys(table["question"])]
    rows = {name: _rows(table[table["question"] == name]) for name in questions}
    columns = _columns(questions, rows)
    height = max(_height(column, rows) for column in columns) + FOOT
    figure = Figure(figsize=(style.DOUBLE / style.MM_PER_INCH, height / style.MM_PER_INCH))
    outer = figure.add_gridspec(1, len(columns))
    for place, names in enumerate(columns):
        heights = [rows[name] + 1.5 for name in names]
        inner = outer[place].subgridspec(len(names), 1, height_ratios=heights)
        for row, name in enumerate(names):
            axes = figure.add_subplot(inner[row])
            _draw_map(axes, table[table["question"] == name])
            fitting.panel_title(axes, style.title(name), len(columns))
            style.panel_letter(axes, questions.index(name))
    _legend(figure)
    return figure


def caption(needs: Path, runs: Path) -> str:
    """What the figure shows.

    Args:
        needs: as for `draw`.
        runs: tables/extensions/runs.csv.
    """
    everything = read_table(needs)
    table = _sized(everything)
    if table.empty:
        return NOTHING
    counted = trained_for(table, read_table(runs))
    learned = int(counted["epochs_to_learn"].notna().sum())
    groups = table.drop_duplicates(["question", "group"])
    sized = groups[groups["needed_cells"].notna()]
    return (
        "Cells needed. A row is a group of experiments, a column a number of cells; colour is the "
        f"share of {style.seeds_from_to(table['seeds'])} that learned within the cap "
        f"({spread(table['cap'], count)} epochs), the number the median of epochs until then "
        "(Kaplan-Meier; k: thousands; > and the cap where fewer than half learned). "
        "Hatched: at least one seed did not learn. Framed: the smallest size from which on enough "
        "seeds learn within the cap, at all larger sizes too. Grey: not tried. "
        f"Of {plural(len(counted), 'run')}{copies_note(table, counted)}, {count(learned)} "
        f"learned; {len(sized)} of {len(groups)} groups have a size that is enough"
        f"{_largest(sized)}. {_left_out(everything, groups)}The intervals are in needs.csv."
    )


def _height(column: Sequence[str], rows: dict[str, float]) -> float:
    """The height of a column in mm, of lower rows if that lets it fit on a page."""
    heads, lines = HEAD * len(column), sum(rows[name] for name in column)
    row = (style.HIGHEST - FOOT - heads) / lines
    return heads + max(LEAST, min(ROW, row)) * lines


def _rows(table: pd.DataFrame) -> float:
    """The height of the map of a question, in rows of a single line."""
    named = naming.names(table)
    return len(named) * (1 + 0.65 * (naming.lines(named.values()) - 1))


def _sized(table: pd.DataFrame) -> pd.DataFrame:
    """The groups of more than one size: of one alone, no size can be called needed."""
    sizes = table.groupby(["question", "group"])["cells"].transform("nunique")
    return one_of_each_size(table[sizes > 1])


def _left_out(everything: pd.DataFrame, drawn: pd.DataFrame) -> str:
    """How many groups are not drawn."""
    number = len(everything.drop_duplicates(["question", "group"])) - len(drawn)
    return f"{capitalized(plural(number, 'group'))} of one size only: in needs.csv. " * bool(number)


def _largest(sized: pd.DataFrame) -> str:
    """The largest size that a group needs."""
    if sized.empty:
        return ""
    row = sized.sort_values("needed_cells", kind="stable").to_dict("records")[-1]
    return (
        f", at most {count(row['needed_cells'])} cells ({called(row['group'], row['experiment'])})"
    )


def _columns(questions: Sequence[str], rows: dict[str, float]) -> list[list[str]]:
    """The questions in two columns of about the same height; in one, if there is only one."""
    if len(questions) == 1:
        return [list(questions)]
    sizes = np.cumsum([rows[name] + 3 for name in questions])
    cut = int(np.argmin(np.abs(sizes[:-1] - sizes[-1] / 2))) + 1
    return [list(questions[:cut]), list(questions[cut:])]


def _draw_map(axes: Axes, table: pd.DataFrame) -> None:
    groups, sizes, named = style.groups_of(table), sorted(set(table["cells"])), naming.names(table)
    axes.set_xlim(-0.5, len(sizes) - 0.5)
    axes.set_ylim(len(groups) - 0.5, -0.5)
    axes.set_facecolor(style.ZERO)
    for row in table.to_dict("records"):
        _draw_size(axes, row, sizes.index(row["cells"]), groups.index(row["group"]))
    axes.set_xticks(range(len(sizes)), [count(size) for size in sizes])
    axes.set_yticks(range(len(groups)), [naming.label(named[group]) for group in groups])
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    axes.set_xlabel("cells")


def _draw_size(axes: Axes, row: Mapping[Any, Any], x: int, y: int) -> None:
    """One size of a group: how many learned, after how long, and whether it is needed."""
    censored = row["learned"] < row["seeds"]
    color = COLORS(0.75 * row["share"])
    place = (x - 0.5, y - 0.5)
    axes.add_patch(Rectangle(place, 1, 1, facecolor=color, edgecolor="white", linewidth=0.8))
    if censored:
        hatch = Rectangle(place, 1, 1, fill=False, hatch=HATCH, linewidth=0)
        hatch.set_edgecolor(HATCH_COLOR)
        axes.add_patch(hatch)
    median = row["epochs"]
    text = f">{short(row['cap'])}" if pd.isna(median) else short(median)
    box = {"boxstyle": "round,pad=0.1", "facecolor": color, "linewidth": 0}
    dark = "white" if row["share"] > 0.7 else "black"
    axes.text(
        x,
        y,
        text,
        ha="center",
        va="center",
        fontsize=style.SMALL,
        color=dark,
        bbox=box if censored else None,
    )
    if row["cells"] == row["needed_cells"]:
        axes.add_patch(
            Rectangle(
                (x - 0.46, y - 0.46),
                0.92,
                0.92,
                fill=False,
                edgecolor=style.ERROR,
                linewidth=1.3,
                zorder=3,
            )
        )


def _legend(figure: Figure) -> None:
    shares = [Patch(facecolor=COLORS(0.75 * s), label=f"{s:.0%} learned") for s in (0, 0.5, 1)]
    marks = [
        Patch(facecolor="white", edgecolor=HATCH_COLOR, hatch=HATCH, label="some did not learn"),
        Patch(fill=False, edgecolor=style.ERROR, linewidth=1.3, label="needed"),
        Patch(facecolor=style.ZERO, label="not tried"),
    ]
    handles = [*shares, *marks]
    for patch in shares:
        patch.set_edgecolor(style.CHANCE)
    figure.legend(handles=handles, loc="outside lower center", ncols=6, frameon=False)
