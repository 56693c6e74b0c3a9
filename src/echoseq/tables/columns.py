"""Names used in the tables, defined only here, and how tables are read."""

from pathlib import Path
from typing import Any

import pandas as pd

from echoseq.errors import EchoseqError

EXACT_MATCH = "all"  # the position that stands for the whole answer: every value right
PER_VALUE = "value"  # the position that stands for any one value
COMPLETE, INCOMPLETE = "complete", "incomplete"  # windows, without or with missing values
AS_WRITTEN: dict[str, Any] = {"dtype": str, "keep_default_na": False}
TEXT = ("position", "group")  # columns of names, even if all look like numbers


def position_names(n_out: int) -> list[str]:
    """Positions from 1 (the oldest value), then the name of the exact match."""
    return [str(position) for position in range(1, n_out + 1)] + [EXACT_MATCH]


def read_table(path: Path) -> pd.DataFrame:
    """Read a table of results.

    Raises:
        EchoseqError: if it cannot be read.
    """
    return _read(path, dtype=dict.fromkeys(TEXT, str))


def read_as_written(path: Path) -> pd.DataFrame:
    """Read a table with every value as text, exactly as written.

    Raises:
        EchoseqError: if it cannot be read.
    """
    return _read(path, **AS_WRITTEN)


def complete_windows(table: pd.DataFrame) -> pd.DataFrame:
    """The rows for complete windows."""
    return table[table["windows"] == COMPLETE]


def exact_matches(table: pd.DataFrame) -> pd.DataFrame:
    """The rows for the exact match."""
    return table[table["position"] == EXACT_MATCH]


def _read(path: Path, **options: Any) -> pd.DataFrame:
    try:
        return pd.read_csv(path, **options)
    except (OSError, ValueError) as error:
        raise EchoseqError(f"{path}: expected a table, cannot read it") from error
