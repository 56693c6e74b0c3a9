"""What the facts of one question say, in sentences."""

import math
from collections import defaultdict
from collections.abc import Callable
from itertools import starmap
from typing import Any

import pandas as pd

from echoseq.answers import memory, progress
from echoseq.answers.facts import BASE, INCOMPLETE_ACCURACY, OTHER
from echoseq.answers.verdicts import (
    BOUNDS,
    CELLS,
    DEPENDS,
    EPOCHS,
    LESS,
    MORE,
    NOT_JUDGED,
    OPEN,
    OURS,
    SKILL,
    UNDECIDED,
    of_cells,
    of_times,
    outcome,
    verdict,
)
from echoseq.tables.comparisons import TIMES
from echoseq.wording import (
    called,
    cells_needed,
    count,
    joined,
    listed,
    p_value,
    percent,
    points,
    spread,
    times,
)

ARROW = " \u2192 "
Fact = dict[Any, Any]  # a row of tables/facts.csv
NOTHING = "Beside what claims test, no two experiments are compared."


class Answer:
    """What the facts of one question say."""

    def __init__(self, numbers: pd.DataFrame, margins: dict[str, float]) -> None:
        """Take the facts of the question, and by claim what counts as hardly any change."""
        self._numbers = numbers
        self._margins = margins
        self._of_fact: dict[str, list[Fact]] = defaultdict(list)
        for row in numbers.to_dict("records"):
            self._of_fact[row["fact"]].append(row)

    def outcome(self, expectation: dict[str, str], set_up: str | None = None) -> str | None:
        """Whether each expectation is right: cells wrong and epochs right.

        It is not judged by a comparison in another set-up than the source's.
        """
        if not expectation:
            return None
        if set_up == OURS:
            return NOT_JUDGED
        found = {claim: outcome(v, self._found(claim)) for claim, v in expectation.items()}
        if len(set(found.values())) == 1:
            return next(iter(found.values()))
        return listed(f"{claim} {result}" for claim, result in found.items())

    def compared(self) -> str | None:
        """The pair, and what its two experiments have in common."""
        if not self._of_pair("accuracy"):
            return None
        base, other, context = self._names()
        return f"{base}{ARROW}{other} ({context})"

    def pair(self, fact: str, write: Callable[[float], str]) -> str | None:
        """A fact of base and other: .995 -> .991."""
        rows = self._of_pair(fact)
        return ARROW.join(write(row["value"]) for row in rows) if rows else None

    def needed(self) -> str | None:
        """The cells that the groups of the pair need, within each budget."""
        pairs = self._needed_of_pair()
        texts = [f"{_told(base)}{ARROW}{_told(other)}" for base, other in pairs]
        if len(pairs) > 1:
            texts = [f"{text} ({_budgets(*pair)})" for text, pair in zip(texts, pairs)]
        return "; ".join(texts) or None

    def cap(self) -> str | None:
        """The epochs after which training of the groups of the pair stops."""
        caps = dict.fromkeys(self._caps_of(row["group"]) for row in self._of_pair("learned"))
        return ARROW.join(caps) if self._needed_of_pair() else None

    def sentences(self) -> str:
        """The answer: skill of the pair, its time, and the cells that its groups need."""
        parts = [self._skill(), self._time(), self._cells()]
        parts += [self._stages(), memory.sentences(self._numbers)]
        return " ".join(part for part in parts if part) or NOTHING

    def summary(self) -> str:
        """The answer in words, with as few numbers as possible: what the tables show in full."""
        parts = [self._verdicts(), self._stages(), memory.sentences(self._numbers)]
        return " ".join(part for part in parts if part) or self.sentences()

    def _verdicts(self) -> str:
        """What is found of the pair; empty if there is none."""
        if not self._of_pair("accuracy"):
            return ""
        base, other, context = self._names()
        text = f"With {other} instead of {base} ({context}), {SKILL[self._found('skill')]}"
        time = self._longer(base)
        cells = ""
        if self._needed_of_pair():
            found = self._found_of_cells() or {UNDECIDED}
            cells = CELLS[found.pop()] if len(found) == 1 else DEPENDS
        return f"{'; '.join(part for part in (text, time, cells) if part)}."

    def _longer(self, base: str) -> str:
        """Whether the second of the pair takes longer; empty if times were not measured."""
        if not self._of_pair("epochs"):
            return ""
        known = [not math.isnan(row["value"]) for row in self._of_pair("epochs")]
        if not any(known):
            return "neither is learned in time by half of the seeds"
        if not all(known):
            return (
                f"it is {'' if known[1] else 'not '}learned in time, {base} is{' not' * known[1]}"
            )
        found = self._found("epochs")
        if found in (LESS, MORE):
            (ratio, *_) = self._rows("ratio of epochs")
            return f"it takes {BOUNDS[self._censored()]}{times(ratio['value'])} times the epochs"
        return EPOCHS[found]

    def _rows(self, fact: str, **where: Any) -> list[Fact]:
        rows = self._of_fact[fact]
        return [row for row in rows if all(row[key] == value for key, value in where.items())]

    def _of_pair(self, fact: str) -> list[Fact]:
        """The rows of base and other; none if there is no pair or no such fact."""
        rows = [*self._rows(fact, pair=BASE)[:1], *self._rows(fact, pair=OTHER)[:1]]
        return rows if len(rows) == 2 else []

    def _needed_of_pair(self) -> list[tuple[Fact, Fact]]:
        """What the groups of base and other need within the budgets of both, and within their caps.

        None if one of the groups has a single size.
        """
        groups = [row["group"] for row in self._of_pair("learned")]
        sizes = [self._rows("needed_cells", group=group) for group in groups]
        if len(sizes) < 2 or not all(sizes):
            return []
        base, other = sizes
        shared = [(b, o) for b in base for o in other if b["detail"] == o["detail"]]
        ends = (base[-1], other[-1])
        return shared if ends in shared else [*shared, ends]

    def _names(self) -> tuple[str, str, str]:
        """What sets base and other apart, and what they share, including their cells."""
        rows = self._of_pair("accuracy")
        base, other = (called(row["group"], row["experiment"]).split(", ") for row in rows)
        shared = [part for part in base if part in other]
        sizes = (count(row["cells"]) for row in rows)
        context = ", ".join([*shared, f"{joined(sizes, 'and')} cells"])
        own = [", ".join(p for p in parts if p not in shared) for parts in (base, other)]
        return own[0], own[1], context

    def _found(self, claim: str) -> str:
        """What is found about a claim: more, less, the same, ..."""
        if claim == "cells":
            return self._more_cells()
        fact = {"skill": "difference", "epochs": "ratio of epochs"}[claim]
        rows = self._rows(fact)
        if not rows or math.isnan(rows[0]["low"]):
            return UNDECIDED
        ends = (rows[0]["low"], rows[0]["high"])
        if claim == "epochs":
            return of_times(*ends, self._censored(), self._margins[claim])
        return verdict(*ends, self._margins[claim])

    def _censored(self) -> tuple[bool, bool]:
        """Whether runs of base and other did not learn, as far as is known."""
        rows = self._of_pair("learned")
        return (rows[0]["value"] < 1, rows[1]["value"] < 1) if rows else (True, True)

    def _more_cells(self) -> str:
        """Whether the second group of the pair needs more: what all budgets say that decide it."""
        found = self._found_of_cells()
        return found.pop() if len(found) == 1 else UNDECIDED

    def _found_of_cells(self) -> set[str]:
        """What is found within the budgets that both groups have."""
        pairs = self._needed_of_pair()
        shared = [(base, other) for base, other in pairs if base["detail"] == other["detail"]]
        return {of_cells(base, other) for base, other in shared} - {UNDECIDED}

    def _skill(self) -> str:
        rows = self._of_pair("accuracy")
        if not rows:
            return ""
        base, other, context = self._names()
        text = (
            f"With {other} instead of {base} ({context}), {percent(rows[1]['value'])} of the "
            f"values are right on held-out sequences instead of {percent(rows[0]['value'])}"
        )
        for row in self._rows("difference"):
            if pd.notna(row["low"]):
                value, low, high = (points(row[key]) for key in ("value", "low", "high"))
                text += f" (a difference of {value} points, {low} to {high}{_tested(row)})"
        return f"{text}.{self._incomplete()}"

    def _incomplete(self) -> str:
        """What is right in windows with missing values, if both train on them; else empty."""
        rows = self._of_pair(INCOMPLETE_ACCURACY)
        if not rows:
            return ""
        base, other = (percent(row["value"]) for row in rows)
        return f" In windows with missing values it is {other} instead of {base}."

    def _time(self) -> str:
        epochs, updates = self._of_pair("epochs"), self._of_pair("updates")
        if not epochs:
            return ""
        base, *_ = self._names()
        shares = [
            f"{round(r['value'] * r['seeds'])} of {r['seeds']:.0f}"
            for r in self._of_pair("learned")
        ]
        caps = [count(row["value"]) for row in self._of_pair("cap")]
        taken = [
            f"{median(e['value'])} epochs ({median(u['value'])} updates)"
            for e, u in zip(epochs, updates, strict=True)
        ]
        known = [not math.isnan(row["value"]) for row in epochs]
        if not any(known):
            both = listed(dict.fromkeys(reversed(caps)))
            return f"Neither is learned by half of the seeds within {both} epochs."
        if all(known):
            text = f"It is learned after {taken[1]} instead of {taken[0]}"
        elif known[1]:
            text = f"It is learned after {taken[1]}, where {base} is not within {caps[0]}"
        else:
            text = f"It is not learned within {caps[1]} epochs, where {base} is after {taken[0]}"
        text += f", by {shares[1]} and {shares[0]} seeds"
        return f"{text}{self._ratios()}."

    def _ratios(self) -> str:
        """Ratios of epochs and updates; with seeds that did not learn they are only bounds."""
        censored = self._censored()
        rows = [(time, row) for time in TIMES for row in self._rows(f"ratio of {time}")]
        if len(rows) == 2 and math.isclose(rows[0][1]["value"], rows[1][1]["value"], rel_tol=0.01):
            rows = rows[:1]
        texts = [
            f"{BOUNDS[censored]}{times(row['value'])} times the {time}{_ends(row, censored)}"
            for time, row in rows
        ]
        return f": {listed(texts)}" if texts else ""

    def _cells(self) -> str:
        pairs = self._needed_of_pair()
        if not pairs:
            return self._cells_of_groups()
        return f"Cells needed: {listed(starmap(_beside, pairs))}."

    def _cells_of_groups(self) -> str:
        """What each group needs within its cap, if no two of them are what the answer is about."""
        within: dict[str, list[str]] = {}
        last = {row["group"]: row for row in self._rows("needed_cells")}
        for group, row in last.items():
            within.setdefault(self._caps_of(group), []).append(f"{group}: {_told(row)}")
        return " ".join(
            f"Cells needed within {caps} epochs: {'; '.join(texts)}."
            for caps, texts in within.items()
        )

    def _caps_of(self, group: str) -> str:
        """The epochs after which training of a group stops: the caps of its sizes."""
        return spread(pd.Series([row["value"] for row in self._rows("cap", group=group)]), count)

    def _stages(self) -> str:
        return progress.sentences(self._numbers) if self._rows(progress.AT) else ""


