"""What probes read from the encoder after the last step: facts, and the words for them."""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from echoseq.evaluation.readouts import LINEAR, SHUFFLED, TRAINED, UNTRAINED
from echoseq.tables.needs import groups_of
from echoseq.wording import capitalized, count, joined, percent, spoken

READ, BITS = "read", "bits read"


def facts(probes: pd.DataFrame, experiments: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """The numbers of the experiments that a question probes, after the last step.

    Args:
        probes: tables/probes.csv, rows of the experiments.
        experiments: tables/experiments.csv.
    """
    groups = groups_of(experiments)
    cells = dict(zip(experiments["experiment"], experiments["cells"], strict=True))
    last = probes["step"] == probes.groupby("experiment")["step"].transform("max")
    for row in probes[last].to_dict("records"):
        about = {"group": groups[row["experiment"]], "cells": cells[row["experiment"]]}
        source = _source(row["probe"], row["state"], row["network"])
        for fact, value, low, high in (
            (READ, "accuracy", "low", "high"),
            (BITS, "bits", "bits_low", "bits_high"),
        ):
            numbers = {"value": row[value], "low": row[low], "high": row[high]}
            name = f"{fact} {source}: position {row['position']}"
            yield about | {"fact": name, "seeds": row["seeds"]} | numbers


def sentences(numbers: pd.DataFrame) -> str:
    """What a linear probe reads of each experiment, beside the controls.

    Args:
        numbers: the facts of one question.
    """
    read = numbers[numbers["fact"].str.startswith(READ)]
    parts = read.groupby(["group", "cells"], sort=False)
    return " ".join(_sentence(own) for _, own in parts)


def _sentence(numbers: pd.DataFrame) -> str:
    group, cells = numbers[["group", "cells"]].iloc[0]
    states = [state for state in ("h", "c") if len(_read(numbers, state, TRAINED))]
    shuffled = max(_read(numbers, state, SHUFFLED).max() for state in states)
    return (
        f"{capitalized(spoken(group))} ({count(cells)} cells): after the last step a linear probe "
        "reads the values, from the oldest to the latest, "
        + joined((_told(numbers, state, TRAINED) for state in states), "and")
        + "; of the untrained network "
        + joined((_told(numbers, state, UNTRAINED) for state in states), "and")
        + f"; with shuffled labels at most {percent(shuffled)}."
    )


def _told(numbers: pd.DataFrame, state: str, network: str) -> str:
    return f"from {state} in {', '.join(map(percent, _read(numbers, state, network)))} of windows"


def _read(numbers: pd.DataFrame, state: str, network: str) -> "pd.Series[float]":
    """What the linear probe reads, by position."""
    prefix = f"{READ} {_source(LINEAR, state, network)}: "
    return numbers.loc[numbers["fact"].str.startswith(prefix), "value"]


def _source(probe: str, state: str, network: str) -> str:
    return f"from {state}, {network}, {probe} probe"
