"""How experiments were trained, in words: the most usual way first, and where another was taken."""

from typing import Any

import pandas as pd

from echoseq.wording import joined, listed, plural, spoken


def trained(experiments: pd.DataFrame) -> dict[str, Any]:
    """The optimizers with their rates or schedules, and of how many the state is carried.

    Args:
        experiments: tables/experiments.csv.

    Returns:
        `ways`, with the optimiser, whether it is Adam, whether it has options, its rate in words,
        and `where` it is used, empty for the first; `carried`, from batch to batch: all, some or
        none.
    """
    carried = experiments["stateful"].astype(bool)
    return {
        "ways": _ways(experiments),
        "carried": "all" if carried.all() else "some" if carried.any() else "none",
    }


def _ways(experiments: pd.DataFrame) -> list[dict[str, str | bool]]:
    constant = experiments["schedule"].isna()
    keyed = experiments.assign(
        schedule=experiments["schedule"].fillna(""),
        rate=experiments["learning_rate"].where(constant, 0.0),
    )
    usual = keyed.value_counts(["optimizer", "schedule", "rate"]).index[0]
    first = (keyed[["optimizer", "schedule", "rate"]] == [*usual]).all(axis=1)
    others = keyed[~first]
    groups = [rows for _, rows in others.groupby(["optimizer", "schedule"])]
    groups.sort(key=len, reverse=True)
    return [_way(keyed[first], ""), *(_way(rows, _where(rows)) for rows in groups)]


def _way(rows: pd.DataFrame, where: str) -> dict[str, str | bool]:
    optimizer = str(rows["optimizer"].iloc[0])
    return {
        "optimiser": optimizer,
        "adam": optimizer.partition(" ")[0] == "Adam",
        "options": " " in optimizer,
        "rate": _rate(rows),
        "where": where,
    }


def _rate(rows: pd.DataFrame) -> str:
    schedule = str(rows["schedule"].iloc[0])
    if schedule:
        return f"a learning rate that follows {schedule}"
    rates = [f"{rate:.4g}" for rate in sorted(set(rows["rate"]))]
    return f"{'learning rates' if len(rates) > 1 else 'a learning rate'} of {listed(rates)}"


def _where(rows: pd.DataFrame) -> str:
    """Which experiments: how many, and on which questions, or the names of those on none."""
    if rows["question"].isna().all():
        return listed(map(spoken, rows["experiment"]))
    asked = joined(rows["question"].dropna().map(spoken), "and")
    return f"{plural(len(rows), 'experiment')}, on {asked}"
