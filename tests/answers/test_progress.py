"""What is learned first, from runs that were stopped earlier and later."""

import math
from typing import Any

import pandas as pd
import pytest
from answering import answers_from, facts_from
from sweeping import experiments_and_runs, skill_and_comparisons

from echoseq.answers import progress

NAN = math.nan
QUESTION = {"text": "First", "expectation": None, "contrast": None, "probes": None}
SETTINGS: dict[str, Any] = {
    "confidence": 0.9,
    "learned_share": 0.8,
    "success": 0.99,
    "budgets": [],
    "questions": [QUESTION | {"name": "q"}],
}
MARGINS = {"margin": 0.01, "time_margin": 1.25}
# By group: the epochs, the accuracy at each position, the share of each kind of wrong values.
STAGES = {
    "3 of 5, epochs 1000": (1000, (0.8, 0.99, 0.9), (0.1, 0.2, NAN, 0.7)),
    "3 of 5, epochs 200": (200, (0.3, 0.1, 0.2), (0.1, 0.6, 0.2, 0.1)),
    "3 of 5, epochs 500": (500, (0.5, 0.5, 0.5), (0.1, 0.6, 0.2, 0.1)),
    "2 of 5, epochs 200": (200, (1.0, 1.0), (NAN, NAN, NAN, NAN)),
}


def tables(stages: dict[str, Any] = STAGES) -> dict[str, pd.DataFrame]:
    found = experiments_and_runs({group: {8: [NAN]} for group in stages}, cap=1)
    experiments = found["experiments"].assign(until="epochs", compare_to=None)
    experiments["epochs"] = [epochs for epochs, *_ in stages.values()]
    summary, errors = [], []
    for name, (_, accuracies, kinds) in zip(experiments["experiment"], stages.values()):
        for position, mean in [*enumerate(accuracies, 1), ("all", 0.0)]:
            for windows, value in (("complete", mean), ("incomplete", 0.123)):
                row = {"experiment": name, "position": str(position), "windows": windows}
                summary.append(row | {"mean": value, "low": 0.0, "high": 1.0, "seeds": 10})
        for kind, rate in zip(("swap", "repeat", "other value", "foreign value"), kinds):
            row = {"experiment": name, "split": "kind", "group": kind}
            errors.append(row | {"rate": rate, "low": 0.0, "high": 1.0})
        errors.append({"experiment": name, "split": "position", "group": "1", "rate": 0.5})
    found = skill_and_comparisons(found | {"experiments": experiments}, {})
    return found | {"summary": pd.DataFrame(summary), "errors": pd.DataFrame(errors)}


def test_the_facts_are_accuracies_by_position_and_kinds_of_wrong_values() -> None:
    numbers = facts_from(tables(), **SETTINGS)
    own = numbers[numbers["group"] == "3 of 5, epochs 1000"].fillna({"position": "", "detail": ""})
    own = own.set_index(["fact", "position", "detail"])
    assert own["value"].to_dict() == pytest.approx(
        {
            ("accuracy", "", ""): 0.99,
            ("bits", "", ""): 12.5,
            ("accuracy in incomplete windows", "", ""): 0.99,
            ("cap", "", ""): 1000,
            ("accuracy at position", "1", ""): 0.8,
            ("accuracy at position", "2", ""): 0.99,
            ("accuracy at position", "3", ""): 0.9,
            ("wrong values", "", "swap"): 0.1,
            ("wrong values", "", "repeat"): 0.2,
            ("wrong values", "", "other value"): NAN,
            ("wrong values", "", "foreign value"): 0.7,
        },
        nan_ok=True,
    )
    row = own.loc["accuracy at position", "1", ""]
    assert row[["low", "high", "seeds"]].tolist() == [0, 1, 10]


def test_the_answer_tells_the_first_and_the_last_stage_of_each_echo() -> None:
    (row,) = answers_from(tables(), **SETTINGS, **MARGINS).to_dict("records")
    assert row["answer"] == (
        "3 of 5: after 200 epochs 99.0% of the values are right (10.0% at position 2 to 30.0% at "
        "position 1), and 60.0% of the wrong ones repeat the answer beside them; after 1,000 "
        "epochs 99.0% of the values are right (80.0% at position 1 to 99.0% at position 2), and "
        "70.0% of the wrong ones are foreign to the window. "
        "2 of 5: after 200 epochs 99.0% of the values are right (100.0% at every position)."
    )


@pytest.mark.parametrize(
    ("change", "asked"),
    [
        ({}, True),
        ({"until": "learned"}, False),
        ({"compare_to": "other"}, False),
        ({"epochs": 300}, False),
    ],
)
def test_only_runs_stopped_earlier_and_later_are_stages(
    change: dict[str, Any], asked: bool
) -> None:
    assert progress.asks(tables()["experiments"].assign(**change)) == asked


def test_other_questions_have_no_stages() -> None:
    given = tables()
    given["experiments"]["until"] = "learned"
    numbers = facts_from(given, **SETTINGS)
    assert not numbers["fact"].str.startswith(("accuracy at", "wrong")).any()


def test_a_handful_of_wrong_values_is_not_described() -> None:
    given = tables()
    given["skill"]["accuracy"] = 0.99996
    (row,) = answers_from(given, **SETTINGS, **MARGINS).to_dict("records")
    assert "after 200 epochs 100.0% of the values are right" in row["answer"]
    assert "wrong" not in row["answer"]
