"""Claims: what is measured, and what it says; simulated studies whose truth is known."""

import math
from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from workspaces import random_generator

from echoseq.answers import claims, measuring
from echoseq.answers.verdicts import HOLDS, NOT_MEASURED, REFUTED, UNDECIDED, judge
from echoseq.errors import EchoseqError
from echoseq.study.claims import LEAST_SEEDS

NAN, INF = math.nan, math.inf
SETTINGS = {
    "confidence": 0.95,
    "margin": 0.01,
    "resamples": 500,
    "sequences": 100,
    "time_margin": 1.25,
}
CAP = 10_000


def tables(
    times: Mapping[str, list[float]] | None = None,
    accuracy: Mapping[str, list[float]] | None = None,
    windows: str = "complete",
) -> dict[str, pd.DataFrame]:
    """Runs with these epochs until learned, NaN for none, and seeds with these accuracies."""
    runs = [
        {"experiment": name, "seed": seed, "epochs_to_learn": time}
        | {"epochs": CAP if math.isnan(time) else time}
        for name, own in (times or {}).items()
        for seed, time in enumerate(own)
    ]
    skill = [
        {"experiment": name, "seed": seed, "windows": windows, "accuracy": right}
        | {"exact_match": right / 2, "bits": 10 * right}
        for name, own in (accuracy or {}).items()
        for seed, right in enumerate(own)
    ]
    made = pd.DataFrame(runs, columns=["experiment", "seed", "epochs_to_learn", "epochs"])
    columns = ["experiment", "seed", "windows", "accuracy", "exact_match", "bits"]
    names = [*(times or {}), *(accuracy or {})]
    return {
        "experiments": pd.DataFrame({"experiment": names, "batch_size": 7}),
        "runs": made.assign(updates=3 * made["epochs"]),
        "skill_of_seeds": pd.DataFrame(skill, columns=columns),
    }


def judged(found: Mapping[str, pd.DataFrame], expect: Any, **contrast: Any) -> dict[Any, Any]:
    """The row of a claim about the experiment `a`, compared with `b`."""
    keys = {"experiment": "a", "compare_to": "b", "measure": "epochs", **contrast}
    return of({"contrast": keys, "expect": expect}, found)


def of(claim: dict[str, Any], found: Mapping[str, pd.DataFrame]) -> dict[Any, Any]:
    asked = [{"question": "q", "claim": "So it is.", **claim}]
    (row,) = claims.make(found, claims=asked, **SETTINGS).to_dict("records")
    return row


def ends(row: Mapping[Any, Any]) -> list[float]:
    return [row[key] for key in ("value", "low", "high")]


@pytest.mark.parametrize(
    ("low", "high", "expected", "verdict"),
    [
        (1.3, 1.5, (1.25, INF), HOLDS),
        (1.25, 1.5, (1.25, INF), HOLDS),
        (1.2, 1.5, (1.25, INF), UNDECIDED),
        (1.1, 1.2, (1.25, INF), REFUTED),
        (1.1, 1.2, (0.8, 1.25), HOLDS),
        (0.7, 1.2, (0.8, 1.25), UNDECIDED),
        (0.7, 1.3, (0.8, 1.25), UNDECIDED),
        (0.5, 0.7, (0.8, 1.25), REFUTED),
        (1.3, 1.7, (0.8, 1.25), REFUTED),
        (1.3, INF, (0.8, 1.25), REFUTED),  # a bound decides
        (1.3, INF, (1.25, INF), HOLDS),
        (1.1, INF, (1.25, INF), UNDECIDED),
        (-INF, 0.7, (-INF, 0.8), HOLDS),
        (-INF, INF, (1.25, INF), UNDECIDED),
        (NAN, NAN, (1.25, INF), UNDECIDED),
    ],
)
def test_an_interval_decides_if_it_is_on_one_side(low, high, expected, verdict):
    assert judge(low, high, expected) == verdict


number = st.floats(-10, 10)


