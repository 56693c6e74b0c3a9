"""Claims in documents: each sentence with its verdict, what was measured and what it expects."""

import math
from collections.abc import Callable

import pandas as pd

from echoseq.answers.verdicts import HOLDS, NOT_MEASURED, REFUTED, UNDECIDED
from echoseq.documents.markdown import markdown_table
from echoseq.documents.results import Row, rows_of
from echoseq.escaping import markdown
from echoseq.study.claims import BITS, LEARNED, LEAST_SEEDS, TIMES
from echoseq.study.measured import MEASURED
from echoseq.wording import capitalized, count, plural, points, sentence, share, spoken, times

REMARK = "Remark:"  # before what describes the networks, or was not put to the test
HEAD = ("question", "claim", "verdict", "measured", "expected", "seeds")
DIFFERENCES = {
    LEARNED: "in the share of seeds that learn",
    "accuracy": "in accuracy per value",
    "exact_match": "in exact match",
    "accuracy_incomplete": "in accuracy per value in windows with missing values",
}
NOTE = (
    "A claim holds if the whole interval of what was measured is where it expects it, and is "
    "refuted if the whole interval is elsewhere: as too small, if there is a difference in the "
    "expected direction, but short of the margin. Otherwise, and with fewer than "
    f"{LEAST_SEEDS} seeds, it is undecided. The verdict is on what follows the word so: if that "
    "holds, the reason before it fits what was measured, and is not shown by it."
)
TOO_SMALL = "too small"  # said of a refuted claim
TALLIED = (HOLDS, REFUTED, UNDECIDED, NOT_MEASURED)


def claims_of(claims: pd.DataFrame | None, question: str) -> list[dict[str, str]]:
    """The claims of a question: the sentence, the verdict, and the numbers.

    Args:
        claims: tables/claims.csv, if there is one.
    """
    if claims is None:
        return []
    return [
        {
            "claim": sentence(row["claim"]),
            "verdict": capitalized(verdict(row)),
            "numbers": numbers(row),
        }
        for row in rows_of(claims[claims["question"] == question])
    ]


def verdict(row: Row) -> str:
    """The verdict in words: refuted, too small, if there is a difference, but less of it."""
    if row["verdict"] != REFUTED or pd.notna(row["table"]):
        return str(row["verdict"])
    none = 1.0 if row["measure"] in TIMES else 0.0
    more = none < row["low"] and none < row["at_least"] and row["high"] < row["at_least"]
    less = row["high"] < none and row["at_most"] < none and row["at_most"] < row["low"]
    return f"{REFUTED}, {TOO_SMALL}" if more or less else REFUTED


def numbers(row: Row) -> str:
    """What was measured, what was expected, and why a claim is undecided, in a sentence."""
    parts = [f"expected {expected(row)}"]
    if row["verdict"] != NOT_MEASURED:
        parts = [f"{measured(row)}, over {_seeds(row)}", *parts]
    if pd.notna(row["reason"]):
        parts.append(row["reason"])
    return capitalized(f"{'; '.join(parts)}.")


def _seeds(row: Row) -> str:
    met = row["censored"]
    of_these = f", of which {count(met)} met a cap" if met > 0 else ""
    return f"{plural(int(row['seeds']), 'seed')}{of_these}"


def bullets(claims: pd.DataFrame, question: str) -> str:
    """The claims of a question as a list in Markdown; empty if it has none."""
    return "".join(
        f"- {markdown(row['claim'])} **{row['verdict']}.** {markdown(row['numbers'])}\n"
        for row in claims_of(claims, question)
    )


def table_of_claims(claims: pd.DataFrame) -> str:
    """All claims as a table in Markdown, after how many hold, are refuted, and are undecided.

    Args:
        claims: tables/claims.csv.
    """
    table = markdown_table(HEAD, map(_cells, rows_of(claims)))
    return f"{NOTE} {capitalized(tally(claims))}.\n\n{table}"


