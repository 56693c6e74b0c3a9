"""The open questions in the paper: findings, and every comparison."""

import json
import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from echoseq.documents.results import Row, rows_of
from echoseq.study.architectures import ARCHITECTURES
from echoseq.tables.answers import BETTER, NOT_BETTER, NOT_WORSE, SAME, UNDECIDED, WORSE
from echoseq.tables.columns import exact_matches
from echoseq.wording import (
    capitalized,
    count,
    joined,
    p_value,
    plural,
    setting,
    share,
    signed,
    spoken,
    spread,
    with_interval,
)

VERDICTS = (WORSE, NOT_BETTER, SAME, NOT_WORSE, BETTER, UNDECIDED)


def questions(tables: Mapping[str, pd.DataFrame]) -> dict[str, Any]:
    """The questions with their findings, and every comparison."""
    answers = tables["answers"]
    facts = [fact for figures in answers["figures"] for fact in json.loads(figures)]
    compared = exact_matches(tables["comparisons"])
    fewest = int(compared["seeds"].min())
    level = 1 - compared["confidence"].iloc[0]
    clear = int((compared["p_holm"] < level).sum())
    smallest = min(1, 2 / 2.0**fewest)  # p-value that the sign flips of so few seeds can give
    worse, better = int((compared["high"] < 0).sum()), int((compared["low"] > 0).sum())
    return {
        "abstract": (
            f"Of {plural(len(compared), 'experiment')} on the open questions, {worse} "
            f"{'has' if worse == 1 else 'have'} an interval of the difference from the base wholly "
            f"below zero, and {better} wholly above"
        ),
        "prose": (
            f"{capitalized(plural(len(compared), 'experiment'))} with "
            f"{spread(compared['seeds'], str)} seeds each were compared with a base. In {worse} "
            f"the interval of the difference lies wholly below zero, and in {better} wholly above. "
            f"After correction, {clear or 'none'} of them {'has' if clear == 1 else 'have'} "
            f"a p-value below {setting(level)}. With {plural(fewest, 'seed')} the test "
            f"cannot give less than {share(smallest)}, even before correction"
            f"{'; in that case read the interval' * bool(smallest >= level)}."
        ),
        "controls": _controls(facts, tables["experiments"]),
        "questions": [_question(row) for row in rows_of(answers)],
        "comparisons": [_comparison(fact, compared) for fact in facts],
    }


def _controls(facts: list[Row], experiments: pd.DataFrame) -> str:
    """A sentence on the networks without memory; empty if there are none."""
    memoryless = [name for name, it in ARCHITECTURES.items() if not it.has_memory]
    names = set(experiments[experiments["model"].isin(memoryless)]["experiment"])
    clauses = [
        f"the control {spoken(fact['experiment'])} has an exact match of "
        f"{with_interval(fact['exact_match'], fact['exact_match_low'], fact['exact_match_high'])}"
        for fact in facts
        if fact["experiment"] in names
    ]
    return f"Without memory, {joined(clauses, 'and')}." if clauses else ""


def _question(answer: Row) -> dict[str, Any]:
    facts = json.loads(answer["figures"])
    groups = [
        {
            "verdict": verdict,
            "experiments": [f["experiment"] for f in facts if f["verdict"] == verdict],
        }
        for verdict in VERDICTS
    ]
    return {
        "name": capitalized(answer["question"]),
        "text": answer["text"],
        "expectation": None if pd.isna(answer["expectation"]) else answer["expectation"],
        "outcome": None if pd.isna(answer["outcome"]) else answer["outcome"],
        "verdicts": [group for group in groups if group["experiments"]],
    }


def _comparison(fact: Row, compared: pd.DataFrame) -> list[str]:
    (row,) = rows_of(compared[compared["experiment"] == fact["experiment"]])
    return [
        fact["question"],
        fact["experiment"],
        fact["base"],
        count(fact["parameters"]),
        count(fact["epochs"]),
        with_interval(fact["exact_match"], fact["exact_match_low"], fact["exact_match_high"]),
        signed(row["difference"])
        + ("" if math.isnan(row["low"]) else f" ({signed(row['low'])} to {signed(row['high'])})"),
        p_value(row["p_holm"]),
        f"{fact['learned']} of {fact['seeds']}",
        "" if fact["median_epochs_to_learn"] is None else count(fact["median_epochs_to_learn"]),
        fact["verdict"],
    ]
