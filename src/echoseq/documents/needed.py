"""The cells that groups need, as rows of a table: within each budget, with slopes."""

from collections.abc import Mapping, Sequence

import pandas as pd

from echoseq.documents.results import Row, rows_of
from echoseq.tables.sizes import bounds
from echoseq.wording import called, cells_needed, count, slope

FIRST = ("", "group", "cells tried")
LAST = ("within the cap", "cap", "slope")


def of_question(tables: Mapping[str, pd.DataFrame], question: str) -> dict[str, pd.DataFrame]:
    """The rows of needs, sizes and slopes that are about a question."""
    names = ("needs", "sizes", "slopes")
    return {name: tables[name][tables[name]["question"] == question] for name in names}


def head(sizes: pd.DataFrame) -> list[str]:
    """The columns: one for each budget, between those that every table has."""
    return [*FIRST, *(f"within {count(budget)}" for budget in _budgets(sizes)), *LAST]


def rows(tables: Mapping[str, pd.DataFrame]) -> list[list[str]]:
    """A row for each group, with the columns of `head`.

    Args:
        tables: needs, sizes and slopes.
    """
    sizes, keys = tables["sizes"], ["question", "group"]
    budgets = _budgets(sizes)
    slopes = {
        (row["question"], row["group"]): slope(row["slope"], row["low"], row["high"])
        for row in rows_of(tables["slopes"])
    }
    found = []
    for row in rows_of(sizes.drop_duplicates(keys)):
        question, group = row["question"], row["group"]
        own, needs = (_of(row, table) for table in (sizes, tables["needs"]))
        within = rows_of(own)
        by_budget, last = {one["budget"]: cells_needed(*bounds(one)) for one in within}, within[-1]
        found.append(
            [
                question,
                called(group, needs["experiment"].iloc[0]),
                ", ".join(map(count, sorted(set(needs["cells"])))),
                *(by_budget.get(budget, "") for budget in budgets),
                by_budget[last["budget"]],
                count(last["budget"]),
                slopes.get((question, group), ""),
            ]
        )
    return found


def _of(row: Row, table: pd.DataFrame) -> pd.DataFrame:
    """The rows of a table that are about the same group."""
    return table[(table["question"] == row["question"]) & (table["group"] == row["group"])]


def _budgets(sizes: pd.DataFrame) -> Sequence[int]:
    """The budgets of all groups, without their caps, which have a column of their own."""
    last = sizes.groupby(["question", "group"])["budget"].transform("max")
    return sorted(set(sizes.loc[sizes["budget"] < last, "budget"]))
