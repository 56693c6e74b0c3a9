"""What probes read, as facts and in sentences."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import pytest
from answering import answers_from, facts_from
from sweeping import experiments_and_runs, skill_and_comparisons

QUESTION = {"text": "Held?", "expectation": None, "contrast": None, "probes": ["short_8"]}
SETTINGS: dict[str, Any] = {
    "confidence": 0.9,
    "learned_share": 0.8,
    "success": 0.99,
    "budgets": [],
    "questions": [QUESTION | {"name": "m"}],
}
MARGINS = {"margin": 0.01, "time_margin": 1.25}
# What is read of two values after the last of two steps, by network, probe and state.
READ = {
    ("trained", "linear", "h"): (0.99, 0.5),
    ("trained", "linear", "c"): (0.98, 0.4),
    ("untrained", "linear", "h"): (0.2, 0.9),
    ("untrained", "linear", "c"): (0.1, 0.8),
    ("trained", "mlp", "h"): (1.0, 0.6),
    ("shuffled", "linear", "h"): (0.011, 0.012),
    ("shuffled", "linear", "c"): (0.02, 0.009),
}


def tables(
    states: str = "hc", what: Mapping[tuple[str, str, str], tuple[float, ...]] = READ
) -> dict[str, pd.DataFrame]:
    found = experiments_and_runs({"short": {8: [500.0]}, "other": {8: [500.0]}}, cap=5000)
    rows = [
        {"experiment": name, "network": network, "probe": probe, "state": state, "seeds": 5}
        | {"position": position, "step": step, "low": 0.0, "high": 1.0}
        | {"accuracy": accuracy if step == 2 else 0.123, "bits": 6 * accuracy}
        | {"bits_low": 0.5, "bits_high": 6.5}
        for name in ("short_8", "other_8")  # the second is not asked about
        for (network, probe, state), read in what.items()
        if state in states
        for step in (1, 2)
        for position, accuracy in enumerate(read, 1)
    ]
    empty = pd.DataFrame(columns=["experiment", "windows", "position", "split"])
    found = skill_and_comparisons(found, {})
    return found | {"probes": pd.DataFrame(rows), "errors": empty, "summary": empty}


def test_the_facts_are_what_is_read_after_the_last_step() -> None:
    numbers = facts_from(tables(), **SETTINGS)
    assert len(numbers) == 2 * 2 * len(READ)
    assert set(numbers["question"]) == {"m"}
    assert set(numbers["group"]) == {"short"}
    assert set(numbers["experiment"]) == {"short_8"}
    assert set(numbers["cells"]) == {8}
    values = numbers.set_index(["fact", "detail", "position"])
    row = values.loc["read", "c, trained, linear probe", 2]
    assert row[["value", "low", "high", "seeds"]].tolist() == [0.4, 0.0, 1.0, 5]
    row = values.loc["bits read", "h, trained, mlp probe", 1]
    assert row[["value", "low", "high"]].tolist() == [6.0, 0.5, 6.5]


def with_decoder() -> dict[str, pd.DataFrame]:
    """The same, with a decoder of a single step."""
    found = tables("h")
    read = found["probes"]
    last = read[read["step"] == 2].assign(state="decoder h", step=1, accuracy=0.7)
    return found | {"probes": pd.concat([read, last])}


def test_the_last_step_is_that_of_each_state() -> None:
    """A decoder may have fewer than the encoder."""
    numbers = facts_from(with_decoder(), **SETTINGS)
    read = numbers[numbers["fact"] == "read"]
    own = read[read["detail"] == "decoder h, trained, linear probe"]
    assert own["value"].tolist() == [0.7, 0.7]
    assert read[read["detail"] == "h, trained, linear probe"]["value"].tolist() == [0.99, 0.5]


def test_the_answer_tells_of_every_state() -> None:
    (row,) = answers_from(with_decoder(), **SETTINGS, **MARGINS).to_dict("records")
    said = "% of windows (untrained: 20.0% and 90.0%) and from decoder h in 70.0% and 70.0% of"
    assert f"from h in 99.0% and 50.0{said} windows" in row["answer"]
    assert row["answer"].endswith("; with shuffled labels, at most 70.0%.")


def test_the_last_step_is_that_of_each_experiment() -> None:
    """The other one reads a value more."""
    given = tables()
    longer = given["probes"]["experiment"] == "other_8"
    given["probes"].loc[longer, "step"] += 1
    questions = [QUESTION | {"name": "m", "probes": ["short_8", "other_8"]}]
    numbers = facts_from(given, **SETTINGS | {"questions": questions})
    assert numbers["experiment"].value_counts().to_dict() == dict.fromkeys(
        ("short_8", "other_8"), 2 * 2 * len(READ)
    )
    assert 0.123 not in set(numbers["value"])


@pytest.mark.parametrize(
    ("states", "answer"),
    [
        (
            "hc",
            "Short (8 cells): after the last step a linear probe reads the values, oldest first, "
            "from h in 99.0% and 50.0% of windows (untrained: 20.0% and 90.0%) and from c in 98.0% "
            "and 40.0% of windows (untrained: 10.0% and 80.0%); with shuffled labels, at most "
            "2.0%.",
        ),
        (
            "h",
            "Short (8 cells): after the last step a linear probe reads the values, oldest first, "
            "from h in 99.0% and 50.0% of windows (untrained: 20.0% and 90.0%); with shuffled "
            "labels, at most 1.2%.",
        ),
    ],
)
def test_the_answer_tells_trained_untrained_and_shuffled(states: str, answer: str) -> None:
    (row,) = answers_from(tables(states), **SETTINGS, **MARGINS).to_dict("records")
    assert (row["question"], row["text"], row["answer"]) == ("m", "Held?", answer)
    assert pd.isna(row["compared"])
    assert pd.isna(row["expectation"])


def test_every_position_is_told_even_if_the_values_are_equal() -> None:
    equal = dict.fromkeys(READ, (0.996, 0.996, 0.996))
    (row,) = answers_from(tables("h", equal), **SETTINGS, **MARGINS).to_dict("records")
    told = "99.6%, 99.6% and 99.6% of windows"
    assert f"from h in {told} (untrained: {told.removesuffix(' of windows')})" in row["answer"]


def test_without_probes_no_table_of_them_is_needed() -> None:
    given = tables()
    del given["probes"]
    questions = [QUESTION | {"name": "q", "probes": None}]
    assert len(answers_from(given, **SETTINGS | MARGINS | {"questions": questions})) == 1
