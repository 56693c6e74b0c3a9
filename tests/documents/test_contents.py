"""What docs/results.md says of the files of a version is what the code declares."""

import re
from dataclasses import fields
from functools import partial
from typing import Any

import pytest
from workspaces import PROJECT

from echoseq.documents.contents import FILES, HISTORY, KEYS, PREDICTIONS, PROBES, File
from echoseq.documents.reference import SETTINGS, reference
from echoseq.documents.report import caption_settings
from echoseq.evaluation.predictions import Predictions
from echoseq.evaluation.readouts import Readouts
from echoseq.figures.catalogue import FIGURES
from echoseq.study.reading import read
from echoseq.tables.catalogue import TABLES
from echoseq.versions.manifest import class_of

DOCUMENT = PROJECT / "docs" / "results.md"


def test_the_document_is_that_of_the_code() -> None:
    """After a change of a table, a figure or what files contain: `make docs`."""
    text = DOCUMENT.read_text(encoding="utf-8")
    parts = reference(partial(class_of, bits_promised=True))
    assert set(parts) == set(re.findall(r"<!-- (\w+): begin -->", text))
    for name, part in parts.items():
        assert f"<!-- {name}: begin -->\n{part}<!-- {name}: end -->" in text, "make docs"


def test_every_table_column_and_figure_is_in_it() -> None:
    parts = reference(partial(class_of, bits_promised=True))
    sections = parts["columns"].split("### ")[1:]
    assert [section.partition("\n")[0] for section in sections] == [f"`{t}`" for t in TABLES]
    for section, table in zip(sections, TABLES.values(), strict=True):
        assert re.findall(r"^\| `(\w+)` \|", section, flags=re.MULTILINE) == [*table.columns]
        assert f"A row for each {table.row}." in section
    assert re.findall(r"^\| `(\w+)` \|", parts["figures"], flags=re.MULTILINE) == [*FIGURES]


def test_its_rows_have_as_many_cells_as_their_heads() -> None:
    """A vertical bar in a meaning would make another cell."""
    for block in DOCUMENT.read_text(encoding="utf-8").split("\n\n"):
        rows = [line for line in block.splitlines() if line.startswith("|")]
        assert len({row.count("|") for row in rows}) <= 1, rows


def test_the_settings_in_meanings_are_those_of_captions() -> None:
    study = read(PROJECT / "config" / "config.yaml").model_dump(mode="json")
    assert SETTINGS.keys() == caption_settings(study).keys()


@pytest.mark.parametrize(("path", "kind"), [(PREDICTIONS, Predictions), (PROBES, Readouts)])
def test_the_keys_of_arrays_are_their_fields(path: str, kind: type[Any]) -> None:
    assert [*KEYS[path]] == [*(field.name for field in fields(kind)), "sha256"]


def test_keys_are_those_of_files_of_a_version() -> None:
    paths = {file.path for file in FILES}
    assert {path for path in KEYS if not re.search("<snapshot>", path)} <= paths


@pytest.mark.parametrize(
    ("path", "matches"),
    [
        ("runs/a/seed-12/history.csv", True),
        ("runs/a/b/seed-12/history.csv", False),
        ("runs/a/seed-/history.csv", False),
        ("runs/a/seed-1/history_csv", False),
        ("old/runs/a/seed-1/history.csv", False),
    ],
)
def test_a_name_stands_for_one_folder(path: str, matches: bool) -> None:
    assert File(HISTORY, "").matches(path) == matches


def test_dots_at_the_end_stand_for_whatever_follows() -> None:
    logs = File("logs/...", "")
    assert logs.matches("logs/a.log")
    assert logs.matches("logs/a/b.log")
    assert not logs.matches("logs/")
    assert not logs.matches("logsxyz")
