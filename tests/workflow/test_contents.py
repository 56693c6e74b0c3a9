"""The files that the workflow makes are those that are declared, with their keys."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from workspaces import Workspace

from echoseq.documents.contents import FILES, KEYS, File
from echoseq.versions.manifest import list_files


def test_every_file_of_a_version_is_declared_once(extended_study: Workspace) -> None:
    undeclared = {
        path: kinds
        for path in list_files(extended_study.results())
        if len(kinds := [file.path for file in FILES if file.listed and file.matches(path)]) != 1
    }
    assert undeclared == {}


def test_every_declared_file_is_made(extended_study: Workspace) -> None:
    paths = list_files(extended_study.results())
    missing = [f.path for f in FILES if f.listed and not any(map(f.matches, paths))]
    assert missing == ["page.html", "report.zip"]  # with targets of their own


def keys_of(path: Path) -> set[str]:
    if path.suffix == ".npz":
        with np.load(path) as arrays:
            return set(arrays)
    if path.suffix == ".csv":
        with path.open(encoding="utf-8") as rows:
            return set(next(csv.reader(rows)))
    return set(json.loads(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("pattern", KEYS)
def test_the_keys_of_files_are_declared(pattern: str, extended_study: Workspace) -> None:
    folder = extended_study.results()
    found = [
        path for path in [*list_files(folder), "manifest.json"] if File(pattern, "").matches(path)
    ]
    assert found
    for path in found:
        assert keys_of(folder / path) == set(KEYS[pattern]) - {"model_digest"}, path


def test_the_origin_of_a_snapshot_has_the_declared_keys(extended_study: Workspace) -> None:
    (said,) = (keys["origin"] for path, keys in KEYS.items() if "<snapshot>" in path)
    for path in (extended_study.results() / "data").rglob("*.npz"):
        with np.load(path) as arrays:
            origin = json.loads(str(arrays["origin"]))
        assert [key for key in origin if f"the {key}" not in said and f"`{key}`" not in said] == []
