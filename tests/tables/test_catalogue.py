"""Which tables there are, and that they are what they declare."""

import json
import sys
from pathlib import Path

import pandas as pd
import pytest
from workspaces import Workspace, new_workspace

from echoseq.documents.pages import table_caption
from echoseq.documents.report import caption_settings
from echoseq.study.reading import load
from echoseq.tables.catalogue import SOURCES, TABLES, made_from, settings_text, table_file

STUDY = {
    "version": "made-up",
    "seeds": 1,
    "tasks": {"t": {"n_out": 5}},
    "experiments": {
        "e": {"task": "t", "model": "lstm", "cells": 1, "epochs": 1, "batch_size": 7},
    },
}


def test_every_table_has_a_source_and_is_found_by_it() -> None:
    assert {table.source for table in TABLES.values()} == set(SOURCES)
    assert sorted(made_from(*SOURCES)) == sorted(TABLES)
    assert made_from("pairs") == ["comparisons"]


def test_tables_of_all_experiments_lie_apart_from_those_of_the_study() -> None:
    paths = [table_file(name, extensions=e) for name in TABLES for e in (False, True)]
    assert "tables/extensions/seeds.csv" in paths
    assert "tables/extensions/answers.csv" not in paths
    assert table_file("training_seconds", extensions=False).startswith("benchmarks/")


def test_settings_are_those_that_the_tables_declare() -> None:
    study = load(STUDY).model_dump(mode="json")
    assert json.loads(settings_text(["summary", "errors"], study)) == {
        key: study["statistics"][key] for key in ("confidence", "resamples", "success")
    }
    assert json.loads(settings_text(["answers"], study)) == {"margin": 0.01, "questions": {}}
    assert settings_text([], study) == "{}"


@pytest.mark.parametrize("name", TABLES)
def test_every_caption_explains_every_column(name: str) -> None:
    caption = table_caption(name, caption_settings(load(STUDY).resolved()))
    assert caption.startswith(f"A row for each {TABLES[name].row}.\n")
    for column in TABLES[name].columns:
        assert f"* ``{column}``: " in caption
    assert "{" not in caption


def test_tables_have_the_columns_that_they_declare(extended_study: Workspace) -> None:
    for name, table in TABLES.items():
        for extensions in (False, True):
            path = extended_study.results() / table_file(name, extensions=extensions)
            assert list(pd.read_csv(path).columns) == list(table.columns), path


NEW = {
    "tables/spread.py": """
SOURCE = "predictions"
ROW = "experiment"
SETTINGS = ()
COLUMNS = {"experiment": "its name"}
""",
    "figures/spread.py": """
import no_such_module
TABLES = ("seeds",)
PART = "study"
""",
    "networks/architectures/spread.py": """
import no_such_module
STEP_BY_STEP = False
HEEDS_MASK = False
HAS_MEMORY = True
SENTENCE = "is new"
""",
}


def test_what_is_new_is_found_by_its_file_alone(tmp_path: Path) -> None:
    workspace = new_workspace(tmp_path / "workspace")
    for name, text in NEW.items():
        (workspace.folder / "src/echoseq" / name).write_text(text)
    found = workspace.run(
        sys.executable,
        "-c",
        "from echoseq.tables.catalogue import TABLES\n"
        "from echoseq.figures.catalogue import FIGURES\n"
        "from echoseq.study.architectures import ARCHITECTURES\n"
        "print([c['spread'].__class__.__name__ for c in (TABLES, FIGURES, ARCHITECTURES)])",
    )
    assert found.returncode == 0, found.stderr
    assert found.stdout.strip() == "['Table', 'Description', 'Architecture']"
    listed = workspace.snakemake("--list-rules").stdout.split()
    assert "spread" in listed
