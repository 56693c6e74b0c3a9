"""What a study makes, beside what Snakemake plans to make."""

import re
from pathlib import Path

import pytest
import yaml
from configurations import study_of_two
from workspaces import PROJECT, Workspace

from echoseq.layout import kind_of
from echoseq.places import DIGEST
from echoseq.study.reading import load, read
from echoseq.watching.expected import PARTS, expected

# What rules make besides: for the report, digests, logs and notes.
BESIDE = re.compile(rf"report/|logs/|.*{re.escape(DIGEST)}$")


def planned(workspace: Workspace, *targets: str) -> set[str]:
    """The outputs of all jobs that Snakemake would run, in the folder of the version."""
    done = workspace.run_snakemake(
        "--dry-run", "--cores", "2", *targets, "--config", "version=planned"
    )
    assert done.returncode == 0, done.stderr
    outputs = re.findall(r"^ +output: (.*)$", done.stdout + done.stderr, re.MULTILINE)
    paths = {path.strip() for line in outputs for path in line.split(", ")}
    inside = {path.removeprefix("results/planned/") for path in paths}
    return {path for path in inside if not BESIDE.match(path)}


def test_targets_make_what_snakemake_plans(workspace: Workspace) -> None:
    """Of the whole study, with all its extensions, what others published, and the page."""
    items = expected(read(PROJECT / "config/config.yaml"))
    made = {target: {path for item in own for path in item.paths} for target, own in items.items()}
    assert planned(workspace, "study") == made["study"]
    assert planned(workspace, *items) == set().union(*made.values())


def test_nothing_is_expected_twice_and_everything_has_a_kind() -> None:
    items = [
        item for own in expected(read(PROJECT / "config/config.yaml")).values() for item in own
    ]
    paths = [path for item in items for path in item.paths]
    assert len(set(paths)) == len(paths)
    assert {item.part for item in items} <= {*PARTS}
    assert all(kind_of(path) for path in paths)


def test_a_study_without_questions_has_no_extensions() -> None:
    items = expected(load(study_of_two()))
    assert [*items] == ["study", "page"]
    runs = [item.run for item in items["study"] if item.run]
    assert runs == [("a", 0), ("a", 1), ("b", 0), ("b", 1)]


@pytest.mark.parametrize(("part", "there"), [("study", True), ("extensions", False)])
def test_figures_of_ones_own_belong_to_their_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: str, there: bool
) -> None:
    name = f"my_{part}_figure"
    source = f"TABLES = ('runs',)\nPART = {part!r}\ndef draw(): ...\ndef caption(): ...\n"
    (tmp_path / f"{name}.py").write_text(source)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    study = load({**study_of_two(), "figures": [name]})
    assert (name in {item.name for item in expected(study)["study"]}) == there


def test_a_figure_that_is_not_here_is_not_expected(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    study = load(yaml.safe_load(yaml.safe_dump({**study_of_two(), "figures": ["nowhere"]})))
    assert "nowhere" not in {item.name for item in expected(study)["study"]}