def tally(claims: pd.DataFrame) -> str:
    """How many claims hold, are refuted, and are undecided: holds: 19; refuted: 10.

    Args:
        claims: tables/claims.csv.
    """
    found = [(name, int((claims["verdict"] == name).sum())) for name in TALLIED]
    return "; ".join(f"{name}: {number}" for name, number in found if number)


def of_published(claims: pd.DataFrame) -> pd.DataFrame:
    """The claims beside what others published, with the columns that all claims have.

    Args:
        claims: tables/published_claims.csv.
    """
    return claims.assign(table=None, detail=None, censored=0)


def sections(claims: pd.DataFrame, version: str) -> str:
    """Each claim in a section that names it and the version, with what tests it, as Markdown."""
    return "\n".join(_section(row, version) for row in rows_of(claims))


def measured(row: Row) -> str:
    """What was measured, with its interval: 1.49 times the epochs (1.44 to 1.55)."""
    if row["measure"] in TIMES and pd.isna(row["table"]):
        bound = _bound(row)
        return f"{bound}{times(row['value'])} times the {row['measure']}{_interval(row, times)}"
    write = _writer(row)
    if pd.isna(row["table"]):
        of = "bits" if row["measure"] == BITS else f"points {DIFFERENCES[row['measure']]}"
        return f"a difference of {write(row['value'])} {of}{_interval(row, write)}"
    value = "none" if math.isnan(row["value"]) else write(row["value"])
    return f"{spoken(row['measure'])} {value}{_interval(row, write)}"


def expected(row: Row) -> str:
    """Where a claim expects it: at least 1.25 times; at most +1.0 points; 0.80 to 1.25 times."""
    write, low, high = _writer(row), row["at_least"], row["at_most"]
    unit = {points: " points", times: " times"}.get(write, "")
    if math.isnan(high):
        return f"at least {write(low)}{unit}"
    if math.isnan(low):
        return f"at most {write(high)}{unit}"
    return f"{write(low)} to {write(high)}{unit}"


def _bound(row: Row) -> str:
    """That a ratio is a bound, because runs did not learn."""
    if not row["censored"] or math.isnan(row["low"]) == math.isnan(row["high"]):
        return "about " if row["censored"] else ""
    return "at most " if math.isnan(row["low"]) else "at least "


def _interval(row: Row, write: Callable[[float], str]) -> str:
    low, high = row["low"], row["high"]
    if math.isnan(low) and math.isnan(high):
        return ""
    if math.isnan(low):
        return f" (up to {write(high)})"
    return f" ({write(low)} {'or more' if math.isnan(high) else f'to {write(high)}'})"


def _writer(row: Row) -> Callable[[float], str]:
    """How the values of a measure are written."""
    if pd.isna(row["table"]):
        if row["measure"] in TIMES:
            return times
        return _signed if row["measure"] == BITS else points
    least, most = MEASURED[row["table"]][row["measure"]].range
    if most == 1:
        return share
    return count if least == 0 else _signed


def _signed(value: float) -> str:
    return f"{value:.2f}".replace("-", "\u2212")


def _cells(row: Row) -> list[str]:
    there = row["verdict"] != NOT_MEASURED
    cells = [
        *(spoken(row["question"]), row["claim"], verdict(row)),
        *(measured(row) if there else "", expected(row)),
        f"{row['seeds']:.0f}" if there else "",
    ]
    return [markdown(cell) for cell in cells]


def _section(row: Row, version: str) -> str:
    head = f"## {capitalized(spoken(row['question']))}, claim {row['number']} (version {version})"
    lines = [f"*{markdown(sentence(row['claim']))}*"]
    lines.append(f"**{capitalized(verdict(row))}.** {markdown(numbers(row))}")
    lines.append(f"Tested by {_test(row)}.")
    return f"{head}\n\n" + "".join(f"{line}\n\n" for line in lines).removesuffix("\n")


def _test(row: Row) -> str:
    if pd.isna(row["table"]):
        return f"`{row['measure']}` of `{row['experiment']}` against `{row['base']}`"
    where = f", {markdown(row['detail'])}" if pd.notna(row["detail"]) else ""
    column = f"`{row['measure']}` in `{row['table']}`"
    return f"{column} of `{row['experiment']}`{where}"
