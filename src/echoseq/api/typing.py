"""Tables as they are handed out: what CSV files cannot say about a column is said by its type."""

import pandas as pd

from echoseq.tables.columns import COMPLETE, EXACT_MATCH, INCOMPLETE, PER_VALUE

# What a row is about, where rows are not all about single positions.
SCOPE = "scope"
POSITION, VALUE, ANSWER = "position", "value", "answer"
SCOPES = {PER_VALUE: VALUE, EXACT_MATCH: ANSWER}  # by what the files have for a position
SCOPED = ("comparisons", "seeds", "summary", "ablations", "ablations_of_seeds")
MEANING = (
    f"what the row is about: a `{POSITION}`, a `{VALUE}` at any position, or the whole `{ANSWER}`, "
    "which is right if every value is (exact match)"
)
NUMBERED = "place in the answer, from 1; missing where the row is not about one"
# Columns of whole numbers; a file with empty cells in one of them reads as fractions.
WHOLE = (
    *("seed", "seeds", "censored", "cells", "needed_cells", "learned", "learned_over"),
    *("epochs_to_learn", "updates_to_learn", "resumed_after_epoch", "removed", "cell"),
)


def typed(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """A table with columns of the right types.

    - `position` is a whole number, and missing where a row is not about a single position; in
      tables that have such rows, a further column, `scope`, tells what a row is about.
    - Whole numbers of which some are missing are nullable integers (`Int64`).
    - `windows` is a category.

    Args:
        table: as `tables.columns.read_table` reads it.
        name: of the table.
    """
    columns = {key: table[key].astype("Int64") for key in WHOLE if _reads_as_fractions(table, key)}
    if "position" in table:
        columns["position"] = pd.to_numeric(table["position"], errors="coerce").astype("Int64")
    if "windows" in table:
        columns["windows"] = window_kinds(table["windows"])
    result = table.assign(**columns)
    if name in SCOPED and "position" in table:
        place = list(result.columns).index("position") + 1
        result.insert(place, SCOPE, _scope(table["position"]))
    return result


def window_kinds(kinds: pd.Series) -> pd.Series:
    """`complete` or `incomplete` as a category."""
    return kinds.astype(pd.CategoricalDtype([COMPLETE, INCOMPLETE]))


def _reads_as_fractions(table: pd.DataFrame, key: str) -> bool:
    return key in table and pd.api.types.is_float_dtype(table[key])


def _scope(positions: pd.Series) -> pd.Series:
    known = positions.map(SCOPES, na_action="ignore").astype(object)
    single = pd.to_numeric(positions, errors="coerce").notna()
    kinds = pd.CategoricalDtype([POSITION, VALUE, ANSWER])
    return known.mask(single, POSITION).astype(kinds)
