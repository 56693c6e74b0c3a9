"""How networks change while they train, from experiments that differ in their epochs: facts, words.

A question whose experiments train for fixed numbers of epochs and are compared with nothing asks
what is learned first.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from echoseq.answers.fact import fact
from echoseq.tables.columns import EXACT_MATCH, complete_windows
from echoseq.tables.errors import FOREIGN, OTHER, REPEAT, SWAP
from echoseq.wording import count, percent

AT = "accuracy at position"
KIND = "wrong values"
WORDS = {
    REPEAT: "repeat the answer beside them",
    SWAP: "stand in each other's place",
    OTHER: "are another value of the window",
    FOREIGN: "are foreign to the window",
}


def asks(asked: pd.DataFrame) -> bool:
    """Whether experiments on a question differ in their epochs and are compared with nothing."""
    fixed = (asked["until"] == "epochs").all() and asked["compare_to"].isna().all()
    return bool(fixed and asked["epochs"].min() < asked["epochs"].max())


def facts(tables: Mapping[str, pd.DataFrame], experiment: str) -> Iterator[dict[str, Any]]:
    """The numbers of an experiment: accuracy at each position, wrong values of each kind."""
    summary = complete_windows(tables["summary"])
    own = summary[(summary["experiment"] == experiment) & (summary["position"] != EXACT_MATCH)]
    for row in own.to_dict("records"):
        yield fact(AT, row["mean"], _ends(row), row["seeds"], position=row["position"])
    errors = tables["errors"]
    kinds = errors[(errors["experiment"] == experiment) & (errors["split"] == "kind")]
    for row in kinds.to_dict("records"):
        yield fact(KIND, row["rate"], _ends(row), own["seeds"].iloc[0], detail=row["group"])


def sentences(numbers: pd.DataFrame) -> str:
    """What the first and the last stage of each echo are like.

    Args:
        numbers: the facts of one question; `cap` holds the epochs of a stage.
    """
    stages: dict[str, list[dict[Any, Any]]] = {}
    for row in numbers[numbers["fact"] == "cap"].to_dict("records"):
        echo = row["group"].rpartition(", ")[0] or row["group"]
        stages.setdefault(echo, []).append(row)
    return " ".join(_sentence(numbers, echo, own) for echo, own in stages.items())


def _sentence(numbers: pd.DataFrame, echo: str, stages: list[dict[Any, Any]]) -> str:
    first, last = (end(stages, key=lambda stage: stage["value"]) for end in (min, max))
    states = dict.fromkeys(_state(numbers, stage) for stage in (first, last))
    return f"{echo}: {'; '.join(states)}."


def _state(numbers: pd.DataFrame, stage: Mapping[Any, Any]) -> str:
    own = numbers[numbers["experiment"] == stage["experiment"]]
    accuracy = percent(own.loc[own["fact"] == "accuracy", "value"].item())
    at = own[own["fact"] == AT].set_index("position")["value"]
    low, high = percent(at.min()), percent(at.max())
    spread = f"{low} at position {at.idxmin()} to {high} at position {at.idxmax()}"
    text = (
        f"after {count(stage['value'])} epochs {accuracy} of the values are right "
        f"({low + ' at every position' if low == high else spread})"
    )
    kinds = own[own["fact"] == KIND].set_index("detail")["value"].dropna()
    if kinds.empty or accuracy == percent(1):  # a handful of wrong values
        return text
    return f"{text}, and {percent(kinds.max())} of the wrong ones {WORDS[str(kinds.idxmax())]}"


def _ends(row: Mapping[Any, Any]) -> tuple[float, float]:
    return row["low"], row["high"]
