"""What docs/results.md says of the files of a version is what the code declares."""

import re
from dataclasses import fields
from functools import partial
from typing import Any

import pytest
from workspaces import PROJECT

from echoseq.documents.contents import CONTENTS, KEYS, SNAPSHOTS
from echoseq.documents.reference import SETTINGS, reference
from echoseq.documents.report import caption_settings
from echoseq.evaluation.predictions import Predictions
from echoseq.evaluation.readouts import Readouts
from echoseq.figures.catalogue import FIGURES
from echoseq.layout import KINDS, PREDICTIONS, PROBES, class_of
from echoseq.places import TABLE_OF_ALL, TABLE_OF_TIMES
from echoseq.study.reading import read
from echoseq.tables.catalogue import TABLES

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


def test_every_kind_of_file_is_described() -> None:
    """But those of published versions; and all digests of tables in one line."""
    told_once = [f"{path}.sha256" for path in (TABLE_OF_ALL, TABLE_OF_TIMES)]
    kinds = [kind.path for kind in KINDS if not kind.published]
    assert list(CONTENTS) == [path for path in kinds if path not in told_once]
    assert KEYS.keys() - {SNAPSHOTS} <= CONTENTS.keys()
