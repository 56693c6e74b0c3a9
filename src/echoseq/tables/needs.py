"""What each group of experiments needs: cells, and the time that it takes to learn."""

import math
from typing import Any

import pandas as pd

from echoseq.statistics.inference import wilson
from echoseq.statistics.survival import median_time
from echoseq.tables.columns import complete_windows

SOURCE = "tables"
READS = ("experiments", "runs", "skill_of_seeds")
ROW = "question, group and size"
SETTINGS = ("confidence", "learned_share", "success")
COLUMNS = {
    "question": "the question",
    "group": "what sets its experiments apart, besides their cells",
    "cells": "the size: cells of each recurrent layer",
    "experiment": "its name",
    "base": "the group that it is compared with; empty for such a group itself",
    "seeds": "number of seeds",
    "learned": "seeds that learned within the cap",
    "share": "`learned` divided by `seeds`",
    "low": "lower end of its {confidence} interval (Wilson)",
    "high": "its upper end",
    "epochs": "until learned: the Kaplan-Meier median; empty if fewer than half learned",
    "epochs_low": "lower end of its {confidence} interval; empty: none, with few seeds or a cap",
    "epochs_high": "its upper end; empty: none, with few seeds or a cap",
    "updates": "of the weights until learned: the median",
    "updates_low": "lower end of its {confidence} interval",
    "updates_high": "its upper end",
    "trained_windows": "that it was trained on until learned: the median",
    "trained_windows_low": "lower end of its {confidence} interval",
    "trained_windows_high": "its upper end",
    "held_out": "accuracy per value on held-out sequences, mean over the seeds that learned",
    "below": "seeds that learned, by the training accuracy of some epochs, and whose held-out "
    "accuracy is below {success}",
    "cap": "epochs after which training stops",
    "parameters": "of the network",
    "needed_cells": "the smallest size of the group from which on, at every larger size tried, at "
    "least {learned_share} of the seeds learned within the cap; empty: none",
    "confidence": "coverage of the intervals",
}
# The columns that claims may be about: those with the ends of the interval, and what it is.
MEASURES = {
    "share": "low high share",
    "epochs": "epochs_low epochs_high count",
    "updates": "updates_low updates_high count",
    "trained_windows": "trained_windows_low trained_windows_high count",
}


def make(
    tables: dict[str, pd.DataFrame], *, confidence: float, learned_share: float, success: float
) -> pd.DataFrame:
    """A row for each experiment that trains until it has learned, by question, group and size.

    Args:
        tables: those that `READS` names.
        learned_share: a size is enough if this share of seeds learn.
        success: the accuracy that a run has learned with.
    """
    experiments = tables["experiments"]
    asked = experiments[experiments["question"].notna() & (experiments["until"] == "learned")]
    asked = asked.sort_values(["question", "n_in", "n_out", "cells"], kind="stable")
    groups = groups_of(experiments)
    skill = complete_windows(tables["skill_of_seeds"])[["experiment", "seed", "accuracy"]]
    runs = dict(
        iter(tables["runs"].merge(skill, "left", ["experiment", "seed"]).groupby("experiment"))
    )
    rows = [
        _row(facts, runs[facts["experiment"]], groups, confidence, success)
        for facts in asked.to_dict("records")
    ]
    table = pd.DataFrame(rows, columns=[name for name in COLUMNS if name != "needed_cells"])
    parts = [
        part.assign(needed_cells=needed_cells(part, learned_share))
        for _, part in table.groupby(["question", "group"], sort=False)
    ]
    return (pd.concat(parts) if parts else table.assign(needed_cells=math.nan))[list(COLUMNS)]


def needed_cells(sizes: pd.DataFrame, share: float) -> float:
    """The smallest size from which on enough seeds learn at every size; NaN if there is none.

    Args:
        sizes: rows of one group, with `cells` and `share`.
    """
    needed = math.nan
    for row in sizes.sort_values("cells", ascending=False).to_dict("records"):
        if row["share"] < share - 1e-9:
            break
        needed = float(row["cells"])
    return needed


def one_of_each_size(needs: pd.DataFrame) -> pd.DataFrame:
    """The rows of this table, one for each size of a group: that with the most seeds.

    A group that two sweeps of a question compare with different ones has the same runs twice.
    """
    by_seeds = needs.sort_values("seeds", ascending=False, kind="stable")
    return by_seeds.drop_duplicates(["question", "group", "cells"]).sort_index()


def groups_of(experiments: pd.DataFrame) -> dict[str, str]:
    """The group of every experiment; one outside a sweep is a group of its own."""
    groups = experiments["group"].fillna(experiments["experiment"])
    return dict(zip(experiments["experiment"], groups, strict=True))


def _row(
    facts: dict[Any, Any],
    runs: pd.DataFrame,
    groups: dict[str, str],
    confidence: float,
    success: float,
) -> dict[str, Any]:
    learned = runs["epochs_to_learn"].notna().to_numpy()
    low, high = wilson(int(learned.sum()), len(runs), confidence)
    row = {
        "question": facts["question"],
        "group": groups[facts["experiment"]],
        "cells": facts["cells"],
        "experiment": facts["experiment"],
        "base": groups[facts["compare_to"]] if pd.notna(facts["compare_to"]) else None,
        "seeds": len(runs),
        "learned": int(learned.sum()),
        "share": learned.mean(),
        "low": low,
        "high": high,
    }
    times = runs.assign(trained_windows=runs["updates"] * facts["batch_size"])
    for time in ("epochs", "updates", "trained_windows"):
        median = median_time(times[time].to_numpy(), learned, confidence)
        row |= {time: median.median, f"{time}_low": median.low, f"{time}_high": median.high}
    held_out = runs["accuracy"][learned]
    return row | {
        "held_out": held_out.mean(),
        "below": int((held_out < success).sum()),
        "cap": facts["epochs"],
        "parameters": runs["parameters"].iloc[0],
        "confidence": confidence,
    }
