"""Configurations read from files, laid over each other, or refused as a whole."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from configurations import CONFIG, changed, study_of_two
from workspaces import Workspace

from echoseq.errors import EchoseqError
from echoseq.study.reading import (
    check_files,
    from_command_line,
    load,
    over,
    overridden,
    read,
    require_once,
)


def test_null_removes_an_experiment() -> None:
    whole = read(CONFIG)
    configured = load(changed("experiments.full_memoryless", None))
    names = [name for name in whole.experiments if name != "full_memoryless"]
    assert list(configured.experiments) == names


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("seeds: [0\nb: {", "expected YAML, found a mistake in line 2"),
        ("just text", "expected keys and values"),
        ("", "expected keys and values"),
        ("version: 2026-13-45", "expected YAML, found a mistake"),
        ("seeds: 0x_", "expected YAML, found a mistake"),
        ("seeds: !seeds 3", "expected YAML, found a mistake in line 1"),
        ("[" * 5000, "expected YAML, found a mistake"),
    ],
    ids=["mistake", "text", "empty", "no such day", "no digits", "unknown tag", "too deep"],
)
def test_a_file_that_is_not_a_configuration_is_refused(
    tmp_path: Path, content: str, line: str
) -> None:
    path = tmp_path / "study.yaml"
    path.write_text(content)
    with pytest.raises(EchoseqError, match=line) as caught:
        read(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert "\n" not in str(caught.value)


def test_files_that_are_not_yaml_are_left_to_snakemake(tmp_path: Path) -> None:
    """It reads JSON too, indented with tabs."""
    path = tmp_path / "study.json"
    path.write_text('{\n\t"seeds": 3\n}')
    check_files([path, tmp_path / "none.yaml"])


@pytest.mark.parametrize(
    ("begin", "end"), [("", "\r\n"), ("", "\r"), ("\ufeff", "\n"), ("\ufeff", "\r\n")]
)
def test_ends_of_lines_and_marks_of_other_systems_change_nothing(
    tmp_path: Path, begin: str, end: str
) -> None:
    path = tmp_path / "config.yaml"
    text = CONFIG.read_text(encoding="utf-8")
    path.write_bytes((begin + text.replace("\n", end)).encode())
    assert b"\n" not in path.read_bytes() or end.endswith("\n")
    assert read(path) == read(CONFIG)


def test_the_language_of_the_system_changes_nothing(tmp_path: Path) -> None:
    """Where it knows ASCII alone, too; a whole version is written as it is read."""
    study = study_of_two() | {"questions": {"size": {"text": "Größe — 数?"}}}
    study["experiments"]["b"]["question"] = "size"
    (tmp_path / "my.yaml").write_text(yaml.safe_dump(study, allow_unicode=True), encoding="utf-8")
    code = """
