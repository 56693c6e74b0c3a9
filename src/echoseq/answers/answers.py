"""The answers to the open questions, as sentences made from the facts."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from echoseq.answers.answer import Answer, median
from echoseq.answers.verdicts import LESS, MORE, SAME
from echoseq.wording import listed, percent

SOURCE = "tables"
READS = ("facts",)
ROW = "question"
SETTINGS = ("margin", "questions", "time_margin")
COLUMNS = {
    "question": "its name",
    "text": "what was asked",
    "expectation": "what the source expects of the second experiment of the pair",
    "outcome": "whether that was right; not judged in another set-up than the source's",
    "answer": "what was found, in sentences made from `facts`",
    "summary": "the same in words, with as few numbers as possible",
    "compared": "the pair that the answer is about: the base, and what is compared with it",
    "skill": "accuracy per value of the pair on held-out sequences",
    "cells": "needed by the pair's groups, within each budget and within `cap`",
    "cap": "epochs after which training stops",
    "epochs": "until learned, medians of the pair",
    "updates": "until learned, medians of the pair",
}


def make(
    tables: dict[str, pd.DataFrame],
    *,
    margin: float,
    questions: Sequence[Mapping[str, Any]],
    time_margin: float,
) -> pd.DataFrame:
    """A row for each question that has experiments or probes.

    Args:
        tables: those that `READS` names.
        questions: as configured, each with its `name`.
        margin: differences of accuracy up to this count as hardly any change.
        time_margin: and ratios of times up to this.
    """
    numbers = tables["facts"]
    margins = {"skill": margin, "epochs": math.log2(time_margin)}
    rows = []
    for question in questions:
        own = numbers[numbers["question"] == question["name"]]
        if own.empty:
            continue
        rows.append(_row(question, Answer(own, margins)))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _row(question: Mapping[str, Any], answer: Answer) -> dict[str, Any]:
    expectation = {k: v for k, v in (question["expectation"] or {}).items() if v is not None}
    return {
        "question": question["name"],
        "text": question["text"],
        "expectation": _expected(expectation),
        "outcome": answer.outcome(expectation, question.get("set_up")),
        "answer": answer.sentences(),
        "summary": answer.summary(),
        "compared": answer.compared(),
        "skill": answer.pair("accuracy", percent),
        "cells": answer.needed(),
        "cap": answer.cap(),
        "epochs": answer.pair("epochs", median),
        "updates": answer.pair("updates", median),
    }


def _expected(expectation: dict[str, str]) -> str | None:
    if not expectation:
        return None
    words = {"same": SAME, "less": LESS, "more": MORE}
    return listed(f"{words[v]} {k}" for k, v in expectation.items())
