"""The numbers of tables that claims may be about, as the modules of tables declare them.

Those modules are read without being imported: the study may not import the tables.
"""

import math
from dataclasses import dataclass
from typing import NamedTuple

from echoseq.declarations import declared

ROOMS = ("tables", "answers")
RANGES = {"share": (0.0, 1.0), "count": (0.0, math.inf), "number": (-math.inf, math.inf)}


@dataclass(frozen=True, slots=True)
class Measures:
    """The further declaration of a table that has measured numbers.

    measures: by the column of each, the columns with the ends of its interval, and what it is: a
        `share` (0 to 1), a `count` (0 or more) or any `number`. The table has a column `seeds`.
    """

    measures: dict[str, str]


@dataclass(frozen=True, slots=True)
class Columns:
    """All columns of a table."""

    columns: dict[str, str]


class Measured(NamedTuple):
    """A measured number of a table.

    low, high: the columns with the ends of its interval.
    range: the least and the most that it can be.
    """

    low: str
    high: str
    range: tuple[float, float]


def _measured(text: str) -> Measured:
    low, high, kind = text.split()
    return Measured(low, high, RANGES[kind])


# By table and column.
MEASURED = {
    table: {column: _measured(text) for column, text in found.measures.items()}
    for room in ROOMS
    for table, found in declared(room, Measures).items()
}
COLUMNS = {
    table: tuple(found.columns)
    for room in ROOMS
    for table, found in declared(room, Columns).items()
    if table in MEASURED
}
