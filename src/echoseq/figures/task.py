"""The task and the architectures that learn it, drawn from the table of experiments."""

from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from echoseq.asked import Say, canonical, described, read_asked
from echoseq.figures import style
from echoseq.tables.columns import read_table
from echoseq.wording import spoken

TABLES = ("experiments", "runs")
PART = "study"

EXAMPLE = (12, 5, 99, 3, 40, 67, 5, 81)  # the start of a sequence; any integers would do
NETWORK, VALUE = "#E4EFF6", "#F4F4F4"
STEP = 1.25  # between boxes, which are 1 wide


class Place(NamedTuple):
    """The centre of a box."""

    x: float
    y: float


def draw(experiments: Path, runs: Path) -> Figure:
    """Draw the framing of a sequence, then one panel for each experiment of the study.

    Args:
        experiments: tables/experiments.csv; those without a question are drawn.
        runs: tables/runs.csv, for the numbers of parameters.
    """
    facts = _read(experiments, runs)
    rows = -(-len(facts) // 2)
    figure, grid = style.new_figure(
        style.DOUBLE,
        34 + 62 * rows,
        rows + 1,
        2,
        height_ratios=[34] + [62] * rows,
        width_ratios=[max(map(_columns, facts[side::2]), default=1) for side in range(2)],
    )
    for axes in grid.flat:
        axes.set_axis_off()
    framing = figure.add_subplot(grid[0, 0].get_gridspec()[0, :])
    _draw_framing(framing, facts)
    style.panel_letter(framing, 0)
    for index, (axes, fact) in enumerate(zip(grid[1:].flat, facts)):
        _draw_network(axes, fact)
        _sizes(axes, fact)
        axes.set_title(style.title(fact["experiment"]))
        style.panel_letter(axes, index + 1)
    return figure


def caption(experiments: Path, runs: Path) -> str:
    """What the figure shows; arguments as for `draw`."""
    facts = _read(experiments, runs)
    echoes = [
        f"the {spoken(fact['experiment'])} repeats {_asked_text(fact)} "
        f"({fact['parameters']:,} parameters)"
        for fact in facts
    ]
    first = facts[0]
    return (
        f"The task and the networks. A sequence of {first['length']} random integers below "
        f"{first['alphabet']} is framed into {first['sequence_windows']} "
        f"windows; {'; '.join(echoes)}. This is a drawing without data, so there is no interval."
    )


def _read(experiments: Path, runs: Path) -> list[dict[Any, Any]]:
    facts = read_table(experiments)
    if "question" in facts:
        facts = facts[facts["question"].isna()]
    parameters = read_table(runs)[["experiment", "parameters"]].drop_duplicates()
    facts = facts.merge(parameters, on="experiment")
    asked = [() if pd.isna(text) else read_asked(text) for text in facts["asked_positions"]]
    return [fact | {"asked": own} for fact, own in zip(facts.to_dict("records"), asked)]


def _asked_text(fact: dict[Any, Any]) -> str:
    return described(fact["asked"], fact["n_in"]) if fact["asked"] else f"what {fact['echo']} says"


def _answers(fact: dict[Any, Any], first: int = 0) -> list[str]:
    """The answer to the window of the example that begins at a place, text for text."""
    if not fact["asked"]:
        return ["?"] * int(fact["n_out"])
    return [
        _example(first + item - 1)
        if isinstance(item, int)
        else str(item.say)
        if isinstance(item, Say)
        else "-"
        for item in fact["asked"]
    ]


def _answers_of(facts: list[dict[Any, Any]], first: int) -> list[str]:
    """The different answers to a window of the example, the short ones first."""
    ordered = sorted(facts, key=lambda fact: len(fact["asked"]))
    return list(dict.fromkeys(", ".join(_answers(fact, first)) for fact in ordered))


def _before(fact: dict[Any, Any]) -> int:
    """How many values before the first window are asked for."""
    return max(0, *(1 - item for item in fact["asked"] if isinstance(item, int)), 0)


def _sizes(axes: Axes, fact: dict[Any, Any]) -> None:
    axes.annotate(
        f"{fact['cells']} cells, {fact['parameters']:,} parameters",
        (0.5, 0),
        xycoords="axes fraction",
        ha="center",
        va="bottom",
    )


def _columns(fact: dict[Any, Any]) -> int:
    """The width of a network, in boxes."""
    return int(fact["n_in"] + (fact["n_out"] + 1 if fact["model"] == "encoder_decoder" else 0))


def _draw_framing(axes: Axes, facts: list[dict[Any, Any]]) -> None:
    """A sequence, its first two windows as brackets, and the values to echo from each."""
    fact = facts[0]
    n_in, before = int(fact["n_in"]), _before(fact)
    alike = [other for other in facts if other["n_in"] == n_in and _before(other) == before]
    values = [_example(i) for i in range(before + n_in + 2)]
    for i, value in enumerate(values):
        _box(axes, Place(i * STEP, 0), value, VALUE)
    _note(axes, Place(len(values) * STEP, 0), f"...  {fact['length']} integers", ha="left")
    for window in range(2):
        y = -1.1 - 0.9 * window
        first = before + window
        left, right = first * STEP - 0.5, (first + n_in - 1) * STEP + 0.5
        axes.plot(
            [left, left, right, right], [y + 0.2, y, y, y + 0.2], color="black", linewidth=0.8
        )
        targets = " or ".join(f"[{answer}]" for answer in _answers_of(alike, first))
        _note(axes, Place(right + 0.3, y), f"window {window + 1}, to echo: {targets}", ha="left")
    axes.set_title(f"The task: {_title(facts)}")
    _fit(axes, Place(-0.7, -2.6), Place((before + n_in + 2) * STEP + 13, 0.8))


def _title(facts: list[dict[Any, Any]]) -> str:
    words = {canonical(fact["asked"], fact["n_in"], fact["n_out"]) for fact in facts}
    oldest = words == {"oldest"}
    return f"to give back {'the oldest values' if oldest else 'values'} of each window"


def _draw_network(axes: Axes, fact: dict[Any, Any]) -> None:
    {"lstm": _draw_lstm, "encoder_decoder": _draw_encoder_decoder}.get(fact["model"], _draw_other)(
        axes, fact
    )


def _draw_lstm(axes: Axes, fact: dict[Any, Any]) -> None:
    n_in, before = int(fact["n_in"]), _before(fact)
    answers = _answers(fact, before)
    for i in range(n_in):
        _column(axes, i * STEP, 0, below=_example(before + i), name="LSTM")
        if i < len(answers):
            _answer(axes, i * STEP, 0, answers[i])
        if i:
            _arrow(axes, Place((i - 1) * STEP + 0.5, 0), Place(i * STEP - 0.5, 0))
    _fit(axes, Place(-0.9, -3.2), Place((n_in - 1) * STEP + 0.9, 3.6))


def _draw_encoder_decoder(axes: Axes, fact: dict[Any, Any]) -> None:
    n_in, n_out = int(fact["n_in"]), int(fact["n_out"])
    before = _before(fact)
    for i in range(n_in):
        _column(axes, i * STEP, 0, below=_example(before + i), name="LSTM")
        if i:
            _arrow(axes, Place((i - 1) * STEP + 0.5, 0), Place(i * STEP - 0.5, 0))
    start = n_in * STEP + 0.6
    _arrow(axes, Place((n_in - 1) * STEP + 0.5, 0), Place(start - 0.5, 0))
    for i, answer in enumerate(_answers(fact, before)):
        x = start + i * STEP
        _box(axes, Place(x, 0), "LSTM", NETWORK)
        _answer(axes, x, 0, answer)
        if i:
            _arrow(axes, Place(x - STEP + 0.5, 0), Place(x - 0.5, 0))
    middle = start + (n_out - 1) * STEP / 2
    _note(axes, Place((n_in - 1) * STEP / 2, 0.95), "encoder")
    _note(axes, Place(middle, -1.0), "decoder, fed with the\nencoder's last output")
    _fit(axes, Place(-0.9, -3.2), Place(start + (n_out - 1) * STEP + 0.9, 3.6))


def _draw_other(axes: Axes, fact: dict[Any, Any]) -> None:
    _box(axes, Place(1, 0), str(fact["model"]), NETWORK, width=4)
    _note(axes, Place(1, -1.4), f"{fact['n_in']} values")
    _arrow(axes, Place(1, -1.1), Place(1, -0.45))
    _note(axes, Place(1, 1.4), f"{fact['n_out']} values")
    _arrow(axes, Place(1, 0.45), Place(1, 1.1))
    _fit(axes, Place(-2, -3.2), Place(4, 3.6))


def _example(place: int) -> str:
    return str(EXAMPLE[place % len(EXAMPLE)])


def _column(axes: Axes, x: float, y: float, *, below: str, name: str) -> None:
    """A step that reads a value."""
    _box(axes, Place(x, y - 1.7), below, VALUE)
    _arrow(axes, Place(x, y - 1.25), Place(x, y - 0.45))
    _box(axes, Place(x, y), name, NETWORK)


def _answer(axes: Axes, x: float, y: float, value: str) -> None:
    """The time-distributed output layer over a step, and its answer."""
    _arrow(axes, Place(x, y + 0.45), Place(x, y + 1.0))
    _box(axes, Place(x, y + 1.45), "Dense", NETWORK)
    _arrow(axes, Place(x, y + 1.9), Place(x, y + 2.5))
    _box(axes, Place(x, y + 2.95), value, VALUE)


def _box(axes: Axes, place: Place, text: str, color: str, width: float = 1.0) -> None:
    axes.add_patch(
        FancyBboxPatch(
            (place.x - width / 2 + 0.05, place.y - 0.4),
            width - 0.1,
            0.8,
            boxstyle="round,pad=0,rounding_size=0.08",
            facecolor=color,
            edgecolor=style.CHANCE,
            linewidth=0.6,
        )
    )
    _note(axes, place, text)


def _note(axes: Axes, place: Place, text: str, ha: str = "center") -> None:
    axes.text(*place, text, ha=ha, va="center", fontsize=style.SMALL)


def _arrow(axes: Axes, start: Place, end: Place) -> None:
    axes.annotate(
        "",
        end,
        start,
        arrowprops={"arrowstyle": "->", "linewidth": 0.7, "shrinkA": 0, "shrinkB": 0},
    )


def _fit(axes: Axes, low: Place, high: Place) -> None:
    axes.set_xlim(low.x, high.x)
    axes.set_ylim(low.y, high.y)
    axes.set_axis_off()
