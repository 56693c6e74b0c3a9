"""What a manifest, an environment and records may hold; the seal of a manifest is right here."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from damaging import describe, new_published, new_version

from echoseq.cli import main
from echoseq.documents.headline import headline_table
from echoseq.errors import DamagedError
from echoseq.provenance.manifest import read_manifest
from echoseq.provenance.records import read_records
from echoseq.provenance.schema import read_environment


@pytest.fixture
def version(tmp_path: Path) -> Path:
    return new_version(tmp_path / "version")


def setting(path: str, value: Any) -> Callable[[Any], Any]:
    def change(content: dict[str, Any]) -> dict[str, Any]:
        *above, key = path.split("/")
        part = content
        for step in above:
            part = part[step]
        part[key] = value
        return content

    return change


def renamed(name: str) -> Callable[[Any], Any]:
    def change(content: dict[str, Any]) -> dict[str, Any]:
        content["files"][name] = content["files"].pop("environment.json")
        return content

    return change


INSIDE = "expected the path of a file inside the folder"


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (lambda _: [], "expected keys and values, got []"),
        (setting("files", []), "files: expected keys and values, got []"),
        (setting("files/config.yaml", 3), "files.config.yaml: expected keys and values, got 3"),
        (setting("files/config.yaml/bytes", -1), "files.config.yaml.bytes: expected 0 or more, "
         "got -1"),
        (setting("files/config.yaml/class", "good"), "files.config.yaml.class: expected 'exact', "
         "'numeric' or 'volatile', got text 'good'"),
        (setting("files/config.yaml/sha256", 1), "files.config.yaml.sha256: expected text, got 1"),
        (renamed("../environment.json"), f"files.../environment.json: {INSIDE}, got text "
         "'../environment.json'"),
        (renamed("/etc/hosts"), f"files./etc/hosts: {INSIDE}, got text '/etc/hosts'"),
        (renamed("tables/../../a"), f"files.tables/../../a: {INSIDE}, got text 'tables/../../a'"),
        (renamed("a\nb"), "files.a b: expected one line of text, got text 'a b'"),
        (setting("published", 1), "published: expected keys and values, got 1"),
        (setting("version", None), "version: expected text, got nothing"),
        (setting("bits_promised", "yes"), "bits_promised: expected true or false, got text 'yes'"),
        (setting("code", "abc"), "code: expected keys and values, got text 'abc'"),
        (setting("code/commit", 7), "code.commit: expected text, got 7"),
        (setting("environment/packages", []), "environment.packages: expected keys and values, "
         "got []"),
        (setting("environment/threads", 1.5), "environment.threads: expected a whole number, got "
         "1.5"),
        (setting("configuration", []), "configuration: expected keys and values, got []"),
        (setting("configuration/experiments", 1), "configuration.experiments: expected keys and "
         "values, got 1"),
        (setting("configuration/experiments/a", 1), "configuration.experiments.a: expected keys "
         "and values, got 1"),
        (setting("configuration/evaluation", {}), "configuration.evaluation.sequences: expected a "
         "value, got none"),
        (setting("digest", "f"), "digest: expected a SHA-256, 64 hexadecimal digits in lower "
         "case, got text 'f'"),
    ],
)  # fmt: skip
def test_a_value_of_another_type_or_size_is_named(
    version: Path, change: Callable[[Any], Any], line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    describe(version, change)
    for command in ("check", "headline", "answers", "findings"):
        assert main([command, str(version)]) == 2
        assert capsys.readouterr().err == f"echoseq: {version}/manifest.json: {line}\n"


def test_damage_without_a_new_seal_is_still_noticed(version: Path) -> None:
    path = version / "manifest.json"
    path.write_text(path.read_text().replace('"clean": null', '"clean": true'))
    with pytest.raises(DamagedError, match="does not match its digest"):
        read_manifest(version)


def test_what_a_later_version_writes_is_read(version: Path) -> None:
    describe(version, lambda content: content | {"signed": {"by": ["me"]}})
    assert read_manifest(version)["signed"] == {"by": ["me"]}


def test_an_environment_is_read_as_it_was_written(version: Path) -> None:
    path = version / "environment.json"
    written = json.loads(path.read_text())
    assert read_environment(path) == written
    path.write_text(json.dumps(written | {"packages": {"keras": 3}}))
    with pytest.raises(DamagedError) as caught:
        read_environment(path)
    assert str(caught.value) == f"{path}: packages.keras: expected text, got 3"


READERS: dict[str, Callable[[Path], object]] = {
    "manifest.json": read_manifest,
    "runs/a/seed-0/run.json": read_records,
    "tables/summary.csv": headline_table,
}


@pytest.mark.parametrize("name", READERS)
def test_a_pipe_in_the_place_of_a_file_is_not_waited_for(version: Path, name: str) -> None:
    (version / name).unlink()
    os.mkfifo(version / name)
    with pytest.raises(DamagedError, match=rf"{name}: expected .*\(not a regular file\)"):
        READERS[name](version)


def test_commands_name_the_file_of_a_record_and_its_key(
    version: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    published = new_published(tmp_path / "published")
    path = version / "runs/a/seed-1/run.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"epochs": 10**9}))
    describe(version)
    for command in (["compare", version, published], ["verify", version, published]):
        assert main(list(map(str, command))) == 2
        said = f"echoseq: {path}: epochs: expected 1000000 or less, got 1000000000\n"
        assert capsys.readouterr().err == said
