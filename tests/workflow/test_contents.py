"""The files that the workflow makes are those of the layout, with their keys."""

import csv
import json
from fnmatch import fnmatch
from pathlib import Path

import numpy as np
import pytest
from workspaces import Workspace

from echoseq.documents.contents import KEYS, SNAPSHOTS
from echoseq.files import walk
from echoseq.layout import (
    CONFIG,
    KINDS,
    MANIFEST,
    PAGE,
    PAPER,
    REPORT_FILE,
    Kind,
    class_of,
    kind_of,
)
from echoseq.provenance.jobs import read_jobs
from echoseq.provenance.manifest import list_files, read_manifest

# The page and the report have targets of their own.
MADE = [kind for kind in KINDS if kind.listed and not kind.published]
APART = [PAGE, REPORT_FILE]


def test_every_file_of_a_version_is_of_one_kind(extended_study: Workspace) -> None:
    kinds = {
        path: [kind.path for kind in MADE if kind.names_in(path) is not None]
        for path in list_files(extended_study.results())
    }
    assert {path: found for path, found in kinds.items() if len(found) != 1} == {}


def test_every_kind_of_file_is_made(extended_study: Workspace) -> None:
    found = set(map(kind_of, list_files(extended_study.results())))
    assert [kind.path for kind in MADE if kind not in found] == APART


def test_every_kind_of_file_is_made_by_its_rules(extended_study: Workspace) -> None:
    """As Snakemake recorded, also of what the manifest does not list."""
    results = extended_study.results().relative_to(extended_study.folder)
    paths = [
        p.relative_to(extended_study.folder).as_posix() for p in walk(extended_study.results())
    ]
    jobs = read_jobs(extended_study.folder / ".snakemake/metadata", paths)
    made = {
        Path(output).relative_to(results).as_posix(): job.rule
        for job in jobs
        for output in job.outputs
    }
    assert {PAPER, MANIFEST, CONFIG} < made.keys()
    for path, rule in made.items():
        kind = kind_of(path)
        assert kind is not None, path
        names = kind.names_in(path) or {}
        assert any(fnmatch(rule, known.format(**names)) for known in kind.rules), (path, rule)


def test_classes_in_the_manifest_are_those_of_the_layout(extended_study: Workspace) -> None:
    manifest = read_manifest(extended_study.results())
    promised = manifest["bits_promised"]
    assert {
        path: entry["class"]
        for path, entry in manifest["files"].items()
        if entry["class"] != class_of(path, bits_promised=promised)
    } == {}


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
    kind = Kind(pattern, "")
    paths = [*list_files(folder), MANIFEST]
    found = [path for path in paths if kind.names_in(path) is not None]
    assert found
    for path in found:
        assert keys_of(folder / path) == set(KEYS[pattern]) - {"model_digest", "task_digest"}, path


def test_the_origin_of_a_snapshot_has_the_declared_keys(extended_study: Workspace) -> None:
    said = KEYS[SNAPSHOTS]["origin"]
    for path in (extended_study.results() / "data").rglob("*.npz"):
        with np.load(path) as arrays:
            origin = json.loads(str(arrays["origin"]))
        assert [key for key in origin if f"the {key}" not in said and f"`{key}`" not in said] == []
