"""The cells that each group of experiments needs, within several numbers of epochs."""

import math
from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd

from echoseq.tables.needs import needed_cells, one_of_each_size

SOURCE = "tables"
READS = ("needs", "runs")
ROW = "question, group and budget"
SETTINGS = ("budgets", "learned_share")
COLUMNS = {
    "question": "the question",
    "group": "what sets its experiments apart, besides their cells; a group has several sizes",
    "base": "the group that it is compared with, the first if there are two; empty for such a "
    "group itself",
    "budget": "epochs; the last of a group is its cap, the longest if its sizes differ in that",
    "needed_cells": "the smallest size of the group from which on, at every larger size tried, at "
    "least {learned_share} of the seeds learned within the budget; empty: none",
    "bound": "what the ends of the grid decide: `at most`, if the smallest size tried is enough; "
    "`more than`, if the largest is not; otherwise empty",
    "smallest": "size tried, in cells",
    "largest": "size tried, in cells",
}
AT_MOST, MORE_THAN = "at most", "more than"


def make(
    tables: dict[str, pd.DataFrame], *, budgets: Sequence[int], learned_share: float
) -> pd.DataFrame:
    """A row for each budget of each group of several sizes.

    Args:
        tables: those that `READS` names.
        budgets: in epochs. Those that some size of a group was not trained for are left out, as
            who would have learned by then is not known.
        learned_share: a size is enough if this share of seeds learn.
    """
    needs = one_of_each_size(tables["needs"])
    learned = dict(iter(tables["runs"].groupby("experiment")["epochs_to_learn"]))
    rows = [
        {"question": question, "group": group, "base": part["base"].iloc[0], **row}
        for (question, group), part in needs.groupby(["question", "group"], sort=False)
        if len(part) > 1
        for row in _within(part, learned, budgets, learned_share)
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _within(
    group: pd.DataFrame, learned: dict[Any, Any], budgets: Sequence[int], share: float
) -> Iterator[dict[str, Any]]:
    """What a group needs within each budget, and within its cap."""
    smallest, largest = group["cells"].min(), group["cells"].max()
    used = [budget for budget in sorted({*budgets}) if budget < group["cap"].min()]
    for budget in (*used, group["cap"].max()):
        shares = [(learned[name] <= budget).mean() for name in group["experiment"]]
        needed = needed_cells(group.assign(share=shares), share)
        bound = MORE_THAN if math.isnan(needed) else AT_MOST if needed == smallest else None
        yield {"budget": budget, "needed_cells": needed, "bound": bound} | {
            "smallest": smallest,
            "largest": largest,
        }


def bounds(row: dict[Any, Any]) -> tuple[float, float]:
    """The least and the most cells that a group may need; the most is NaN if that is open."""
    if row["bound"] == MORE_THAN:
        return row["largest"] + 1, math.nan
    return (1 if row["bound"] == AT_MOST else row["needed_cells"]), row["needed_cells"]
