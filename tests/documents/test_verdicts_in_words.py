"""Claims in words: which refuted ones are too small, and how many seeds met a cap."""

import math
from typing import Any

import pandas as pd
import pytest

from echoseq.documents.claims import claims_of, table_of_claims

NAN = math.nan
ROW: dict[str, Any] = {"question": "q", "claim": "So it is.", "verdict": "refuted", "reason": None}
ROW |= {"table": None, "detail": None, "seeds": 7, "censored": 0}


def told(measure: str, low: float, high: float, **more: Any) -> dict[str, str]:
    row = ROW | {"measure": measure, "value": (low + high) / 2, "low": low, "high": high}
    (said,) = claims_of(pd.DataFrame([row | {"at_least": NAN, "at_most": NAN} | more]), "q")
    return said


@pytest.mark.parametrize(
    ("measure", "low", "high", "expected", "small"),
    [
        ("epochs", 1.04, 1.2, {"at_least": 1.25}, True),
        ("epochs", 0.98, 1.2, {"at_least": 1.25}, False),  # or no difference at all
        ("epochs", 0.7, 0.9, {"at_least": 1.25}, False),  # the other way round
        ("epochs", 0.9, 0.99, {"at_most": 0.8}, True),
        ("epochs", 1.1, 1.2, {"at_most": 1.25}, False),  # a bound on the other side of none
        ("accuracy", 0.002, 0.005, {"at_least": 0.01}, True),
        ("accuracy", -0.005, -0.002, {"at_most": -0.01}, True),
        ("accuracy", -0.005, 0.002, {"at_most": -0.01}, False),
        ("epochs", 1.5, 1.7, {"at_least": 0.8, "at_most": 1.25}, False),  # expected the same
        ("epochs", 1.1, 1.2, {"at_least": 1.25, "at_most": 3}, True),
        ("epochs", 3.5, 4.5, {"at_least": 1.25, "at_most": 3}, False),  # too large
        ("epochs", 3.5, NAN, {"at_least": 1.25, "at_most": 3}, False),
        ("accuracy", -0.5, -0.3, {"at_least": -0.2, "at_most": -0.05}, False),
        ("accuracy", -0.04, -0.02, {"at_least": -0.2, "at_most": -0.05}, True),
    ],
)
def test_a_difference_short_of_the_margin_is_too_small(
    measure: str, low: float, high: float, expected: dict[str, float], small: bool
) -> None:
    verdict = told(measure, low, high, **expected)["verdict"]
    assert verdict == ("Refuted, too small" if small else "Refuted")


def test_a_claim_that_holds_or_is_about_a_fact_is_never_too_small() -> None:
    assert told("epochs", 1.3, 1.5, at_least=1.25, verdict="holds")["verdict"] == "Holds"
    fact = {"table": "skill", "detail": None, "verdict": "refuted", "at_least": 0.5}
    assert told("accuracy", 0.1, 0.2, **fact)["verdict"] == "Refuted"


def test_seeds_that_met_a_cap_are_counted() -> None:
    numbers = told("epochs", 1.04, 1.2, at_least=1.25, censored=5)["numbers"]
    assert "over 7 seeds, of which 5 met a cap;" in numbers
    assert "cap" not in told("epochs", 1.04, 1.2, at_least=1.25)["numbers"]


def test_the_table_says_so_too() -> None:
    row = ROW | {"measure": "epochs", "value": 1.1, "low": 1.04, "high": 1.2}
    text = table_of_claims(pd.DataFrame([row | {"at_least": 1.25, "at_most": NAN}]))
    assert "| refuted, too small |" in text
    assert "Refuted: 1." in text
