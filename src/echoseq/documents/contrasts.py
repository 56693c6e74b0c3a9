"""The planned contrasts as rows of a table: what is compared, the estimate, and its test."""

from collections.abc import Iterator, Mapping

import pandas as pd

from echoseq.documents.results import Row, rows_of
from echoseq.tables.comparisons import ACCURACY
from echoseq.wording import count, p_value, points, times

HEAD = ("question", "compared", "measure", "estimate", "seeds", "censored", "p (Holm)")


def contrasts(tables: Mapping[str, pd.DataFrame]) -> Iterator[list[str]]:
    """A row for each contrast that was planned and tested, with the columns `HEAD`.

    Args:
        tables: answers, comparisons and experiments.
    """
    compared = dict(zip(tables["answers"]["question"], tables["answers"]["compared"]))
    questions = dict(zip(tables["experiments"]["experiment"], tables["experiments"]["question"]))
    planned = tables["comparisons"][tables["comparisons"]["p_holm"].notna()]
    for row in rows_of(planned):
        question = questions[row["experiment"]]
        yield [
            str(question),
            str(compared[question]),
            row["measure"],
            estimate(row),
            count(row["seeds"]),
            count(row["censored"]) if row["censored"] > 0 else "",  # NaN: an accuracy
            p_value(row["p_holm"]),
        ]


def estimate(row: Row) -> str:
    """A difference of accuracies in points, or the ratio of times, with its interval."""
    values = [row[key] for key in ("difference", "low", "high")]
    if row["measure"] == ACCURACY:
        value, low, high = map(points, values)
        return f"{value} points ({low} to {high})"
    value, low, high = (times(2.0**exponent) for exponent in values)
    return f"{value} times ({low} to {high})"
