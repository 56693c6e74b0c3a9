"""The experiments that stand beside what others published: how they are set up, and claims why."""

from typing import Any

import pandas as pd

from echoseq.documents.claims import claims_of, of_published
from echoseq.escaping import one_line
from echoseq.study.options import described
from echoseq.study.schema import PUBLISHED, Study
from echoseq.task import label
from echoseq.wording import capitalized, count, spoken

HEAD = (
    *("experiment", "asked for", "integers below", "model", "cells", "epochs", "batch"),
    *("state", "options"),
)


def content(study: Study, names: list[str], claims: pd.DataFrame | None) -> dict[str, Any]:
    """A table of these experiments, and the questions that go with them.

    Args:
        claims: tables/published_claims.csv, if there is one.
    """
    return {
        "head": [*HEAD],
        "rows": set_ups(study, names),
        "questions": reasons(study, claims),
    }


def set_ups(study: Study, names: list[str]) -> list[list[str]]:
    """A row for each of these experiments that the study has, with the columns `HEAD`."""
    rows = []
    for name in names:
        if name not in study.experiments:
            continue
        experiment = study.experiments[name]
        plan = study.plan_of(name)
        task = plan.task
        numbers = (experiment.cells, experiment.epochs, experiment.batch_size)
        asked = [label(task), count(task.alphabet)]
        state = "carried" if experiment.stateful else "reset"
        options = described(plan.options)
        rows.append([name, *asked, experiment.model, *map(count, numbers), state, options])
    return rows


def models(study: Study, names: list[str]) -> list[str]:
    """The models of these experiments, as far as the study has them."""
    return [study.experiments[name].model for name in names if name in study.experiments]


def reasons(study: Study, claims: pd.DataFrame | None) -> list[dict[str, Any]]:
    """The questions that go with what others published: text, claims and remark of each."""
    whole = None if claims is None else of_published(claims)
    return [
        {
            "name": capitalized(spoken(name)),
            "text": one_line(question.text),
            "claims": claims_of(whole, name),
            "remark": one_line(question.explanation or ""),
        }
        for name, question in study.questions.items()
        if question.target == PUBLISHED
    ]
