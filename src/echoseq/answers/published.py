"""What others published beside what is found here: the difference, its interval, and a verdict."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import pandas as pd

from echoseq.answers import published_runs
from echoseq.answers.published_runs import BOUNDS, OURS, THEIRS
from echoseq.answers.verdicts import HOLDS, REFUTED, UNDECIDED, judge
from echoseq.statistics.agreement import (
    Sample,
    compare,
    mean_with_interval,
    of_range,
    of_runs,
)
from echoseq.statistics.inference import wilson
from echoseq.study.claims import LEAST_SEEDS
from echoseq.tables.sources.published import Found

SOURCE = "published"
ROW = "published result"
SETTINGS = ("published", "confidence", "sequences")
MET, NOT_MET, NOT_COMPARABLE = "met", "not met", "not comparable"  # or `UNDECIDED`
VERDICTS = (MET, NOT_MET, UNDECIDED, NOT_COMPARABLE)
IN_WORDS = {
    "accuracy": "accuracy per value",
    "exact_match": "exact match",
    "loss": "loss",
    "training_accuracy": "training accuracy",
    "training_loss": "training loss",
}
COLUMNS = {
    "experiment": "its name",
    "number": "of the result among those of the experiment, from 1",
    "source": "the name of what is cited",
    "citation": "what is cited",
    "measure": "what is measured: on held-out sequences, `accuracy` per value, `exact_match` or "
    "`loss`; `training_accuracy` or `training_loss`, a mean over training",
    "last": "of training: over how many of its last epochs; empty: all of them",
    "verdict": "`met` if the whole interval of the difference is within the tolerance, `not met` "
    "if all of it is beyond, `undecided` otherwise; `not comparable` if something of the set-up "
    "could not be met, or with fewer than six seeds. Of what is expected: the interval of our mean",
    "reason": "why it is undecided or not comparable, or what else is to be said",
    "theirs": "mean of what they print; of a range, its middle; empty: expected, not run",
    "theirs_low": "the lowest that they print",
    "theirs_high": "the highest",
    "theirs_spread": "standard deviation of their runs, of a range as estimated from it; empty: of "
    "one run",
    "theirs_runs": "how many runs they print",
    "step": "the steps in which they print",
    "at_least": "the least that they expect, if they only expect it",
    "at_most": "the most",
    "ours": "mean of our runs",
    "ours_low": "lower end of its {confidence} interval",
    "ours_high": "upper end",
    "ours_spread": "standard deviation of our runs",
    "seeds": "how many runs are ours",
    "difference": "ours less theirs",
    "low": "lower end of its {confidence} interval; of one run that they print, that of our mean",
    "high": "upper end",
    "tolerance": "the most that it may be: what a run of ours and one of theirs differ by, if the "
    "means are the same, with {confidence}, and half a step",
    "confidence": "coverage of the intervals",
}
NUMBERS = tuple(
    name
    for name in COLUMNS
    if name.startswith(("theirs", "ours", "at_"))
    or name in ("last", "step", "difference", "low", "high", "tolerance")
)
WORDS = {HOLDS: MET, REFUTED: NOT_MET, UNDECIDED: UNDECIDED}
FEW = f"fewer than {LEAST_SEEDS} seeds"
ACROSS = "the interval is not wholly within the tolerance, nor wholly beyond"
LESS_THAN_RUNS = "the means differ, but by less than single runs do"


def measure_of(row: Mapping[Any, Any]) -> str:
    """What a row of the table is a measure of, in words."""
    last = f", last {row['last']:.0f} epochs" if pd.notna(row["last"]) else ""
    return f"{IN_WORDS[row['measure']]}{last}"


def tally(table: pd.DataFrame) -> list[tuple[str, int]]:
    """The verdicts that there are, with how many results have each."""
    counted = [(verdict, int((table["verdict"] == verdict).sum())) for verdict in VERDICTS]
    return [(verdict, number) for verdict, number in counted if number]


def make(
    found: Found, *, published: Sequence[dict[str, Any]], confidence: float, sequences: int
) -> pd.DataFrame:
    """A row for each result, in the order of the configuration.

    Args:
        found: predictions and runs by experiment.
        published: results as configured, each with its `experiment`, `number` and `citation`.
        sequences: held-out ones.
    """
    runs = published_runs.make(found, published=published)
    keys = ("experiment", "number", "source", "citation", "measure", "last", "step")
    rows = []
    for result in published:
        own = runs[
            (runs["experiment"] == result["experiment"]) & (runs["number"] == result["number"])
        ]
        values = own.groupby("side")["value"].apply(list).to_dict()
        told = _expected if result["expected"] else _printed
        row = told(result, values, confidence, sequences)
        rows.append({key: result[key] for key in keys} | row | {"confidence": confidence})
    made = pd.DataFrame(rows, columns=list(COLUMNS))
    return made.astype(dict.fromkeys(NUMBERS, float))


def _printed(
    result: dict[str, Any], values: dict[str, list[float]], confidence: float, _: int
) -> dict[str, Any]:
    """The row of a result of which values are printed."""
    ours, printed = of_runs(values[OURS]), values.get(THEIRS) or values[BOUNDS]
    low, high = min(printed), max(printed)
    theirs = of_runs(printed) if THEIRS in values else of_range(low, high, result["of"])
    row = _within_bounds(_of_ours(ours, confidence), result["measure"]) | {
        "theirs": theirs.mean,
        "theirs_low": low,
        "theirs_high": high,
        "theirs_spread": theirs.spread,
        "theirs_runs": theirs.runs,
    }
    if ours.runs > 1:
        row |= _difference(ours, theirs, result["step"], confidence)
    return row | _not_comparable(result, ours)


def _difference(ours: Sample, theirs: Sample, step: float, confidence: float) -> dict[str, Any]:
    """The difference, and what it says."""
    agreement = compare(ours, theirs, step, confidence)
    reach = (-agreement.tolerance, agreement.tolerance)
    verdict, reason = WORDS[judge(agreement.low, agreement.high, reach)], None
    if verdict == UNDECIDED:
        reason = ACROSS
    elif verdict == MET and theirs.runs > 1 and max(agreement.low, -agreement.high) > step / 2:
        reason = LESS_THAN_RUNS
    return {"verdict": verdict, "reason": reason} | asdict(agreement)


def _expected(
    result: dict[str, Any], values: dict[str, list[float]], confidence: float, sequences: int
) -> dict[str, Any]:
    """The row of what is expected and was not run."""
    ours = of_runs(values[OURS])
    least, most = result["expected"]["at_least"], result["expected"]["at_most"]
    row = _of_ours(ours, confidence) | {"at_least": least, "at_most": most}
    low, high = row["ours_low"], row["ours_high"]
    if "loss" not in result["measure"] and not math.isnan(low):  # errors that did not happen
        _, unseen = wilson(0, ours.runs * sequences, confidence)
        low, high = min(low, ours.mean - unseen), max(high, ours.mean + unseen)
    row |= _within_bounds({"ours_low": low, "ours_high": high}, result["measure"])
    ends = (-math.inf if least is None else least, math.inf if most is None else most)
    if ours.runs > 1:
        verdict = WORDS[judge(row["ours_low"], row["ours_high"], ends)]
        across = "the interval lies across an end of what is expected"
        row |= {"verdict": verdict, "reason": across if verdict == UNDECIDED else None}
    return row | _not_comparable(result, ours)


def _of_ours(ours: Sample, confidence: float) -> dict[str, Any]:
    low, high = mean_with_interval(ours, confidence) if ours.runs > 1 else (math.nan, math.nan)
    return {
        "ours": ours.mean,
        "ours_low": low,
        "ours_high": high,
        "ours_spread": ours.spread,
        "seeds": ours.runs,
    }


def _within_bounds(row: dict[str, Any], measure: str) -> dict[str, Any]:
    """The ends of an interval of ours; those of a share are 0 and 1 at most."""
    most = math.inf if "loss" in measure else 1.0
    return row | {"ours_low": max(row["ours_low"], 0.0), "ours_high": min(row["ours_high"], most)}


def _not_comparable(result: dict[str, Any], ours: Sample) -> dict[str, Any]:
    """The verdict, and why, if there is nothing to be compared."""
    reason = result["not_met"] or (FEW if ours.runs < LEAST_SEEDS else None)
    return {"verdict": NOT_COMPARABLE, "reason": reason} if reason else {}