@given(st.tuples(number, number), st.tuples(number, number), st.booleans(), st.booleans())
def test_nothing_is_decided_on_an_interval_across_a_margin(interval, margins, no_least, no_most):
    (low, high), (least, most) = sorted(interval), sorted(margins)
    expected = (-INF if no_least else least, INF if no_most else most)
    verdict = judge(low, high, expected)
    across = any(low < end < high for end in expected)
    assert (verdict == UNDECIDED) >= across
    if verdict == HOLDS:
        assert expected[0] <= low <= high <= expected[1]
    if verdict == REFUTED:
        assert high < expected[0] or low > expected[1]


def test_a_ratio_of_times_is_paired_by_seed():
    base = [1000.0, 2000, 3000, 4000, 5000, 6000]
    found = tables({"a": [2 * time for time in base], "b": base})
    row = judged(found, "more")
    assert row["value"] == pytest.approx(2)
    assert 1.9 < row["low"] < 2 < row["high"] < 2.1  # every pair has the same ratio
    assert (row["verdict"], row["seeds"], row["censored"]) == (HOLDS, 6, 0)
    assert row["at_least"] == 1.25
    assert math.isnan(row["at_most"])
    assert judged(found, "same")["verdict"] == REFUTED
    assert judged(found, {"at_least": 2})["verdict"] == UNDECIDED
    reason = "the interval is not wholly on one side of what is expected"
    assert judged(found, {"at_least": 2})["reason"] == reason


def test_updates_and_windows_follow_the_batches():
    found = tables({"a": [900.0] * 6, "b": [900.0] * 6})
    found["experiments"]["batch_size"] = [21, 7]
    assert judged(found, "same", measure="updates")["value"] == 1
    assert judged(found, "more", measure="windows")["value"] == pytest.approx(3)


def test_runs_that_did_not_learn_leave_the_interval_open_on_their_side():
    base, slow = [1000.0] * 6, [4000.0] * 5
    row = judged(tables({"a": [*slow, NAN], "b": base}), {"at_least": 3})
    assert (row["verdict"], row["censored"]) == (HOLDS, 1)
    assert math.isnan(row["high"])
    assert 3 < row["low"] < 4.5
    assert judged(tables({"a": [*slow, NAN], "b": base}), {"at_most": 20})["verdict"] == UNDECIDED
    assert judged(tables({"a": [*slow, NAN], "b": base}), {"at_most": 3})["verdict"] == REFUTED
    row = judged(tables({"a": base, "b": [*slow, NAN]}), {"at_most": 0.3})
    assert row["verdict"] == HOLDS
    assert math.isnan(row["low"])
    row = judged(tables({"a": [*slow, NAN], "b": [NAN, *base[1:]]}), {"at_least": 0.1})
    assert (row["verdict"], row["censored"]) == (UNDECIDED, 2)
    assert math.isnan(row["low"])
    assert math.isnan(row["high"])
    assert row["reason"] == "runs that did not learn within the cap leave the interval open"


@pytest.mark.parametrize("seeds", [1, 2, LEAST_SEEDS - 1])
def test_few_seeds_decide_nothing(seeds):
    row = judged(tables({"a": [9000.0] * seeds, "b": [300.0] * seeds}), "more")
    assert (row["verdict"], row["reason"]) == (UNDECIDED, "fewer than 6 seeds")
    assert row["value"] == pytest.approx(30)


def test_only_seeds_that_both_have_are_pairs():
    found = tables({"a": [900.0] * 8, "b": [300.0] * 8})
    kept = (found["runs"]["experiment"] == "a") | (found["runs"]["seed"] > 1)
    row = judged(found | {"runs": found["runs"][kept]}, "more")
    assert (row["seeds"], row["verdict"]) == (6, HOLDS)


