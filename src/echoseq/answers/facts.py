"""The numbers behind the answers, a row for each."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd

from echoseq.answers import memory, progress
from echoseq.answers.fact import fact
from echoseq.tables.columns import PER_VALUE, complete_windows, incomplete_windows
from echoseq.tables.comparisons import ACCURACY, TIMES
from echoseq.tables.needs import groups_of
from echoseq.tables.sizes import bounds

SOURCE = "tables"
READS = ("experiments", "needs", "sizes", "skill", "comparisons", "errors", "summary", "probes")
ROW = "number"
SETTINGS = ("questions",)
COLUMNS = {
    "question": "the question",
    "fact": "`accuracy` per value on held-out sequences; `accuracy in incomplete windows`, which "
    "miss values; `bits` recalled; `learned`: the share of seeds that learned; `epochs` and "
    "`updates` until learned; `cap`, the most epochs; `needed_cells` within a budget; the "
    "`difference` of the pair in accuracy, and `ratio`s of its times; or, for runs stopped earlier "
    "and later, `accuracy at position` and the shares of `wrong values`; or, for probes after the "
    "last step, the share `read` of the values, and the `bits read`",
    "group": "what sets the experiment apart; of a difference or ratio, the second of the pair",
    "experiment": "its name; empty: the whole group",
    "cells": "the size that the fact is about; empty: of the whole group",
    "pair": "`base` or `other` for the two experiments that the answer is about; empty: neither",
    "position": "of the value that is answered or read; empty: all",
    "detail": "the budget of `needed_cells`, in epochs; the kind of `wrong values`; the state, the "
    "network and the probe of what is read",
    "value": "the number; empty: not below the cap, or no size was enough",
    "low": "lower end of its {confidence} interval, if it has one; of `needed_cells`, the least "
    "that the sizes tried leave open",
    "high": "its upper end; of `needed_cells`, the most, empty if that is open",
    "p_holm": "p-value of a planned contrast, corrected for their number",
    "seeds": "that it is from",
}
BASE, OTHER = "base", "other"
INCOMPLETE_ACCURACY = "accuracy in incomplete windows"


class Pair(NamedTuple):
    """The two experiments that the answer to a question is about."""

    base: str
    other: str


def make(
    tables: dict[str, pd.DataFrame], *, questions: Sequence[Mapping[str, Any]]
) -> pd.DataFrame:
    """The numbers of each question, in their order.

    Args:
        tables: those that `READS` names; `probes` only if a question has some.
        questions: as configured, each with its `name`.
    """
    needed = {key: tables[key] for key in ("needs", "sizes")}
    rows = []
    for question in questions:
        name = question["name"]
        asked = tables["experiments"][tables["experiments"]["question"] == name]
        if question["probes"]:
            read = tables["probes"][tables["probes"]["experiment"].isin(question["probes"])]
            found = memory.facts(read, tables["experiments"])
            rows += [{"question": name, **row} for row in found]
        if asked.empty:
            continue
        pair = pair_of(question, asked)
        own = tables | {key: _about(table, name) for key, table in needed.items()}
        rows += [{"question": name, **row} for row in _facts(own, asked, pair)]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def pair_of(question: Mapping[str, Any], asked: pd.DataFrame) -> Pair | None:
    """The planned contrast, or else the last and largest experiment that is compared."""
    compared = asked[asked["compare_to"].notna()]
    compared = compared.sort_values(["n_in", "n_out", "cells"], kind="stable")
    if question["contrast"]:
        compared = compared[compared["experiment"] == question["contrast"]["experiment"]]
    if compared.empty:
        return None
    last = compared.iloc[-1]
    return Pair(last["compare_to"], last["experiment"])


def _about(table: pd.DataFrame, question: str) -> pd.DataFrame:
    return table[table["question"] == question]


def _facts(
    tables: dict[str, pd.DataFrame], asked: pd.DataFrame, pair: Pair | None
) -> Iterator[dict[str, Any]]:
    experiments = tables["experiments"]
    shown = experiments[experiments["experiment"].isin({*asked["experiment"], *(pair or ())})]
    groups = groups_of(shown)
    roles = {} if pair is None else {pair.base: BASE, pair.other: OTHER}
    skills, incomplete = (
        rows.set_index("experiment").to_dict("index")
        for rows in (complete_windows(tables["skill"]), incomplete_windows(tables["skill"]))
    )
    times = tables["needs"].set_index("experiment").to_dict("index")
    stages = progress.asks(asked)
    for row in shown.to_dict("records"):
        name = row["experiment"]
        about = {
            "group": groups[name],
            "experiment": name,
            "cells": row["cells"],
            "pair": roles.get(name),
        }
        skill = skills[name]
        for measure, low, high in (("accuracy", "low", "high"), ("bits", "bits_low", "bits_high")):
            ends = (skill[low], skill[high])
            if pd.notna(skill[measure]):
                yield fact(measure, skill[measure], ends, skill["seeds"], **about)
        if name in incomplete:
            found = incomplete[name]
            ends = (found["low"], found["high"])
            yield fact(INCOMPLETE_ACCURACY, found["accuracy"], ends, found["seeds"], **about)
        if name in times:
            yield from (about | found for found in _times(times[name]))
        if stages:
            yield fact("cap", row["epochs"], **about)
            yield from (about | found for found in progress.facts(tables, name))
    for row in tables["sizes"].to_dict("records"):
        about = {"group": row["group"], "detail": str(row["budget"])}
        yield fact("needed_cells", row["needed_cells"], bounds(row), **about)
    if pair is not None:
        yield from _contrast(tables["comparisons"], pair, shown)


def _times(row: Mapping[Any, Any]) -> Iterator[dict[str, Any]]:
    yield fact("learned", row["share"], (row["low"], row["high"]), row["seeds"])
    yield fact("cap", row["cap"])
    for time in TIMES:
        yield fact(time, row[time], (row[f"{time}_low"], row[f"{time}_high"]), row["seeds"])


def _contrast(
    comparisons: pd.DataFrame, pair: Pair, shown: pd.DataFrame
) -> Iterator[dict[str, Any]]:
    (other,) = shown[shown["experiment"] == pair.other].to_dict("records")
    about = {
        "group": groups_of(shown)[pair.other],
        "experiment": pair.other,
        "cells": other["cells"],
        "pair": OTHER,
    }
    own = comparisons[comparisons["experiment"] == pair.other]
    kept = own[(own["measure"] != ACCURACY) | (own["position"] == PER_VALUE)]
    for row in kept.to_dict("records"):
        value, *ends = (row[key] for key in ("difference", "low", "high"))
        name = "difference"
        if row["measure"] != ACCURACY:
            name = f"ratio of {row['measure']}"
            value, *ends = (2.0**exponent for exponent in (value, *ends))
        yield fact(name, value, ends, row["seeds"], **about, p_holm=row["p_holm"])