def median(value: float) -> str:
    """A median of times until learned, as text."""
    return "not learned" if math.isnan(value) else count(value)


def _budget(row: Fact) -> int:
    """The epochs within which these cells are needed."""
    return int(row["detail"])


def _budgets(base: Fact, other: Fact) -> str:
    """The epochs of both, once if they are the same."""
    return ARROW.join(dict.fromkeys(count(_budget(row)) for row in (base, other)))


def _told(row: Fact) -> str:
    """The cells that a group needs, as far as the sizes tried can tell: 50, at most 10."""
    return cells_needed(row["low"], row["high"])


def _beside(base: Fact, other: Fact) -> str:
    """The cells that the second needs beside the first, within which epochs."""
    within, instead = f"within {count(_budget(other))} epochs", f"instead of {_told(base)}"
    if base["detail"] == other["detail"]:
        return f"{_told(other)} {instead} {within}"
    return f"{_told(other)} {within} {instead} within {count(_budget(base))}"


def _ends(row: Fact, censored: tuple[bool, bool]) -> str:
    """The interval of a ratio, open where runs did not learn, with its p-value."""
    if pd.isna(row["low"]):
        return ""
    ends = OPEN[censored].format(low=times(row["low"]), high=times(row["high"]))
    return f" ({ends}{_tested(row)})"


def _tested(row: Fact) -> str:
    p = p_value(row["p_holm"])
    return f", p {p if p.startswith('<') else f'= {p}'}" if p else ""