def test_differences_are_of_complete_windows_or_of_others():
    right = {"a": [0.5, 0.52, 0.5, 0.52, 0.5, 0.52], "b": [0.99] * 6}
    row = judged(tables(accuracy=right), "less", measure="accuracy")
    assert (row["verdict"], row["at_most"]) == (HOLDS, -0.01)
    assert row["value"] == pytest.approx(-0.48)
    assert -0.53 < row["low"] < -0.48 < row["high"] < -0.45
    exact = judged(tables(accuracy=right), "less", measure="exact_match")
    assert exact["value"] == pytest.approx(-0.24)
    bits = judged(tables(accuracy=right), {"at_most": -4}, measure="bits")
    assert (bits["verdict"], bits["value"]) == (HOLDS, pytest.approx(-4.8))
    found = tables(accuracy=right, windows="incomplete")
    assert judged(found, "less", measure="accuracy")["verdict"] == NOT_MEASURED
    assert judged(found, "less", measure="accuracy_incomplete")["verdict"] == HOLDS


def test_equal_accuracies_are_not_known_beyond_what_was_tried():
    """No error in 600 sequences: the interval is that of Wilson, and no point."""
    row = judged(tables(accuracy={"a": [1.0] * 6, "b": [1.0] * 6}), "same", measure="accuracy")
    assert row["high"] == -row["low"] == pytest.approx(3.84 / 603.84, rel=0.01)
    assert row["verdict"] == HOLDS


def test_shares_of_seeds_that_learn_are_compared():
    found = tables({"a": [NAN] * 9 + [900.0], "b": [900.0] * 10})
    row = judged(found, "less", measure="learned")
    assert row["value"] == pytest.approx(-0.9)
    assert row["verdict"] == HOLDS
    assert judged(found, {"at_least": -0.2}, measure="learned")["verdict"] == REFUTED


def test_a_claim_without_runs_is_not_yet_measured():
    row = judged(tables({"a": [900.0] * 6}), "more")
    assert (row["verdict"], row["reason"]) == (NOT_MEASURED, None)
    assert row["at_least"] == 1.25
    assert all(math.isnan(end) for end in ends(row))
    fact = {"table": "needs", "column": "share", "experiment": "a"}
    assert of({"fact": fact, "expect": {"at_least": 0.5}}, {})["verdict"] == NOT_MEASURED


PROBES = pd.DataFrame(
    [
        {"experiment": "a", "state": state, "step": step, "position": "5", "asked": step == 5}
        | {"accuracy": 0.9, "low": 0.8, "high": 0.95, "seeds": seeds}
        for state, step, seeds in [("h", 1, 6), ("h", 5, 6), ("c", 5, 5)]
    ]
)


def read(expect: Any, **where: Any) -> dict[Any, Any]:
    fact = {"table": "probes", "column": "accuracy", "experiment": "a", "where": where}
    return of({"fact": fact, "expect": expect}, {"probes": PROBES})


def test_a_fact_is_one_row_of_a_table():
    row = read({"at_least": 0.7}, state="h", step=5.0)
    assert ends(row) == [0.9, 0.8, 0.95]
    assert (row["verdict"], row["table"], row["seeds"]) == (HOLDS, "probes", 6)
    assert row["detail"] == "state h, step 5.0"
    assert read({"at_least": 0.7}, state="h", asked=True)["verdict"] == HOLDS
    assert read({"at_most": 0.7}, state="h", step=1)["verdict"] == REFUTED
    assert read({"at_most": 0.9}, state="h", step=1)["verdict"] == UNDECIDED
    assert read({"at_least": 0.7}, state="c")["reason"] == "fewer than 6 seeds"


@pytest.mark.parametrize(("where", "rows"), [({}, 3), ({"state": "h"}, 2), ({"step": 2}, 0)])
def test_a_fact_that_is_not_one_row_is_refused(where, rows):
    line = rf"^questions\.q\.because\.1\.fact\.where: expected one row .*, found {rows}$"
    with pytest.raises(EchoseqError, match=line):
        read({"at_least": 0.7}, **where)


def test_a_median_beyond_the_cap_is_a_bound():
    needs = {"experiment": "a", "epochs": 9000.0, "epochs_low": 8000.0, "epochs_high": NAN}
    found = {"needs": pd.DataFrame([needs | {"seeds": 10}])}

    def verdict(expect: dict[str, float]) -> str:
        fact = {"table": "needs", "column": "epochs", "experiment": "a"}
        return of({"fact": fact, "expect": expect}, found)["verdict"]

    assert verdict({"at_least": 5000}) == HOLDS
    assert verdict({"at_most": 5000}) == REFUTED
    assert verdict({"at_most": 20_000}) == UNDECIDED


