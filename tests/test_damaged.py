"""Whatever is in a file of results, reading it gives its content or one line: never a traceback.

`ECHOSEQ_TRIES=2000` tries more of each kind.
"""

import io
import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from damaging import (
    RUNS,
    SNAPSHOT,
    changes,
    damages,
    describe,
    new_published,
    new_version,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import echoseq
from echoseq.cli import main
from echoseq.data.snapshots import EVALUATION, read_snapshot
from echoseq.errors import EchoseqError
from echoseq.evaluation.ablations import read_ablations
from echoseq.evaluation.predictions import read_predictions
from echoseq.evaluation.readouts import read_readouts
from echoseq.provenance.records import read_records
from echoseq.provenance.schema import read_environment
from echoseq.tables.sources import timings
from echoseq.training.records import read_history, read_record

tries = settings(
    max_examples=int(os.environ.get("ECHOSEQ_TRIES", "20")),
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def version(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return new_version(tmp_path_factory.mktemp("damaged") / "version")


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return new_published(tmp_path_factory.mktemp("damaged") / "published")


@pytest.fixture(autouse=True)
def restored(version: Path, published: Path) -> Iterator[None]:
    """What a test changes is put back."""
    kept = {p: p.read_bytes() for f in (version, published) for p in f.rglob("*") if p.is_file()}
    yield
    for path, content in kept.items():
        path.write_bytes(content)


def changed_json(path: Path, change: Callable[[Any], Any], original: bytes) -> None:
    path.write_text(json.dumps(change(json.loads(original))), encoding="utf-8")


def one_line(message: str, *places: Path) -> None:
    assert len(message.splitlines()) == 1, message
    assert any(str(place) in message for place in places), message


def read_or_refused(path: Path, read: Callable[[], object]) -> None:
    try:
        read()
    except EchoseqError as error:
        one_line(str(error), path)


def run(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> tuple[int, str]:
    """The exit code of a command, and what it wrote to stderr, on a terminal with UTF-8."""
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", errors) for errors in ("strict", "replace"))
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", out)
        patch.setattr(sys, "stderr", err)
        code = main([str(argument) for argument in arguments])
    err.seek(0)
    return code, err.read()


COMMANDS = [
    *("check A", "compare A B", "compare B A --json", "compare A A --tolerance 0.1", "headline A"),
    *("verify A B", "verify B A", "verify A A --share all", "answers A", "findings A"),
]


def require_a_line(
    monkeypatch: pytest.MonkeyPatch, command: str, folder: Path, other: Path
) -> None:
    """A command ends with an answer, or with one line that names a folder."""
    places = {"A": folder, "B": other}
    code, said = run(monkeypatch, *(places.get(word, word) for word in command.split()))
    if said:
        assert code in (1, 2)
        assert said.startswith("echoseq: ")
        one_line(said, folder, other)
    else:
        assert code in (0, 1)


def require_values(folder: Path) -> None:
    """The same from Python."""
    for read in (
        lambda: echoseq.results(folder).configuration,
        lambda: echoseq.results(folder).run("a", 0).record,
        lambda: echoseq.results(folder).run("a", 0).history,
        lambda: echoseq.results(folder).table("seeds"),
        lambda: echoseq.results(folder).columns("summary"),
        lambda: echoseq.results(folder).predictions("a"),
    ):
        try:
            read()
        except EchoseqError as error:
            message = str(error)
            assert len(message.splitlines()) == 1
            assert str(folder) in message or message.startswith(("seed: ", "experiment: "))


# Values of other types, missing and absurd values


@tries
@given(change=changes())
def test_a_record(version: Path, change: Callable[[Any], Any]) -> None:
    path = version / "runs/a/seed-0/run.json"
    changed_json(path, change, json.dumps(RUNS["a", 0]).encode())
    read_or_refused(path, lambda: read_record(path))


@tries
@given(change=changes())
def test_an_environment(version: Path, change: Callable[[Any], Any]) -> None:
    path = version / "environment.json"
    before = path.read_bytes()
    try:
        changed_json(path, change, before)
        read_or_refused(path, lambda: read_environment(path))
    finally:
        path.write_bytes(before)


@tries
@given(change=changes())
def test_timings(version: Path, change: Callable[[Any], Any]) -> None:
    path = version / "runs/a/seed-1/timing.json"
    before = path.read_bytes()
    try:
        changed_json(path, change, before)
        read_or_refused(path, lambda: list(timings.read({"timings": [path]})))
    finally:
        path.write_bytes(before)


@tries
@given(change=changes())
def test_packed_records(published: Path, change: Callable[[Any], Any]) -> None:
    path = published / "runs.json"
    before = path.read_bytes()
    try:
        changed_json(path, change, before)
        read_or_refused(path, lambda: read_records(published))
    finally:
        path.write_bytes(before)


# The commands


@tries
@given(change=changes(), command=st.sampled_from(COMMANDS))
def test_commands_on_a_record(
    version: Path,
    published: Path,
    monkeypatch: pytest.MonkeyPatch,
    change: Callable[[Any], Any],
    command: str,
) -> None:
    path = version / "runs/a/seed-0/run.json"
    changed_json(path, change, json.dumps(RUNS["a", 0]).encode())
    describe(version)
    require_a_line(monkeypatch, command, version, published)
    require_values(version)


@tries
@given(change=changes(), command=st.sampled_from(COMMANDS))
def test_commands_on_packed_records(
    version: Path,
    published: Path,
    monkeypatch: pytest.MonkeyPatch,
    change: Callable[[Any], Any],
    command: str,
) -> None:
    path = published / "runs.json"
    before = path.read_bytes()
    try:
        changed_json(path, change, before)
        describe(published)
        require_a_line(monkeypatch, command, published, version)
        require_values(published)
    finally:
        path.write_bytes(before)


@tries
@given(change=changes(), command=st.sampled_from(COMMANDS))
def test_commands_on_a_sealed_manifest(
    version: Path,
    published: Path,
    monkeypatch: pytest.MonkeyPatch,
    change: Callable[[Any], Any],
    command: str,
) -> None:
    for folder, other in ((version, published), (published, version)):
        describe(folder, change)
        require_a_line(monkeypatch, command, folder, other)
        require_values(folder)
        describe(folder)


@tries
@given(damage=damages(), command=st.sampled_from(COMMANDS))
def test_commands_on_damaged_tables(
    version: Path,
    published: Path,
    monkeypatch: pytest.MonkeyPatch,
    damage: Callable[[bytes], bytes],
    command: str,
) -> None:
    """The manifest is that of the damaged tables."""
    paths = [version / f"tables/{name}.csv" for name in ("summary", "seeds", "answers")]
    before = [path.read_bytes() for path in paths]
    try:
        for path, content in zip(paths, before):
            path.write_bytes(damage(content))
        describe(version)
        require_a_line(monkeypatch, command, version, published)
        require_values(version)
    finally:
        for path, content in zip(paths, before):
            path.write_bytes(content)


@tries
@given(damage=damages())
def test_a_damaged_configuration(version: Path, damage: Callable[[bytes], bytes]) -> None:
    path = version / "config.yaml"
    before = path.read_bytes()
    try:
        path.write_bytes(damage(before))
        require_values(version)
    finally:
        path.write_bytes(before)


# Bytes


READERS: dict[str, Callable[[Path], object]] = {
    "runs/a/seed-0/run.json": read_record,
    "runs/a/seed-0/history.csv": lambda path: read_history(path, RUNS["a", 0]),
    "runs/a/predictions.npz": read_predictions,
    "runs/a/probes.npz": read_readouts,
    "runs/a/ablations.npz": read_ablations,
    "data/one/evaluation.npz": lambda path: read_snapshot(
        path, EVALUATION, 0, length=SNAPSHOT["length"], alphabet=SNAPSHOT["alphabet"]
    ),
    "environment.json": read_environment,
}


@pytest.mark.parametrize("name", READERS)
@tries
@given(damage=damages())
def test_damaged_bytes(version: Path, name: str, damage: Callable[[bytes], bytes]) -> None:
    path = version / name
    before = path.read_bytes()
    try:
        path.write_bytes(damage(before))
        read_or_refused(path, lambda: READERS[name](path))
    finally:
        path.write_bytes(before)
