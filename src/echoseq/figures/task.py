"""The task and the architectures that learn it, drawn from the table of experiments."""

from collections.abc import Sequence
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from echoseq.asked import canonical, described
from echoseq.figures import fitting, style
from echoseq.figures.boxes import STEP, VALUE, Place, box, fit, note
from echoseq.figures.framing import NOTHING, Example, Fact, framings, read_facts
from echoseq.figures.networks import columns, draw_network
from echoseq.wording import listed, plural, spoken, the

TABLES = ("experiments", "runs", "examples")
PART = "study"

HEIGHT, NETWORK_HEIGHT = 34, 62  # mm, of a task and of a network
ROOMY, WIDEST = 16, 22  # boxes side by side: in letters as large as elsewhere, and at most
MOST, ENDS = 24, 11  # values of a window that are all shown, and those at each end of more


def draw(experiments: Path, runs: Path, examples: Path) -> Figure:
    """Draw how sequences are framed, then one panel for each experiment of the study.

    Args:
        experiments: tables/experiments.csv; those without a question are drawn.
        runs: tables/runs.csv, for the numbers of parameters.
        examples: tables/examples.csv, for what functions of the user's own ask.
    """
    facts = read_facts(experiments, runs, examples)
    groups = framings(facts)
    widths = _widths(facts)
    heights = [HEIGHT] * len(groups) + [NETWORK_HEIGHT] * -(-len(facts) // len(widths))
    figure, grid = style.new_figure(
        style.DOUBLE,
        sum(heights),
        len(heights),
        len(widths),
        height_ratios=heights,
        width_ratios=widths,
    )
    for axes in grid.flat:
        axes.set_axis_off()
    for index, group in enumerate(groups):
        axes = figure.add_subplot(grid[index, 0].get_gridspec()[index, :])
        _draw_framing(axes, group)
        axes.set_title(_title(group, named=len(groups) > 1))
        style.panel_letter(axes, index)
    for index, (axes, fact) in enumerate(zip(grid[len(groups) :].flat, facts)):
        draw_network(axes, fact)
        for text in axes.texts if sum(widths) > ROOMY else ():
            text.set_fontsize(style.SMALL * ROOMY / sum(widths))
        _sizes(axes, fact)
        across = sum(widths) / widths[index % len(widths)]
        fitting.panel_title(axes, style.title(fact["experiment"]), across)
        style.panel_letter(axes, len(groups) + index)
    return figure


def _widths(facts: Sequence[Fact]) -> list[int]:
    """The widths of networks side by side, in boxes; of one alone if two are too wide."""
    pair = [max(map(columns, facts[side::2]), default=1) for side in range(2)]
    return pair if sum(pair) <= WIDEST else [max(pair)]


def caption(experiments: Path, runs: Path, examples: Path) -> str:
    """What the figure shows; arguments as for `draw`."""
    facts = read_facts(experiments, runs, examples)
    sentences = [_framed_text(group) for group in framings(facts)]
    data = "a drawing without data" if all(fact["asked"] for fact in facts) else "an example"
    return (
        f"The task and the networks. {' '.join(sentences)} This is {data}, so there is no interval."
    )


def _framed_text(group: Sequence[Fact]) -> str:
    """How a sequence is framed, and what each experiment says of a window."""
    fact = group[0]
    own = "" if fact["asked"] else f" Shown is the first held-out sequence{_key(fact['example'])}."
    said = [
        f"{the(fact['experiment'])} {_asked_text(fact)} ({fact['parameters']:,} parameters)"
        for fact in group
    ]
    return (
        f"A sequence of {plural(int(fact['length']), 'random integer')} below {fact['alphabet']} "
        f"is framed into {plural(int(fact['sequence_windows']), 'window')}; {'; '.join(said)}.{own}"
    )


def _asked_text(fact: Fact) -> str:
    if fact["asked"]:
        return f"repeats {described(fact['asked'], fact['n_in'])}"
    return f"is to say what the function {fact['echo']} returns"


def _key(example: Example) -> str:
    """What the marks in the boxes stand for, as the end of a sentence."""
    meanings = [f"{mark} for {name}" for name, mark in example.marks.items()]
    if any(NOTHING in window.answer for window in example.windows):
        meanings.append(f"{NOTHING} where nothing is asked")
    return f", with {listed(meanings)}" if meanings else ""


def _title(group: Sequence[Fact], *, named: bool) -> str:
    """What is asked; with the names of the tasks if there are others."""
    names = (
        [spoken(name) for name in dict.fromkeys(fact["task"] for fact in group)] if named else []
    )
    tasks = f"The task{'s' * (len(names) > 1)} {listed(names)}" if names else "The task"
    if not group[0]["asked"]:
        return f"{tasks}: to say what the function {group[0]['echo']} returns"
    words = {canonical(fact["asked"], fact["n_in"], fact["n_out"]) for fact in group}
    what = "the oldest values" if words == {"oldest"} else "values"
    return f"{tasks}: to give back {what} of each window"


def _sizes(axes: Axes, fact: Fact) -> None:
    axes.annotate(
        f"{fact['cells']} cells, {fact['parameters']:,} parameters",
        (0.5, 0),
        xycoords="axes fraction",
        ha="center",
        va="bottom",
    )


def _draw_framing(axes: Axes, group: Sequence[Fact]) -> None:
    if group[0]["example"].values:
        _draw_sequence(axes, group)
    else:
        _draw_windows(axes, group[0]["example"])


def _draw_sequence(axes: Axes, group: Sequence[Fact]) -> None:
    """A sequence, its first two windows as brackets, and the values to echo from each."""
    example: Example = group[0]["example"]
    values, length = example.values, int(group[0]["length"])
    for i, value in enumerate(values):
        box(axes, Place(i * STEP, 0), value, VALUE)
    more = "...  " if len(values) < length else ""
    note(axes, Place(len(values) * STEP, 0), f"{more}{length} integers", ha="left")
    for i, window in enumerate(example.windows):
        y = -1.1 - 0.9 * i
        left = window.first * STEP - 0.5
        right = (window.first + len(window.read) - 1) * STEP + 0.5
        axes.plot(
            [left, left, right, right], [y + 0.2, y, y, y + 0.2], color="black", linewidth=0.8
        )
        say = "to echo" if group[0]["asked"] else "to say"
        targets = " or ".join(f"[{answer}]" for answer in _answers(group, i))
        note(axes, Place(right + 0.3, y), f"window {window.number}, {say}: {targets}", ha="left")
    fit(axes, Place(-0.7, -2.6), Place(len(values) * STEP + 13, 0.8))


def _answers(group: Sequence[Fact], window: int) -> list[str]:
    """The different answers to a window of the example, the short ones first."""
    ordered = sorted(group, key=lambda fact: len(fact["asked"]))
    answers = (fact["example"].windows[window].answer for fact in ordered)
    return list(dict.fromkeys(map(", ".join, answers)))


def _draw_windows(axes: Axes, example: Example) -> None:
    """Windows that a function makes, each over its answer, place by place."""
    widest = 0
    for i, window in enumerate(example.windows):
        y = -2.6 * i
        for row, (name, texts) in enumerate((("read", window.read), ("say", window.answer))):
            note(axes, Place(-0.8, y - row), name, ha="right")
            shown = texts if len(texts) <= MOST else (*texts[:ENDS], "...", *texts[-ENDS:])
            for column, text in enumerate(shown):
                place = Place(column * STEP, y - row)
                note(axes, place, text) if text == "..." else box(axes, place, text, VALUE)
            widest = max(widest, len(shown))
        note(axes, Place(widest * STEP, y), f"window {window.number}", ha="left")
    key = ", ".join(f"{mark}: {name}" for name, mark in example.marks.items())
    note(axes, Place(widest * STEP, -1), key, ha="left")
    fit(axes, Place(-2, -2.6 * len(example.windows) + 0.6), Place(widest * STEP + 8, 0.8))
