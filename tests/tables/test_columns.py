"""Tables are read as they were written: names stay names, and only empty cells are missing."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from workspaces import PROJECT

from echoseq.tables.columns import TEXT, read_table
from echoseq.tables.store import write_table

PUBLISHED = sorted((PROJECT / "results/published/v2/tables").rglob("*.csv"))
SUMS = {"skill", "cells", "epochs", "updates"}  # in words in the answers, numbers elsewhere
# A column of each is read as something else by pandas's defaults.
NAMES = [
    *("NA", "nan", "NaN", "None", "null", "N/A", "n/a", "-nan", "<NA>", "true", "False", "inf"),
    *("007", "1e5", "1.0", "0x10", "2024-01-01", " a ", '"q"', "a,b", "a\nb", "=1+1", "-", "#x"),
]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("column", ["experiment", "group", "text", "compare_to"])
def test_a_name_is_read_as_written(tmp_path: Path, name: str, column: str) -> None:
    path = tmp_path / "made.csv"
    write_table(path, pd.DataFrame({column: [name, name], "loss": [0.5, np.nan]}))
    table = read_table(path)
    assert table[column].tolist() == [name, name]
    assert table["loss"].dtype == float
    assert table["loss"].isna().tolist() == [False, True]


def test_an_empty_cell_is_missing(tmp_path: Path) -> None:
    write_table(tmp_path / "made.csv", pd.DataFrame({"group": [None, "NA"], "base": [None, None]}))
    table = read_table(tmp_path / "made.csv")
    assert table["group"].isna().tolist() == [True, False]
    assert table["base"].isna().all()


@pytest.mark.parametrize("path", PUBLISHED, ids=lambda path: path.stem)
def test_every_column_of_text_is_declared(path: Path) -> None:
    table = pd.read_csv(path)
    words = {name for name in table if table[name].dtype == "str"}
    assert words - SUMS <= set(TEXT)
