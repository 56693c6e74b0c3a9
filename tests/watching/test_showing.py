"""What `echoseq status` prints."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from configurations import study_of_two
from workspaces import PROJECT

from echoseq.cli import main
from echoseq.files import write_text
from echoseq.study.reading import load
from echoseq.watching.expected import expected
from echoseq.watching.left import Left
from echoseq.watching.logs import Trained
from echoseq.watching.showing import _content, _lines
from echoseq.watching.snakemake import Activity, Invocation
from echoseq.watching.state import LOCKED, RUNNING, Failure, Going, Part, State

SEEDS = tuple(f"d, seed {seed}" for seed in range(8, 12))
STATE = State(
    folder=Path("results/mine"),
    summary=RUNNING,
    targets={
        "study": (
            Part("data", 3, ()),
            Part("runs", 1, ("a, seed 1", "a, seed 2", "b, seed 0", *SEEDS)),
        ),
        "extensions": (Part("runs", 0, ("c, seed 0",)),),
    },
    begun=("study",),
    activity=Activity(frozenset({"x"}), frozenset(), (12,), (13,)),
    last=Invocation("snakemake --cores 2", None, Path("1.log"), 2, 3, 9, ()),
    going=(
        Going("train a, seeds 0 to 2", Path("t.log"), 130, True, Trained("a", 1, 40, 0.1), 500),
        Going("train b 0", Path("u.log"), 12, True, None, None),
    ),
    resuming={("a", 1): Trained("a", 1, 30, None)},
    failed=(Failure("task", Path("f.log"), "no more"), Failure("echoes", Path("g.log"), None)),
    left=Left(200.0, 2, 3, 2),
)
LINES = """\
results/mine: running (3 of 9 jobs done; process 12)
study:
  data  3 of 3
  runs  1 of 8, missing: a, seeds 1 and 2; b, seed 0; d, seeds 8 to 11
not begun: extensions
running:
  train a, seeds 0 to 2, for 2 min: seed 1, epoch 40 of 500
    log: t.log
  train b 0, for 10 s: queued or starting
    log: u.log
failed:
  task: no more
    log: f.log
  echoes: its log does not say why
    log: g.log
left: about 3 min of training: an estimate for 3 runs, 1 of them from the times of other \
experiments, 2 jobs at a time
"""


def test_a_study_that_runs(capsys: pytest.CaptureFixture[str]) -> None:
    assert "\n".join(_lines(STATE, None)) + "\n" == LINES


def test_a_study_that_was_killed() -> None:
    killed = replace(STATE, summary=LOCKED, left=None, failed=())
    text = "\n".join(_lines(killed, "snakemake --cores 2"))
    assert text.startswith("results/mine: locked, but no Snakemake runs here: it was killed, or ")
    assert "(3 of 9 jobs done; its jobs still run: process 13)" in text
    assert "\nrunning when it stopped:\n  train a, seeds 0 to 2" in text
    assert "\nto be resumed: a, seed 1, after epoch 30\n" in text
    assert "left:" not in text
    assert text.endswith(
        "next, once no job of it runs any more:\n  snakemake --unlock\n  snakemake --cores 2"
    )


def test_the_same_as_json() -> None:
    content = json.loads(json.dumps(_content(STATE, "go on")))
    assert content["state"] == "running"
    runs = {"there": 1, "missing": ["a, seed 1", "a, seed 2", "b, seed 0", *SEEDS]}
    assert content["targets"]["study"]["runs"] == runs
    first, second = content["running"]
    assert (first["seed"], first["epoch"], first["epochs"], first["log"]) == (1, 40, 500, "t.log")
    assert second["seed"] is None
    assert content["failed"][0] == {"job": "task", "log": "f.log", "reason": "no more"}
    assert content["left"]["estimate"] is True
    assert content["left"]["seconds"] == 200
    assert content["resuming"] == [{"experiment": "a", "seed": 1, "epoch": 30}]
    assert content["processes"] == {"snakemake": [12], "jobs": [13]}
    assert content["next"] == "go on"


@pytest.fixture
def finished(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A finished version in the working directory, its files empty."""
    folder = tmp_path / "results/v"
    study = load(study_of_two())
    for item in expected(study)["study"]:
        for path in item.paths:
            write_text(folder / path, "")
    write_text(folder / "config.yaml", yaml.safe_dump(study.resolved()))
    monkeypatch.chdir(tmp_path)
    return folder


def test_a_finished_study_takes_a_line(finished: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status", "v"]) == 0
    said = capsys.readouterr().out
    assert said == "results/v: finished\nstudy: all there\nnot begun: page\n"
    (finished / "paper.pdf").unlink()
    assert main(["status", "v"]) == 0
    said = capsys.readouterr().out
    assert "documents    1 of 2, missing: paper.pdf\n" in said
    assert said.endswith("next: snakemake --cores all --configfile results/v/config.yaml\n")


def test_one_that_has_not_begun_has_its_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    write_text(tmp_path / "my.yaml", "version: new\n")
    assert main(["status", "--config", "my.yaml"]) == 0
    assert capsys.readouterr().out == (
        "results/new: not begun\nnext: snakemake --cores all --configfile my.yaml\n"
    )


@pytest.mark.parametrize(("version", "runs"), [("v1", 195), ("v2", 1085)])
def test_a_published_version_has_what_it_has_kept(
    capsys: pytest.CaptureFixture[str], version: str, runs: int
) -> None:
    folder = PROJECT / "results/published" / version
    assert main(["status", str(folder), "--json"]) == 0
    content = json.loads(capsys.readouterr().out)
    assert content["state"] == "published"
    kept = content["targets"]["kept"]
    assert kept["records of runs"] == {"there": runs, "missing": []}
    assert kept["tables"]["there"] == len([*folder.glob("tables/**/*.csv")])


def test_what_a_published_version_lacks_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "v2"
    folder.mkdir()
    for path in (PROJECT / "results/published/v2").iterdir():
        (folder / path.name).symlink_to(path)
    (folder / "paper.pdf").unlink()
    assert main(["status", str(folder)]) == 0
    assert ", missing: paper.pdf\n" in capsys.readouterr().out


def test_an_unknown_version_is_refused_in_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status", "no-such-version"]) == 1
    said = capsys.readouterr()
    assert (said.out, said.err.count("\n")) == ("", 1)
    assert said.err.startswith("echoseq: no-such-version: expected a version of the results")


def test_it_starts_without_what_takes_seconds(finished: Path) -> None:
    code = (
        "import sys; from echoseq.cli import main; main(['status', 'v']); "
        "heavy = {'tensorflow', 'keras', 'scipy', 'matplotlib', 'sklearn', 'snakemake'}; "
        "sys.exit(str(heavy & sys.modules.keys()) if heavy & sys.modules.keys() else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("results/v: finished\n")
