"""The rule of the paper, and that the commands in the paper make what they stand beside."""

import re
import shlex
from pathlib import Path

import pytest
from papers import (
    ANSWER_FIGURES,
    ANSWERS,
    FIGURES,
    OPTIONS,
    TABLES,
    copy_parts,
    sources,
    text,
    typeset,
)
from planning import planned_jobs
from workspaces import Workspace

from echoseq.documents import paper
from echoseq.figures.catalogue import FORMATS


@pytest.fixture
def results(smoke_study: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What the paper is made of, free to be changed."""
    monkeypatch.chdir(tmp_path)
    return copy_parts(smoke_study)


def test_the_rule_makes_the_same_file_as_a_call(
    smoke_copy: Workspace, results: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = smoke_copy.snakemake(targets=["paper"])
    assert done.returncode == 0, done.stderr
    made = (smoke_copy.results() / "paper.pdf").read_bytes()
    assert made.startswith(b"%PDF")
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    assert made == typeset(sources(results))
    assert b"CreationDate" not in made
    assert planned_jobs(smoke_copy, target="paper") == {}


def test_every_command_of_the_paper_makes_what_it_stands_beside(
    extended_study: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    files = sources(copy_parts(extended_study), answered=True)
    made, words = paper.gather(files)["made"], text(files)
    assert set(made) == {Path(name).name for name in (*TABLES, *ANSWERS)} | {
        *FIGURES,
        *ANSWER_FIGURES,
    }
    for name, of in made.items():
        origin = f"Rule {of['rule']} · file {of['file']} · version smoke · make it again: "
        assert origin + of["command"] in words, name
        assert Path(of["file"]).stem == name
    targets = {of["rule"] for of in made.values()}
    commands = {f"snakemake --cores 4 {rule} {OPTIONS}" for rule in targets}
    assert {of["command"] for of in made.values()} == commands
    dry_run = ("--dry-run", "--forceall", "--cores", "4")
    planned = extended_study.run_snakemake(*dry_run, *sorted(targets), *shlex.split(OPTIONS))
    assert planned.returncode == 0, planned.stderr
    outputs = dict(re.findall(r"^ *rule (\w+):.*?\n +output: (.*?)\n", planned.stdout, re.M | re.S))
    for of in made.values():
        assert of["file"] in outputs[of["rule"]].split(", ")


def test_the_rule_uses_the_answers_only_if_they_are_there(smoke_copy: Workspace) -> None:
    extra = [f"tables/{name}.csv" for name in ANSWERS]
    figures = [f"figures/{name}.{form}" for name in ANSWER_FIGURES for form in FORMATS]
    (smoke_copy.results() / "tables/extensions").mkdir()
    others = [f"tables/{name}.csv" for name in ("facts", "probes", "probes_of_seeds", "ablations")]
    others.append("tables/ablations_of_seeds.csv")
    for path in [*extra, *others, *figures[:-1]]:
        (smoke_copy.results() / path).touch()
    assert planned_jobs(smoke_copy, target="paper") == {}  # of a run that was stopped halfway
    (smoke_copy.results() / figures[-1]).touch()
    extra += [path for path in figures if path.endswith((".pdf", ".txt"))]
    planned = smoke_copy.snakemake("--dry-run", targets=["paper"])
    assert planned.returncode == 0, planned.stderr
    (inputs,) = re.findall(r"^rule paper:\n    input: (.*)", planned.stdout, flags=re.MULTILINE)
    assert {f"results/smoke/{path}" for path in extra} <= set(inputs.split(", "))