def test_claims_are_numbered_by_question_in_their_order():
    asked = [
        {"question": question, "claim": f"{place}.", "expect": "more"}
        | {"contrast": {"experiment": "a", "compare_to": "b", "measure": "epochs"}}
        for place, question in enumerate("qpq")
    ]
    made = claims.make(tables({"a": [2.0], "b": [1.0]}), claims=asked, **SETTINGS)
    assert list(made.columns) == list(claims.COLUMNS)
    assert made["number"].tolist() == [1, 1, 2]
    assert made["claim"].tolist() == ["0.", "1.", "2."]


# Simulated studies


STUDIES = 200


def simulated(
    truth: float, expected: tuple[float, float], *, seeds: int, spread: float, cap: float = INF
) -> Counter[str]:
    """The verdicts of many studies on a claim about a ratio of times that is `truth`.

    The base takes 10,000 epochs, of which the step of 100 is a small part.

    Args:
        spread: of the times of each side, as the standard deviation of their logarithms.
    """
    random = random_generator(seeds)
    verdicts: Counter[str] = Counter()
    settings = {key: SETTINGS[key] for key in ("confidence", "resamples")}
    for _ in range(STUDIES):
        pairs = {}
        for side, centre in (("", 10_000 * truth), ("_base", 10_000.0)):
            drawn = centre * np.exp(spread * random.standard_normal(seeds))
            steps = 100 * np.ceil(drawn / 100)
            pairs[f"epochs{side}"] = np.minimum(steps, cap)
            pairs[f"epochs_to_learn{side}"] = np.where(steps > cap, NAN, steps)
        found = measuring.ratio("epochs", pd.DataFrame(pairs), settings)
        verdicts[judge(found.low, found.high, expected)] += 1
    return verdicts


def share(verdicts: Counter[str], verdict: str) -> float:
    return verdicts[verdict] / verdicts.total()


MORE, LESS, SAME = (1.25, INF), (-INF, 0.8), (0.8, 1.25)


@pytest.mark.parametrize("seeds", [6, 10])
@pytest.mark.parametrize(
    ("truth", "expected", "verdict"),
    [
        (2.0, MORE, HOLDS),
        (2.0, (-INF, 1.25), REFUTED),
        (0.5, LESS, HOLDS),
        (1.0, SAME, HOLDS),
        (2.0, SAME, REFUTED),
        (1.0, (1.5, INF), REFUTED),
    ],
)
def test_planted_truths_hold_and_planted_falsehoods_are_refuted(truth, expected, verdict, seeds):
    verdicts = simulated(truth, expected, seeds=seeds, spread=0.08)
    opposite = {HOLDS: REFUTED, REFUTED: HOLDS}[verdict]
    assert share(verdicts, verdict) >= 0.95
    assert verdicts[opposite] == 0


@pytest.mark.parametrize("seeds", [6, 10])
@pytest.mark.parametrize("spread", [0.08, 0.3])
def test_on_the_margin_itself_a_claim_is_rarely_decided(seeds, spread):
    """Each way in about 2.5%, half of what the 95% intervals leave out."""
    verdicts = simulated(1.5, (1.5, INF), seeds=seeds, spread=spread)
    assert share(verdicts, HOLDS) <= 0.07
    assert share(verdicts, REFUTED) <= 0.07
    assert share(verdicts, UNDECIDED) >= 0.88


def test_bounds_decide_truly_where_some_runs_do_not_learn():
    """The cap is the median time of the slower side, so what lies beyond is not known."""

    def verdicts(*expected: float) -> Counter[str]:
        return simulated(3.0, expected, seeds=10, spread=0.1, cap=30_000)

    assert share(verdicts(*MORE), HOLDS) >= 0.95
    assert share(verdicts(-INF, 1.25), REFUTED) >= 0.95
    assert verdicts(-INF, 3.2)[HOLDS] <= 0.01 * STUDIES  # all of ten seeds below the cap
