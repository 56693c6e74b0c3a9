"""What probes read from states after their last step: facts, and the words for them."""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from echoseq.answers.fact import fact
from echoseq.evaluation.readouts import LINEAR, SHUFFLED, TRAINED, UNTRAINED
from echoseq.tables.needs import groups_of
from echoseq.wording import called, listed, percent, sized

READ, BITS = "read", "bits read"
SEPARATOR = ", "  # in the source of a number; no name of a state has it


def facts(probes: pd.DataFrame, experiments: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """The numbers of the experiments that a question probes, after the last step of each state.

    Args:
        probes: tables/probes.csv, rows of the experiments.
        experiments: tables/experiments.csv.
    """
    groups = groups_of(experiments)
    cells = dict(zip(experiments["experiment"], experiments["cells"], strict=True))
    steps = probes.groupby(["experiment", "state"])["step"]
    last = probes["step"] == steps.transform("max")
    for row in probes[last].to_dict("records"):
        about = {
            "group": groups[row["experiment"]],
            "experiment": row["experiment"],
            "cells": cells[row["experiment"]],
            "position": row["position"],
            "detail": _source(row["probe"], row["state"], row["network"]),
        }
        accuracy, bits = (row["low"], row["high"]), (row["bits_low"], row["bits_high"])
        yield fact(READ, row["accuracy"], accuracy, row["seeds"], **about)
        yield fact(BITS, row["bits"], bits, row["seeds"], **about)


def sentences(numbers: pd.DataFrame) -> str:
    """What a linear probe reads of each experiment, beside the controls.

    Args:
        numbers: the facts of one question.
    """
    read = numbers[numbers["fact"] == READ]
    parts = read.groupby("experiment", sort=False)
    return " ".join(_sentence(own) for _, own in parts)


def _sentence(numbers: pd.DataFrame) -> str:
    group, experiment, cells = numbers[["group", "experiment", "cells"]].iloc[0]
    read_from = dict.fromkeys(source.partition(SEPARATOR)[0] for source in numbers["detail"])
    states = [state for state in read_from if len(_read(numbers, state, TRAINED))]
    shuffled = max(_read(numbers, state, SHUFFLED).max() for state in states)
    return (
        f"{sized(called(group, experiment), cells)}: after the last step a linear probe reads the "
        f"values, oldest first, {listed(_told(numbers, s) for s in states)}; "
        f"with shuffled labels, at most {percent(shuffled)}."
    )


def _told(numbers: pd.DataFrame, state: str) -> str:
    """From h in 99.0% and 50.0% of windows (untrained: 20.0% and 90.0%)."""
    trained, untrained = (
        listed(map(percent, _read(numbers, state, network))) for network in (TRAINED, UNTRAINED)
    )
    return f"from {state} in {trained} of windows (untrained: {untrained})"


def _read(numbers: pd.DataFrame, state: str, network: str) -> "pd.Series[float]":
    """What the linear probe reads, by position."""
    return numbers.loc[numbers["detail"] == _source(LINEAR, state, network), "value"]


def _source(probe: str, state: str, network: str) -> str:
    return SEPARATOR.join((state, network, f"{probe} probe"))
