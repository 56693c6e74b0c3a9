"""Claims: the reasons for the answers, each with what was measured and whether it holds."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from echoseq.answers.measuring import Measured, of_contrast, of_fact
from echoseq.answers.verdicts import NOT_MEASURED, UNDECIDED, judge
from echoseq.study.claims import LEAST_SEEDS, Claim

SOURCE = "claims"
READS = ("experiments", "runs", "skill_of_seeds")  # and the tables of which facts are claimed
ROW = "claim"
SETTINGS = ("claims", "confidence", "margin", "resamples", "sequences", "time_margin")
COLUMNS = {
    "question": "the question",
    "number": "of the claim among those of the question, from 1",
    "claim": "the reason, in a sentence",
    "verdict": "`holds` if the whole interval is where the claim expects it, `refuted` if all of "
    "it is elsewhere, `undecided` otherwise and with fewer than six seeds; `not yet measured` "
    "without runs",
    "reason": "why it is undecided",
    "table": "of a fact: the table that has it",
    "measure": "what is measured: of a contrast, a ratio of `epochs`, `updates` or `windows` until "
    "learned, or a difference in the share `learned`, in `accuracy`, `exact_match`, "
    "`accuracy_incomplete` or `bits`; of a fact, the column",
    "experiment": "that the claim is about",
    "base": "of a contrast: the experiment that it is compared with",
    "detail": "of a fact: what else chooses the row",
    "at_least": "the least value that the claim expects; empty: none",
    "at_most": "the most; empty: none",
    "value": "the ratio, the difference or the number; with censored runs a bound of it, see `low` "
    "and `high`",
    "low": "lower end of its {confidence} interval; empty: not known",
    "high": "its upper end; empty: not known, as for a ratio whose experiment has censored runs",
    "seeds": "that it is from; of a contrast, those that both have",
    "censored": "of a ratio: seeds of which one or both did not learn; the cap takes the place of "
    "their time",
    "confidence": "coverage of the intervals",
}
NUMBERS = ("at_least", "at_most", "value", "low", "high")  # which may all be missing


def make(
    tables: Mapping[str, pd.DataFrame],
    *,
    claims: Sequence[Mapping[str, Any]],
    confidence: float,
    margin: float,
    resamples: int,
    sequences: int,
    time_margin: float,
) -> pd.DataFrame:
    """A row for each claim, in their order.

    Args:
        tables: those that `READS` names, and those of which facts are claimed, as far as there are.
        claims: as configured, each with its `question`.
        margin, time_margin: what counts as hardly any change, of accuracy and of times.
        sequences: held-out ones.
    """
    rows = []
    margins = {"margin": margin, "time_margin": time_margin}
    settings = {"confidence": confidence, "resamples": resamples, "sequences": sequences}
    numbers: dict[str, int] = {}
    for given in claims:
        name = given["question"]
        numbers[name] = numbers.get(name, 0) + 1
        claim = Claim.model_validate({k: v for k, v in given.items() if k != "question"})
        path = f"questions.{name}.because.{numbers[name]}"
        found = _measured(claim, tables, path, settings)
        rows.append(
            {"question": name, "number": numbers[name], "claim": claim.claim}
            | _verdict(found, claim.expected(margins))
            | _test(claim)
            | _expected(claim.expected(margins))
            | _numbers(found)
            | {"confidence": confidence}
        )
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(dict.fromkeys(NUMBERS, float))


def _measured(
    claim: Claim, tables: Mapping[str, pd.DataFrame], path: str, settings: dict[str, Any]
) -> Measured | None:
    if claim.fact is not None:
        return of_fact(claim.fact, tables, path)
    assert claim.contrast is not None
    return of_contrast(claim.contrast, tables, **settings)


def _verdict(found: Measured | None, expected: tuple[float, float]) -> dict[str, str | None]:
    if found is None:
        return {"verdict": NOT_MEASURED, "reason": None}
    if found.seeds < LEAST_SEEDS:
        return {"verdict": UNDECIDED, "reason": f"fewer than {LEAST_SEEDS} seeds"}
    if math.isnan(found.low) or math.isnan(found.high):
        return {"verdict": UNDECIDED, "reason": "there is no interval"}
    verdict = judge(found.low, found.high, expected)
    reason = None
    if verdict == UNDECIDED:
        reason = "the interval is not wholly on one side of what is expected"
        if math.isinf(found.low) or math.isinf(found.high):
            reason = "runs that did not learn within the cap leave the interval open"
    return {"verdict": verdict, "reason": reason}


def _test(claim: Claim) -> dict[str, Any]:
    """What tests a claim."""
    if claim.fact is not None:
        fact = claim.fact
        detail = ", ".join(f"{key} {value}" for key, value in sorted(fact.where.items()))
        return {
            "table": fact.table,
            "measure": fact.column,
            "experiment": fact.experiment,
            "detail": detail or None,
        }
    contrast = claim.contrast
    assert contrast is not None
    return {
        "measure": contrast.measure,
        "experiment": contrast.experiment,
        "base": contrast.compare_to,
    }


def _expected(ends: tuple[float, float]) -> dict[str, float | None]:
    low, high = (end if math.isfinite(end) else None for end in ends)
    return {"at_least": low, "at_most": high}


def _numbers(found: Measured | None) -> dict[str, float | None]:
    if found is None:
        return {}
    low, high = (end if math.isfinite(end) else None for end in (found.low, found.high))
    return {
        "value": found.value,
        "low": low,
        "high": high,
        "seeds": found.seeds,
        "censored": found.censored,
    }
