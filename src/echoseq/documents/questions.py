"""The open questions in the paper: the table of answers, each answer, and every experiment."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from echoseq.answers.verdicts import NOT_JUDGED
from echoseq.documents import contrasts, needed
from echoseq.documents.claims import NOTE, claims_of
from echoseq.documents.results import Row, rows_of
from echoseq.escaping import one_line
from echoseq.study.architectures import ARCHITECTURES
from echoseq.study.schema import Study
from echoseq.tables.columns import complete_windows
from echoseq.tables.copies import trained_for
from echoseq.wording import (
    capitalized,
    count,
    listed,
    plural,
    sentence,
    setting,
    spoken,
    spread,
    with_interval,
)

ANSWER_HEAD = ("question", "compared", "skill", "cells", "epochs", "updates", "expected", "found")
ANSWER_KEYS = ("compared", "skill", "cells", "epochs", "updates", "expectation", "outcome")


def questions(
    study: Study, tables: Mapping[str, pd.DataFrame], figures: Mapping[str, Sequence[str]]
) -> dict[str, Any]:
    """The questions with their answers, and every experiment on them.

    Args:
        figures: the names of the figures of each question.
    """
    answers = rows_of(tables["answers"])
    return {
        "abstract": _abstract(answers),
        "prose": _prose(tables),
        "below": _below(tables),
        "controls": _controls(tables),
        "head": list(ANSWER_HEAD),
        "answers": [answer_cells(row) for row in answers if pd.notna(row["compared"])],
        "questions": [_question(row, study, figures, tables.get("claims")) for row in answers],
        "claims": NOTE if "claims" in tables else "",
        "contrasts": {"head": [*contrasts.HEAD], "rows": [*contrasts.contrasts(tables)]},
        "needed": {"head": needed.head(tables["sizes"]), "rows": needed.rows(tables)},
        "experiments": [_experiment(row, tables["skill"]) for row in rows_of(tables["needs"])],
    }


def answer_cells(row: Row) -> list[str]:
    """A row of the table of answers, with the columns `ANSWER_HEAD`."""
    return [row["question"], *("" if pd.isna(row[key]) else row[key] for key in ANSWER_KEYS)]


def verdict(row: Row) -> str:
    """What the source expects, and whether that is right; empty if it expects nothing."""
    if pd.isna(row["expectation"]):
        return ""
    return f"The source expects {row['expectation']}. Found for this pair: {row['outcome']}."


def _abstract(answers: list[Row]) -> str:
    """How many expectations of the source are right, of those that are judged."""
    outcomes = [row["outcome"] for row in answers if pd.notna(row["outcome"])]
    outcomes = [outcome for outcome in outcomes if outcome != NOT_JUDGED]
    if not outcomes:
        return ""
    right = sum(outcome == "right" for outcome in outcomes)
    return (
        f"Of {plural(len(outcomes), 'question')} on which the source states an expectation that "
        "can be judged here, "
        f"{right or 'none'} {'comes' if right <= 1 else 'come'} out as expected in the one "
        "comparison that it is judged by."
    )


def _prose(tables: Mapping[str, pd.DataFrame]) -> str:
    needs, comparisons = tables["needs"], tables["comparisons"]
    runs = trained_for(needs, tables["runs"])
    censored = int(runs["epochs_to_learn"].isna().sum())
    return (
        f"{capitalized(plural(len(needs), 'experiment'))} were to train until they had learned, in "
        f"{plural(len(runs), 'run')}; {count(censored)} of these met their cap first and are "
        f"censored. {_again(runs)}{_planned(comparisons)}"
    )


def _again(runs: pd.DataFrame) -> str:
    """How many runs have the weights of another, if any: experiments may differ in vain."""
    twins = len(runs) - runs["digest"].nunique()
    return (
        f"{capitalized(plural(twins, 'run'))} came to the same weights as another, where a cap or "
        "a state was set otherwise and made no difference; they are counted here, and are no "
        "evidence of their own. "
    ) * (twins > 0)


def _planned(comparisons: pd.DataFrame) -> str:
    """How many contrasts had been planned, and how many are clear, if there are any."""
    planned = comparisons[comparisons["p_holm"].notna()]
    if planned.empty:
        return "No contrast had been planned. Differences have intervals and no p-values."
    level = 1 - planned["confidence"].iloc[0]
    clear = int((planned["p_holm"] < level).sum())
    return (
        f"{capitalized(plural(len(planned), 'contrast'))} had been planned, with "
        f"{spread(planned['seeds'], str)} seeds; {clear or 'none'} of them "
        f"{'has' if clear == 1 else 'have'} a corrected p-value below {setting(level)}. All other "
        "differences have intervals and no p-values."
    )


def _below(tables: Mapping[str, pd.DataFrame]) -> str:
    """How many of the runs that learned are below the bound on held-out sequences, copies once."""
    runs = tables["runs"]
    trained = set(runs["experiment"][runs["experiment"] == runs["trained_for"]])
    own = tables["needs"][tables["needs"]["experiment"].isin(trained)]
    return f"{count(own['below'].sum())} of the {plural(int(own['learned'].sum()), 'run')} that did"


def _controls(tables: Mapping[str, pd.DataFrame]) -> str:
    """A sentence on the networks without memory; empty if there are none."""
    memoryless = [name for name, it in ARCHITECTURES.items() if not it.has_memory]
    experiments = tables["experiments"]
    compared = experiments[
        experiments["model"].isin(memoryless) & (experiments["until"] == "epochs")
    ]
    skill = complete_windows(tables["skill"])
    clauses = [
        f"the control {spoken(row['experiment'])} answers a share of "
        f"{with_interval(row['accuracy'], row['low'], row['high'])} of the values correctly"
        for row in rows_of(skill[skill["experiment"].isin(compared["experiment"])])
    ]
    return f"Without memory, {listed(clauses)}." if clauses else ""


def _question(
    answer: Row,
    study: Study,
    figures: Mapping[str, Sequence[str]],
    claims: pd.DataFrame | None,
) -> dict[str, Any]:
    name = answer["question"]
    return {
        "name": capitalized(spoken(name)),
        "text": sentence(one_line(answer["text"])),
        "expectation": None if pd.isna(answer["expectation"]) else answer["expectation"],
        "outcome": None if pd.isna(answer["outcome"]) else answer["outcome"],
        "answer": answer["summary"],
        "claims": claims_of(claims, name),
        "remark": one_line(study.questions[name].explanation or ""),
        "figures": list(figures.get(name, ())),
    }


def _experiment(row: Row, skill: pd.DataFrame) -> list[str]:
    """A row of the appendix."""
    own = complete_windows(skill)
    (found,) = rows_of(own[own["experiment"] == row["experiment"]])
    return [
        row["question"],
        row["experiment"],
        count(row["cells"]),
        count(row["parameters"]),
        f"{row['learned']} of {row['seeds']}",
        median_text(row, "epochs"),
        median_text(row, "updates"),
        count(row["cap"]),
        with_interval(found["accuracy"], found["low"], found["high"]),
        "" if math.isnan(found["bits"]) else f"{found['bits']:.1f} of {found['bits_asked']:.1f}",
    ]


def median_text(row: Row, time: str) -> str:
    """A median with its interval, which may have no upper end: 6,700 (6,100 to)."""
    if math.isnan(row[time]):
        return ""
    low, high = (row[f"{time}_{end}"] for end in ("low", "high"))
    ends = f"{count(low)} to {'' if math.isnan(high) else count(high)}".rstrip()
    return count(row[time]) + ("" if math.isnan(low) else f" ({ends})")
