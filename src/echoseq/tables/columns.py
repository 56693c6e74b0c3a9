"""Names used in the tables, defined only here, and how tables are read."""

from collections.abc import Collection, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import pandas as pd

from echoseq.checked import show
from echoseq.errors import DamagedError
from echoseq.packing import stored, unpack
from echoseq.stored import require_file

EXACT_MATCH = "all"  # the position that stands for the whole answer: every value right
PER_VALUE = "value"  # the position that stands for any one value
COMPLETE, INCOMPLETE = "complete", "incomplete"  # windows, without or with missing values
AS_WRITTEN: dict[str, Any] = {"dtype": str, "keep_default_na": False}
LIMIT = 2**30  # bytes of a table
# Columns of text, whatever it looks like: names may be NA, true or inf, labels 007 or 1e5.
TEXT = (
    *("experiment", "task", "model", "question", "compare_to", "sweep", "group", "base"),
    *("text", "expectation", "outcome", "answer", "summary", "compared", "position", "digest"),
    *("encoding", "framing", "until", "windows", "split", "measure", "fact", "pair", "detail"),
    *("network", "state", "probe", "echo", "asked_positions", "optimizer", "schedule"),
    *("targets", "frame", "symbols", "values", "claim", "verdict", "reason", "table"),
    *("options", "read", "layer", "encoder", "decoder", "attention", "feed", "output", "start"),
    *("ablation", "source", "citation", "side"),
)
# Only an empty cell is a missing value.
MISSING: dict[str, Any] = {"keep_default_na": False, "na_values": [""]}


def position_names(n_out: int) -> list[str]:
    """Places of the answer from 1, then the name of the exact match."""
    return [str(position) for position in range(1, n_out + 1)] + [EXACT_MATCH]


def echo_of(row: Mapping[Any, Any]) -> str:
    """What an experiment asks for, in short; earlier versions asked for the oldest values alone.

    Args:
        row: of the table of experiments.
    """
    return str(row["echo"]) if "echo" in row else f"{row['n_out']} of {row['n_in']}"


def echoes_of(experiments: pd.DataFrame) -> pd.Series:
    """What each experiment asks for, and whether at once: `5 of 5 at once`.

    Args:
        experiments: tables/experiments.csv.
    """
    if "at_once" not in experiments:  # as in earlier versions
        return experiments["echo"]
    at_once = experiments["at_once"].astype(str) == "True"  # it may be empty
    return experiments["echo"] + at_once.map({True: " at once", False: ""})


def options_of(experiments: pd.DataFrame) -> pd.Series:
    """The options of each experiment's model in short, or nothing; earlier versions had none."""
    if "options" not in experiments:
        return pd.Series("", index=experiments.index)
    return experiments["options"].fillna("")


def read_table(path: Path) -> pd.DataFrame:
    """Read a table of results: names and texts as they are written, empty cells as missing.

    Raises:
        DamagedError: if it cannot be read.
    """
    return _read(path, dtype=dict.fromkeys(TEXT, str), **MISSING)


def read_columns(
    path: Path,
    *,
    text: Collection[str] = (),
    optional: Collection[str] = (),
    numbers: Collection[str] = (),
) -> pd.DataFrame:
    """Read a table of results that has these columns, with values of these types.

    Args:
        text: columns with a text in each row; in those that are `optional`, it may be missing.
        numbers: columns of numbers, which may be missing.

    Raises:
        DamagedError: if it cannot be read, or has no such columns; the message names the column.
    """
    table = _read(path, dtype=dict.fromkeys((*TEXT, *text, *optional), str), **MISSING)
    for name in (*text, *optional, *numbers):
        if name not in table:
            raise DamagedError(f"{path}: {name}: expected a column of this name, found none")
    read = {name: pd.to_numeric(table[name], errors="coerce") for name in numbers}
    for name in text:
        if table[name].isna().any():
            raise DamagedError(f"{path}: {name}: expected text in each row")
    for name, column in read.items():
        wrong = table[name][column.isna() & table[name].notna()]
        if len(wrong):
            raise DamagedError(f"{path}: {name}: expected numbers, got {show(wrong.iloc[0])}")
    return table.assign(**read)


def read_as_written(path: Path) -> pd.DataFrame:
    """Read a table with every value as text, exactly as written.

    Raises:
        DamagedError: if it cannot be read.
    """
    return _read(path, **AS_WRITTEN)


def complete_windows(table: pd.DataFrame) -> pd.DataFrame:
    """The rows for complete windows."""
    return table[table["windows"] == COMPLETE]


def incomplete_windows(table: pd.DataFrame) -> pd.DataFrame:
    """The rows for windows with missing values."""
    return table[table["windows"] == INCOMPLETE]


def exact_matches(table: pd.DataFrame) -> pd.DataFrame:
    """The rows for the exact match."""
    return table[table["position"] == EXACT_MATCH]


def _read(path: Path, **options: Any) -> pd.DataFrame:
    path = stored(path)
    require_file(path, "a table", LIMIT)
    try:
        return pd.read_csv(BytesIO(unpack(path, LIMIT)), **options)
    except (OSError, ValueError, OverflowError) as error:
        raise DamagedError(f"{path}: expected a table, cannot read it") from error
