"""What others published beside made-up runs: what is measured, and the verdicts."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest
from examples import PREDICTIONS

from echoseq.answers import published, published_claims
from echoseq.answers.published_runs import measured
from echoseq.training.records import TrainedRun

NOTHING = dict.fromkeys(("runs", "between", "of", "step", "last", "expected", "not_met"))


def run(seed: int) -> TrainedRun:
    """Loss and accuracy of four epochs."""
    loss, accuracy = np.array([4, 3, 2, 1], np.float32), np.array([0, 0, 0.5, 1], np.float32)
    return TrainedRun({"seed": seed}, loss + seed, accuracy)


@pytest.mark.parametrize(
    ("measure", "last", "expected"),
    [
        # Of two positions in eight windows, seed 7 has 6 and 5 wrong or right as counted by hand.
        ("accuracy", None, {3: 1.0, 7: (3 + 3 + 2 + 3) / 16}),
        ("exact_match", None, {3: 1.0, 7: (2 + 2) / 8}),
        ("loss", None, {3: 0.25, 7: 2.25}),
        ("training_loss", None, {3: 5.5, 7: 9.5}),
        ("training_loss", 2, {3: 4.5, 7: 8.5}),
        ("training_accuracy", 1, {3: 1.0, 7: 1.0}),
    ],
)
def test_what_is_measured_of_each_run(
    measure: str, last: int | None, expected: dict[int, float]
) -> None:
    found = measured(measure, PREDICTIONS, [run(3), run(7)], last=last)
    assert found == pytest.approx(expected)


def judged(
    monkeypatch: pytest.MonkeyPatch, ours: Sequence[float], **keys: Any
) -> Mapping[str, Any]:
    """The row of a result, beside runs of ours in which this was measured."""
    found = dict(enumerate(ours))
    monkeypatch.setattr("echoseq.answers.published_runs.measured", lambda *_, **__: found)
    result = NOTHING | {"experiment": "a", "number": 1, "source": "s", "citation": "A Paper."}
    given = [result | {"measure": "accuracy"} | keys]
    made = published.make({"a": ([], [])}, published=given, confidence=0.95, sequences=100)
    assert list(made.columns) == list(published.COLUMNS)
    return made.to_dict("records")[0]


NEAR = [0.50, 0.52, 0.54, 0.49, 0.51, 0.47]
CASES = [
    ({"runs": [0.5, 0.53, 0.48, 0.51], "step": 0.01}, "met", None),
    ({"runs": [0.9, 0.93, 0.88, 0.91], "step": 0.01}, "not met", None),
    ({"runs": [0.6, 0.63, 0.58, 0.61], "step": 0.01}, "undecided", published.ACROSS),
    ({"runs": [0.53, 0.57, 0.54, 0.51] * 3, "step": 0.001}, "met", published.LESS_THAN_RUNS),
    ({"runs": [0.52], "step": 0.01}, "met", None),
    ({"runs": [0.7], "step": 0.01}, "not met", None),
    ({"between": [0.47, 0.53], "of": 10, "step": 0.01}, "met", None),
    ({"between": [0.87, 0.93], "of": 10, "step": 0.01}, "not met", None),
    ({"expected": {"at_least": 0.4, "at_most": None}}, "met", None),
    ({"expected": {"at_least": None, "at_most": 0.4}}, "not met", None),
    (
        {"expected": {"at_least": 0.51, "at_most": None}},
        "undecided",
        "the interval lies across an end of what is expected",
    ),
    (
        {"runs": [0.5, 0.53], "step": 0.01, "not_met": "Another alphabet."},
        "not comparable",
        "Another alphabet.",
    ),
]


@pytest.mark.parametrize(("keys", "verdict", "reason"), CASES)
def test_verdicts(
    monkeypatch: pytest.MonkeyPatch, keys: dict[str, Any], verdict: str, reason: str | None
) -> None:
    row = judged(monkeypatch, NEAR, **keys)
    assert row["verdict"] == verdict
    assert row["reason"] == reason
    assert row["seeds"] == 6
    assert math.isnan(row["difference"]) == ("expected" in keys)
    if "expected" not in keys:
        assert row["low"] <= row["difference"] <= row["high"]
        assert row["difference"] == pytest.approx(row["ours"] - row["theirs"])


@pytest.mark.parametrize("ours", [NEAR[:1], NEAR[:5]])
@pytest.mark.parametrize(
    "keys", [{"runs": [0.5], "step": 0.1}, {"expected": {"at_least": 0.4, "at_most": None}}]
)
def test_with_few_seeds_nothing_is_compared(
    monkeypatch: pytest.MonkeyPatch, ours: list[float], keys: dict[str, Any]
) -> None:
    row = judged(monkeypatch, ours, **keys)
    assert (row["verdict"], row["reason"]) == ("not comparable", "fewer than 6 seeds")


def test_errors_that_did_not_happen_are_reckoned_with(monkeypatch: pytest.MonkeyPatch) -> None:
    row = judged(monkeypatch, [1.0] * 10, expected={"at_least": 0.999, "at_most": None})
    assert row["ours_low"] < 0.999 < row["ours"]
    assert row["verdict"] == "undecided"


def test_claims_are_judged_by_the_runs_beside_the_results() -> None:
    claim = {
        "question": "q",
        "claim": "It is as good.",
        "contrast": {"experiment": "a", "compare_to": "b", "measure": "accuracy"},
        "expect": {"at_least": -0.1},
    }
    settings = {"confidence": 0.95, "margin": 0.01, "resamples": 100, "sequences": 2}
    found = published_claims.make(
        {"a": (PREDICTIONS, []), "b": (PREDICTIONS, [])},
        published_claims=[claim],
        time_margin=1.25,
        **settings,
    )
    assert found["value"].tolist() == [0.0]
    assert found["reason"].tolist() == ["fewer than 6 seeds"]
    assert isinstance(found, pd.DataFrame)


@pytest.mark.parametrize("keys", [{"expected": {"at_least": 0, "at_most": 1}}, {"runs": [0.1]}])
def test_no_end_of_an_interval_of_losses_is_below_zero(
    monkeypatch: pytest.MonkeyPatch, keys: dict[str, Any]
) -> None:
    row = judged(monkeypatch, [0.01] * 5 + [0.5], measure="loss", step=0.01, **keys)
    assert row["ours_low"] == 0
    assert row["verdict"] == "met"


def test_one_run_that_is_expected_has_no_interval(monkeypatch: pytest.MonkeyPatch) -> None:
    row = judged(monkeypatch, [0.5], expected={"at_least": 0.4, "at_most": None})
    assert math.isnan(row["ours_low"])
    assert math.isnan(row["ours_high"])
