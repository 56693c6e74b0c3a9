"""Rows of two tables, matched by their keys and compared value by value."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from echoseq.tables.columns import read_as_written
from echoseq.tables.store import DIGITS

# The columns that identify a row, as far as a table has them.
KEYS = (
    *("question", "group", "budget", "experiment", "base", "seed", "position", "windows", "epoch"),
    *("network", "probe", "state", "step", "ablation", "layer", "removed"),
)
UNLABELLED = {"experiment", "question"}  # their values need no column name

Rows = dict[str, dict[str, str]]


def read_rows(
    path: Path,
    keys: Sequence[str] = KEYS,
    wanted: Callable[[Mapping[Any, Any]], bool] | None = None,
) -> Rows:
    """The rows of a table by their keys; values as written.

    Args:
        wanted: which rows to keep, given their values as written; all by default.

    Raises:
        EchoseqError: if the table cannot be read.
    """
    table = read_as_written(path)
    present = [key for key in keys if key in table.columns]
    rows: Rows = {}
    for number, row in enumerate(table.to_dict("records")):
        if wanted is not None and not wanted(row):
            continue
        name = ", ".join(row[key] if key in UNLABELLED else f"{key} {row[key]}" for key in present)
        unique = name if name and name not in rows else f"{name} (row {number + 1})".strip()
        rows[unique] = {str(k): str(v) for k, v in row.items() if k not in present}
    return rows


def differing_values(
    ours: Rows, theirs: Rows, *, tolerance: float, columns: Sequence[str] | None = None
) -> Iterator[tuple[str, str, str | None, str | None]]:
    """Row, column and both values where they differ; None for a missing value.

    Args:
        tolerance: numbers that differ by at most this count as the same.
        columns: those to compare; all by default.
    """
    for row in dict.fromkeys([*ours, *theirs]):
        one, other = ours.get(row, {}), theirs.get(row, {})
        for column in columns or dict.fromkeys([*one, *other]):
            values = one.get(column), other.get(column)
            if not agree(*values, tolerance):
                yield row, column, *values


def agree(a: str | None, b: str | None, tolerance: float = 0.0) -> bool:
    """Whether two values as written are the same; None stands for a missing one.

    Numbers are compared with the digits that tables have now; earlier ones had more.
    """
    if a == b:
        return True
    try:
        ours, theirs = (float(f"{float(str(value)):.{DIGITS}g}") for value in (a, b))
    except ValueError:
        return False
    return abs(ours - theirs) <= tolerance
