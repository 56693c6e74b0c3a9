"""What is asked of a window, as the texts of a drawing: from the tables, without running the task.

By position any integers will do. What a function of the user's own asks is known from the first
held-out sequence alone.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import pandas as pd

from echoseq.asked import Asked, Say, before, read_asked
from echoseq.tables.columns import read_table
from echoseq.task import MISSING

EXAMPLE = (12, 5, 99, 3, 40, 67, 5, 81)  # the start of a sequence; any integers would do
NOTHING = "-"
Fact = dict[Any, Any]


@dataclass(frozen=True)
class Window:
    """A window of an example.

    number: of the sequence, from 1.
    first: where it begins among the values that are shown.
    read, answer: its values and what is to be said, as texts.
    """

    number: int
    first: int
    read: tuple[str, ...]
    answer: tuple[str, ...]


@dataclass(frozen=True)
class Example:
    """The start of a sequence and its first windows.

    values: as texts; none if a function makes windows of other values than the sequence's.
    windows: one or two.
    marks: by the name of a symbol, how it is written.
    """

    values: tuple[str, ...]
    windows: Sequence[Window]
    marks: dict[str, str]


def read_facts(experiments: Path, runs: Path, examples: Path) -> list[Fact]:
    """The experiments of the study: their facts, what is `asked`, and an `example` of it.

    Args:
        experiments: tables/experiments.csv; those without a question are read.
        runs: tables/runs.csv, for the numbers of parameters.
        examples: tables/examples.csv, for tasks of the user's own.
    """
    facts, shown = read_table(experiments), read_table(examples)
    if "question" in facts:
        facts = facts[facts["question"].isna()]
    parameters = read_table(runs)[["experiment", "parameters"]].drop_duplicates()
    read = []
    for fact in facts.merge(parameters, on="experiment").to_dict("records"):
        text = fact["asked_positions"]
        asked = () if pd.isna(text) else read_asked(text)
        own = shown[shown["experiment"] == fact["experiment"]]
        example = _by_position(fact, asked) if asked else _by_function(fact, own)
        read.append(fact | {"asked": asked, "example": example})
    return read


def framings(facts: Iterable[Fact]) -> list[list[Fact]]:
    """Experiments whose sequences are framed alike, together, in their order."""
    groups: dict[Any, list[Fact]] = {}
    for fact in facts:
        kept = (fact["length"], fact["alphabet"], fact["n_in"], fact["overlap"], fact["framing"])
        own = None if fact["asked"] else fact["task"]
        groups.setdefault((own, *kept, before(fact["asked"])), []).append(fact)
    return list(groups.values())


def marks_of(symbols: Sequence[str]) -> dict[str, str]:
    """How each symbol is written in a box: by the fewest letters that tell it from the others."""
    return {
        name: next(
            name[:size]
            for size in range(1, len(name) + 1)
            if size == len(name)
            or not any(s != name and s.startswith(name[:size]) for s in symbols)
        )
        for name in symbols
    }


def _by_position(fact: Fact, asked: Sequence[Asked]) -> Example:
    n_in, length, earlier = int(fact["n_in"]), int(fact["length"]), before(asked)
    step = 1 if fact["overlap"] else n_in
    start = -(-earlier // step) * step
    count = min(2, (length - start - n_in) // step + 1)
    values = [
        str(EXAMPLE[place % len(EXAMPLE)] % int(fact["alphabet"]))
        for place in range(min(length, start + n_in + step * (count - 1) + 1))
    ]
    skipped = n_in - 1 + start if fact["framing"] == "mask" else 0  # they lack values
    windows = [
        Window(
            skipped + i + 1,
            first,
            tuple(values[first : first + n_in]),
            tuple(_answer(item, values, first) for item in asked),
        )
        for i, first in enumerate(range(start, start + step * count, step))
    ]
    return Example(tuple(values), windows, {})


def _answer(item: Asked, values: Sequence[str], first: int) -> str:
    if isinstance(item, int):
        return values[first + item - 1]
    return str(item.say) if isinstance(item, Say) else NOTHING


def _by_function(fact: Fact, rows: pd.DataFrame) -> Example:
    symbols: list[str] = [] if pd.isna(fact["symbols"]) else json.loads(fact["symbols"])
    marks = marks_of(symbols)
    texts = {MISSING: NOTHING}
    texts |= {int(fact["alphabet"]) + i: marks[name] for i, name in enumerate(symbols)}
    step = 1 if fact["overlap"] else int(fact["n_in"])
    windows = []
    for i, row in enumerate(rows.to_dict("records")):
        values, answer = (
            tuple(texts.get(value, str(value)) for value in json.loads(row[key]))
            for key in ("values", "answer")
        )
        windows.append(Window(int(row["window"]), i * step, values, answer))
    return Example(_sequence(windows, step) if pd.isna(fact["frame"]) else (), windows, marks)


def _sequence(windows: Sequence[Window], step: int) -> tuple[str, ...]:
    """The start of the sequence in which these windows lie."""
    kept = [window.read[-step:] if window.first else window.read for window in windows]
    return tuple(chain.from_iterable(kept))
