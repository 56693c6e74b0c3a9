"""What the facts of one question say, in sentences."""

import math
from collections.abc import Callable
from typing import Any

import pandas as pd

from echoseq.answers import memory, progress
from echoseq.answers.facts import BASE, INCOMPLETE_ACCURACY, OTHER
from echoseq.answers.verdicts import LESS, MORE, NOT_JUDGED, OURS, SAME, UNDECIDED, outcome, verdict
from echoseq.tables.comparisons import TIMES
from echoseq.wording import called, count, joined, listed, p_value, percent, points, spread, times

ARROW = " \u2192 "
NOTHING = "Beside what claims test, no two experiments are compared."


class Answer:
    """What the facts of one question say."""

    def __init__(self, numbers: pd.DataFrame, margins: dict[str, float]) -> None:
        """Take the facts of the question, and by claim what counts as hardly any change."""
        self._numbers = numbers
        self._margins = margins

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
        """The cells that the groups of the pair need."""
        rows = self._needed_of_pair()
        return ARROW.join(map(self._cells_of, rows)) if rows else None

    def cap(self) -> str | None:
        """The epochs within which the groups of the pair need their cells."""
        caps = dict.fromkeys(self._caps_of(row["group"]) for row in self._needed_of_pair())
        return ARROW.join(caps) or None

    def sentences(self) -> str:
        """The answer: skill of the pair, its time, and the cells that all groups need."""
        parts = [self._skill(), self._time(), self._cells()]
        parts += [self._stages(), memory.sentences(self._numbers)]
        return " ".join(part for part in parts if part) or NOTHING

    def _rows(self, fact: str, **where: Any) -> list[dict[Any, Any]]:
        rows = self._numbers[self._numbers["fact"] == fact]
        for column, value in where.items():
            rows = rows[rows[column] == value]
        return rows.to_dict("records")

    def _of_pair(self, fact: str) -> list[dict[Any, Any]]:
        """The rows of base and other; none if there is no pair or no such fact."""
        rows = [*self._rows(fact, pair=BASE)[:1], *self._rows(fact, pair=OTHER)[:1]]
        return rows if len(rows) == 2 else []

    def _needed_of_pair(self) -> list[dict[Any, Any]]:
        """What the groups of base and other need; none if one of them has a single size."""
        groups = [row["group"] for row in self._of_pair("learned")]
        rows = [row for group in groups for row in self._rows("needed_cells", group=group)]
        return rows if len(rows) == 2 else []

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
        unlearned = all(math.isnan(row["value"]) for row in self._of_pair("epochs"))
        if not rows or math.isnan(rows[0]["low"]) or (claim == "epochs" and unlearned):
            return UNDECIDED
        ends = (rows[0]["low"], rows[0]["high"])
        if claim == "epochs":
            ends = (math.log2(ends[0]), math.log2(ends[1]))
        return verdict(*ends, self._margins[claim])

    def _more_cells(self) -> str:
        """Whether the second group of the pair needs more, as far as the sizes tried can tell."""
        rows = self._needed_of_pair()
        if not rows:
            return UNDECIDED
        base, other = map(self._bounds, rows)
        if base[1] < other[0]:
            return MORE
        if other[1] < base[0]:
            return LESS
        return SAME if base == other and base[0] == base[1] else UNDECIDED

    def _bounds(self, row: dict[Any, Any]) -> tuple[float, float]:
        """The least and the most cells that a group may need."""
        tried, found = self._tried(row["group"]), row["value"]
        if math.isnan(found):
            return tried[-1] + 1, math.inf
        return (1 if found == tried[0] else found), found

    def _tried(self, group: str) -> list[float]:
        return sorted(row["cells"] for row in self._rows("learned", group=group))

    def _cells_of(self, row: dict[Any, Any]) -> str:
        """The cells that a group needs: 50, at most 10, more than 150."""
        tried = self._tried(row["group"])
        if math.isnan(row["value"]):
            return f"more than {count(tried[-1])}"
        return f"{'at most ' * (row['value'] == tried[0])}{count(row['value'])}"

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
        return f"{text}{self._ratios(known)}."

    def _ratios(self, known: list[bool]) -> str:
        """Ratios of epochs and updates; with seeds that did not learn they are only bounds."""
        bound = "" if all(known) else "at least " if known[0] else "at most "
        rows = [(time, row) for time in TIMES for row in self._rows(f"ratio of {time}")]
        if len(rows) == 2 and math.isclose(rows[0][1]["value"], rows[1][1]["value"], rel_tol=0.01):
            rows = rows[:1]
        texts = [
            f"{bound}{times(row['value'])} times the {time}"
            + (
                f" ({times(row['low'])} to {times(row['high'])}{_tested(row)})"
                if pd.notna(row["low"])
                else ""
            )
            for time, row in rows
        ]
        return f": {listed(texts)}" if texts else ""

    def _cells(self) -> str:
        rows = self._rows("needed_cells")
        if not rows:
            return ""
        within: dict[str, list[str]] = {}
        for row in rows:
            text = f"{row['group']}: {self._cells_of(row)}"
            within.setdefault(self._caps_of(row["group"]), []).append(text)
        sentences = [
            f"Cells needed within {caps} epochs: {'; '.join(texts)}."
            for caps, texts in within.items()
        ]
        return " ".join(sentences)

    def _caps_of(self, group: str) -> str:
        """The epochs within which the cells of a group are needed: the caps of its sizes."""
        return spread(pd.Series([row["value"] for row in self._rows("cap", group=group)]), count)

    def _stages(self) -> str:
        return progress.sentences(self._numbers) if self._rows(progress.AT) else ""


def median(value: float) -> str:
    """A median of times until learned, as text."""
    return "not learned" if math.isnan(value) else count(value)


def _tested(row: dict[Any, Any]) -> str:
    return f", p = {p_value(row['p_holm'])}" if pd.notna(row["p_holm"]) else ""