from pathlib import Path
import yaml
from echoseq.files import write_text
from echoseq.study.reading import read
resolved = read(Path("my.yaml")).resolved()
write_text(Path("config.yaml"), yaml.safe_dump(resolved, allow_unicode=True))
"""
    ascii_alone = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    call = [sys.executable, "-c", code]
    done = subprocess.run(call, cwd=tmp_path, env=os.environ | ascii_alone, check=False)
    assert done.returncode == 0
    assert "Größe — 数?" in (tmp_path / "config.yaml").read_text(encoding="utf-8")


def test_a_file_that_inherits_nothing_is_the_whole_configuration(tmp_path: Path) -> None:
    path, more = tmp_path / "mine.yaml", tmp_path / "more.yaml"
    path.write_text(yaml.safe_dump({**study_of_two(), "inherit": False}))
    more.write_text("seeds: 3\n")
    ours = read(CONFIG, path, more)
    assert list(ours.experiments) == ["a", "b"]
    assert ours.seeds == 3
    assert ours.resolved()["inherit"] is False
    again = tmp_path / "again.yaml"  # as written beside the results
    again.write_text(yaml.safe_dump(ours.resolved()))
    assert list(read(CONFIG, again).experiments) == ["a", "b"]


def test_what_is_inherited_is_not_lost_by_being_given_twice() -> None:
    """Snakemake lays the configuration over the default one itself."""
    default, given = {"a": {"b": 1, "c": {"d": 2}}}, {"a": {"c": {"e": 3}, "b": None}}
    merged = {"a": {"b": None, "c": {"d": 2, "e": 3}}}
    assert over(default, given) == merged
    assert over(merged, given) == merged
    assert default == {"a": {"b": 1, "c": {"d": 2}}}


def test_what_says_nothing_about_inheriting_is_written_as_before() -> None:
    resolved = read(CONFIG).resolved()
    assert not {"inherit", "figures"} & resolved.keys()
    assert load({**study_of_two(), "figures": ["f"]}).resolved()["figures"] == ["f"]


def test_a_file_is_laid_over_another(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("version: v2\nexperiments: {full_echo: {epochs: 7}}\n")
    ours = read(CONFIG, path)
    assert ours.version == "v2"
    assert ours.experiments["full_echo"].epochs == 7
    assert ours.experiments["full_echo"].cells == 20
    assert list(ours.experiments) == list(read(CONFIG).experiments)


def test_a_list_replaces_another() -> None:
    ours = over({"grid": {"cells": [5, 10], "lags": [1]}}, {"grid": {"cells": [25]}})
    assert ours == {"grid": {"cells": [25], "lags": [1]}}


def missing(path: Path) -> str:
    return "no such file or directory"


def a_folder(path: Path) -> str:
    path.mkdir()
    return "is a directory"


def not_utf8(path: Path) -> str:
    path.write_bytes("version: café".encode("latin-1"))
    return "not UTF-8"


@pytest.mark.parametrize("make", [missing, a_folder, not_utf8])
def test_a_file_that_cannot_be_read(tmp_path: Path, make: Callable[[Path], str]) -> None:
    path = tmp_path / "study.yaml"
    reason = make(path)
    with pytest.raises(EchoseqError) as caught:
        read(path)
    assert str(caught.value) == f"{path}: expected a configuration file, cannot read it ({reason})"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *(("false", False), ("on", True), ("null", None), ("~", None), ("0.5", 0.5), ("7", 7)),
        *(
            ("1.0e-3", 0.001),
            ("1e-3", "1e-3"),
            ("1_000", "1_000"),
            ("010", "010"),
            ("a: 1", "a: 1"),
        ),
        *(("2026-01-01", "2026-01-01"), ("", None), ("[a", "[a"), (3, 3), (True, True)),
        (["0", "1", "x"], [0, 1, "x"]),
        ({"a": {"b": "no"}}, {"a": {"b": False}}),
    ],
)
def test_text_from_the_command_line_is_read_as_in_a_file(text: Any, value: Any) -> None:
    read_again = from_command_line({"key": text, "other": "false"}, {"key": text})
    assert read_again == {"key": value, "other": "false"}


def test_only_what_comes_from_the_command_line_is_read_again() -> None:
    """A file may have put the same text in quotes, or other keys beside it."""
    given = {"tasks": {"a": {"n_out": "2"}, "b": {"n_out": "2"}}, "seeds": ["0"]}
    options = {"tasks": {"b": {"n_out": "2"}}, "seeds": ["1"], "more": "null"}
    assert from_command_line(given, options) == {
        "tasks": {"a": {"n_out": "2"}, "b": {"n_out": 2}},
        "seeds": ["0"],
    }


@pytest.mark.parametrize(
    ("arguments", "option"),
    [
        ("--configfile a.yaml --cores 1 --configfile b.yaml", "--configfile"),
        ("--configfile=a.yaml --configfiles b.yaml", "--configfile"),
        ("--config a=1 -C b=1", "--config"),
        ("--config a=1 --configfile a.yaml -- --configfile", None),
        ("--configfile a.yaml b.yaml --config a=1 b=--config", None),
    ],
)
def test_an_option_that_is_given_twice_is_refused(arguments: str, option: str | None) -> None:
    if option is None:
        require_once(arguments.split())
        return
    with pytest.raises(EchoseqError, match=f"^{option}: given twice, .*; write {option} a") as said:
        require_once(arguments.split())
    assert "\n" not in str(said.value)


def test_snakemake_gets_the_command_line_as_it_is_meant(workspace: Workspace) -> None:
    keys = ["seeds=[0,3]", "ask=[]", "experiments={full_echo: {stateful: off}}"]
    target = "results/smoke/runs/full_echo/seed-3/model.keras"
    done = workspace.snakemake("--dry-run", "--config", *keys, targets=[target])
    assert done.returncode == 0, done.stderr
    twice = workspace.snakemake("--dry-run", "--configfile", "config/smoke.yaml")
    assert twice.returncode != 0
    assert twice.stderr.splitlines()[-1] == (
        "echoseq: configuration: --configfile: given twice, and Snakemake keeps only the last; "
        "write --configfile a.yaml b.yaml"
    )


@pytest.fixture
def default(tmp_path: Path) -> Path:
    path = tmp_path / "default.yaml"
    path.write_text("version: v1\ntasks: {a: {n_in: 5}, b: {n_in: 7}}\n")
    return path


def test_what_snakemake_read_is_overridden_by_what_it_was_given(default: Path) -> None:
    config = {"version": "v1", "page": {"networks": 1}}
    given = {"page": {"networks": 2}}
    assert overridden(default, config, [], given, {}) == config | given
    assert overridden(default, config, [], given | {"inherit": False}, {}) == {
        "inherit": False,
        **given,
    }


def test_options_override_as_text_of_a_file_does(default: Path) -> None:
    options = {"version": "false"}
    assert overridden(default, {"version": "v1"}, [], options, options) == {"version": False}


@pytest.mark.parametrize("last", [True, False])
def test_the_default_file_overrides_nothing_wherever_it_is_named(
    default: Path, tmp_path: Path, last: bool
) -> None:
    other = tmp_path / "other.yaml"
    other.write_text("version: v2\ntasks: {a: {n_in: 9}}\n")
    files = [other, default] if last else [default, other]
    found = overridden(default, {"version": "v1"}, files, {"version": "v1"}, {"version": "v3"})
    assert found == {"version": "v3", "tasks": {"a": {"n_in": 9}, "b": {"n_in": 7}}}
