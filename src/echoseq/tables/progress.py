"""How networks change while they train, from experiments that differ in their epochs: facts, words.

A question whose experiments train for fixed numbers of epochs and are compared with nothing asks
what is learned first.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import pandas as pd

from echoseq.tables.columns import EXACT_MATCH, complete_windows
from echoseq.tables.errors import FOREIGN, OTHER, REPEAT, SWAP
from echoseq.wording import count, percent

AT = "accuracy at position"
KIND = "wrong values"
WORDS = {
    REPEAT: "repeat the answer at a neighbouring position",
    SWAP: "stand in each other's place",
    OTHER: "are another value of the window",
    FOREIGN: "are foreign to the window",
}


class Stage(NamedTuple):
    """Networks of one echo after some epochs of training."""

    echo: str
    epochs: int
    group: str


def asks(asked: pd.DataFrame) -> bool:
    """Whether experiments on a question differ in their epochs and are compared with nothing."""
    fixed = (asked["until"] == "epochs").all() and asked["compare_to"].isna().all()
    return bool(fixed and asked["epochs"].min() < asked["epochs"].max())


def facts(tables: Mapping[str, pd.DataFrame], experiment: str) -> Iterator[dict[str, Any]]:
    """The numbers of an experiment: accuracy at each position, wrong values of each kind."""
    summary = complete_windows(tables["summary"])
    own = summary[(summary["experiment"] == experiment) & (summary["position"] != EXACT_MATCH)]
    for row in own.to_dict("records"):
        yield {"fact": f"{AT} {row['position']}", "value": row["mean"]} | _rest(row, row["seeds"])
    errors = tables["errors"]
    kinds = errors[(errors["experiment"] == experiment) & (errors["split"] == "kind")]
    for row in kinds.to_dict("records"):
        fact = {"fact": f"{KIND}: {row['group']}", "value": row["rate"]}
        yield fact | _rest(row, own["seeds"].iloc[0])


def sentences(numbers: pd.DataFrame) -> str:
    """What the first and the last stage of each echo are like.

    Args:
        numbers: the facts of one question; `cap` holds the epochs.
    """
    stages: dict[str, list[Stage]] = {}
    for row in numbers[numbers["fact"] == "cap"].to_dict("records"):
        echo = row["group"].rpartition(", ")[0] or row["group"]
        stages.setdefault(echo, []).append(Stage(echo, int(row["value"]), row["group"]))
    return " ".join(_sentence(numbers, own) for own in stages.values())


def _sentence(numbers: pd.DataFrame, stages: list[Stage]) -> str:
    first, last = (end(stages, key=lambda stage: stage.epochs) for end in (min, max))
    states = dict.fromkeys((_state(numbers, first), _state(numbers, last)))
    return f"{first.echo}: {'; '.join(states)}."


def _state(numbers: pd.DataFrame, stage: Stage) -> str:
    own = numbers[numbers["group"] == stage.group].set_index("fact")["value"]
    at = own[own.index.str.startswith(AT)]
    at.index = at.index.str.removeprefix(AT).str.strip()
    low, high = percent(at.min()), percent(at.max())
    text = f"after {count(stage.epochs)} epochs {percent(own['accuracy'])} of the values are right"
    if low == high:
        text += f", at every position {low}"
    else:
        text += f", from {low} at position {at.idxmin()} to {high} at position {at.idxmax()}"
    kinds = own[own.index.str.startswith(KIND)].dropna()
    if kinds.empty or percent(own["accuracy"]) == percent(1):  # a handful of wrong values
        return text
    kind = str(kinds.idxmax()).removeprefix(f"{KIND}: ")
    return f"{text}, and {percent(kinds.max())} of the wrong ones {WORDS[kind]}"


def _rest(row: Mapping[Any, Any], seeds: float) -> dict[str, Any]:
    return {"low": row["low"], "high": row["high"], "seeds": seeds}
