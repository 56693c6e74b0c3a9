"""Rows of tables, identified by their keys and compared value by value."""

from pathlib import Path

import pytest

from echoseq.errors import EchoseqError
from echoseq.provenance.rows import differing_values, read_rows

TEXT = "experiment,seed,accuracy,note\necho,0,0.5,\necho,1,0.75,NA\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "seeds.csv").write_text(TEXT)
    return tmp_path / "seeds.csv"


def test_rows_are_named_by_their_keys_and_keep_values_as_written(path: Path) -> None:
    assert read_rows(path) == {
        "echo, seed 0": {"accuracy": "0.5", "note": ""},
        "echo, seed 1": {"accuracy": "0.75", "note": "NA"},
    }


def test_rows_with_the_same_keys_are_distinguished_by_number(path: Path) -> None:
    assert list(read_rows(path, keys=["experiment"])) == ["echo", "echo (row 2)"]
    assert list(read_rows(path, keys=["task"])) == ["(row 1)", "(row 2)"]


def test_only_the_rows_that_are_wanted_are_read(path: Path) -> None:
    assert list(read_rows(path, wanted=lambda row: row["seed"] == "1")) == ["echo, seed 1"]


def test_a_table_that_cannot_be_read_is_named(path: Path) -> None:
    path.write_text("")
    with pytest.raises(EchoseqError, match=r"seeds\.csv: expected a table, cannot read it"):
        read_rows(path)


@pytest.mark.parametrize(
    ("ours", "theirs", "tolerance", "differ"),
    [
        ("0.5", "0.50", 0, False),  # written otherwise
        ("0.5", "0.75", 0.25, False),
        ("0.5", "0.75", 0.24, True),
        ("", "0.5", 1, True),
        ("", "", 0, False),
        ("a", "b", 1, True),
        ("nan", "0.5", 1, True),
    ],
)
def test_values_differ_beyond_the_tolerance_or_as_text(
    ours: str, theirs: str, tolerance: float, differ: bool
) -> None:
    rows = ({"echo": {"accuracy": value}} for value in (ours, theirs))
    found = list(differing_values(*rows, tolerance=tolerance))
    assert found == ([("echo", "accuracy", ours, theirs)] if differ else [])


def test_rows_and_columns_of_only_one_table_differ() -> None:
    ours, theirs = {"a": {"x": "1"}, "b": {"x": "1"}}, {"a": {"x": "1", "y": "2"}, "c": {"x": "3"}}
    assert list(differing_values(ours, theirs, tolerance=0)) == [
        ("a", "y", None, "2"),
        ("b", "x", "1", None),
        ("c", "x", None, "3"),
    ]
    only_x = list(differing_values(ours, theirs, tolerance=0, columns=["x"]))
    assert only_x == [("b", "x", "1", None), ("c", "x", None, "3")]
