"""The profiles of clusters: the rules they name are there, and every job is in a group."""

import os
import re
import subprocess
import time
from collections import Counter
from pathlib import Path

import pytest
import yaml
from workspaces import PROJECT, Workspace, new_workspace

from echoseq.figures.catalogue import FIGURES, figures_of
from echoseq.figures.catalogue import STUDY as PART

TARGETS = {  # rules that make nothing
    *("study", "snapshot", "train", "evaluate", "tables", "figures"),
    *("extensions", "published", "reported", "page"),
}
LOCAL = {"publish", "verify"}  # in the main process
LOOPED = re.compile(
    r"(verify_)?(snapshot|held_out|probe_data|train)(_\d+_to_\d+|_seed)?"
    r"|evaluate_(experiment|\w+_\d+)|verify_evaluate"
)
COPYING = re.compile(r"share(_\w+_\d+)?")  # in the main process too
STUDY = figures_of(PART)
SLURM, GRID_ENGINE = (
    yaml.safe_load((PROJECT / f"profiles/{name}/profile.yaml").read_text(encoding="utf-8"))
    for name in ("slurm", "gridengine")
)
STATUS = PROJECT / "profiles/gridengine/status.sh"
GONE = "echo 'Following jobs do not exist or permissions are not sufficient: ' >&2; exit 1"


@pytest.fixture(scope="module")
def dry_run(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, str]]:
    """The group jobs of the study by the profile: the name of the group, and what is in it."""
    workspace = new_workspace(tmp_path_factory.mktemp("profile") / "workspace")
    options = ("--dry-run", "--workflow-profile", "profiles/slurm", "--jobs", "2")
    done = workspace.snakemake(*options)
    assert done.returncode == 0, done.stderr
    jobs = re.split(r"Group job (\w+) ", done.stdout)
    return list(zip(jobs[1::2], jobs[2::2], strict=True))


def test_every_rule_is_in_a_group(workspace: Workspace) -> None:
    listed = workspace.snakemake("--list-rules").stdout.splitlines()
    rules = {line.split()[0] for line in listed} - TARGETS - LOCAL
    rules = {rule for rule in rules if not COPYING.fullmatch(rule)}
    looped = {rule for rule in rules if LOOPED.fullmatch(rule)} | set(FIGURES)
    assert looped >= {
        "snapshot_seed",
        "snapshot_0_to_1",
        "train_seed",
        "train_0_to_1",
        "verify_train",
        "evaluate_longer_0",
        "verify_evaluate",
    }
    assert set(SLURM["groups"]) == rules - looped  # these set it themselves
    assert {*SLURM["groups"].values(), "data", "train", "evaluate"} == set(
        SLURM["group-components"]
    )


@pytest.mark.parametrize(
    ("group", "rules"),
    [
        ("data", {"snapshot_0_to_1": 2, "held_out": 2}),
        ("train", {"train_0_to_1": 2}),
        ("evaluate", {"evaluate_experiment": 2}),
        (
            "tables",
            {"describe": 1, "list_experiments": 1, "summarize": 1, "learning": 1}
            | dict.fromkeys(STUDY, 1),
        ),
    ],
)
def test_short_steps_share_a_job(
    dry_run: list[tuple[str, str]], group: str, rules: dict[str, int]
) -> None:
    (job,) = [text for name, text in dry_run if name == group]
    found = Counter(re.findall(r"^    rule (\w+):", job, flags=re.MULTILINE))
    assert rules.items() <= found.items()


def test_a_job_tried_again_asks_for_more(workspace: Workspace) -> None:
    target = "results/smoke/data/full/seed-0.npz"
    done = workspace.snakemake("--dry-run", "--attempt", "3", targets=[target])
    assert "mem_mb=1500," in done.stdout + done.stderr  # 500 the first time


def test_jobs_share_and_are_tried_alike_on_every_scheduler() -> None:
    own = re.compile("executor|slurm-.*|cluster-generic-.*|job(script|name)|.*-status-checks.*")
    slurm, grid_engine = (
        {key: value for key, value in profile.items() if not own.fullmatch(key)}
        for profile in (SLURM, GRID_ENGINE)
    )
    assert grid_engine == slurm


@pytest.fixture
def ask(tmp_path: Path):  # type: ignore[no-untyped-def]
    """Ask status.sh about job 7, with a qstat that does what is given, and a qdel that tells."""
    (tmp_path / ".snakemake/gridengine").mkdir(parents=True)

    def ask(qstat: str) -> str:
        for name, does in (("qstat", qstat), ("qdel", "echo $1 >deleted")):
            command = tmp_path / name
            command.write_text(f"#!/bin/sh\n{does}\n", encoding="utf-8")
            command.chmod(0o755)
        path = f"{tmp_path}:{os.environ['PATH']}"
        command = subprocess.run(
            [STATUS, "7"], cwd=tmp_path, env=os.environ | {"PATH": path},
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        return command.stdout.strip()

    return ask


@pytest.mark.parametrize(("status", "said"), [("0", "success"), ("1", "failed")])
def test_a_job_of_grid_engine_leaves_its_exit_status(ask, tmp_path: Path, status, said) -> None:
    left = tmp_path / ".snakemake/gridengine"
    assert ask("echo job_number: 7") == "running"
    (left / "7").write_text(f"{status}\n", encoding="utf-8")
    (left / "echoseq.train.o7").touch()
    assert ask("echo job_number: 7") == said
    kept = {"echoseq.train.o7"} if said == "failed" else set()
    assert {path.name for path in left.iterdir()} == kept


def test_a_job_that_grid_engine_killed_has_failed_after_a_minute(ask, tmp_path: Path) -> None:
    """Before that, what it left may be unseen: files of other nodes appear late."""
    assert ask(GONE) == "running"
    gone = tmp_path / ".snakemake/gridengine/7.gone"
    os.utime(gone, (time.time() - 130,) * 2)
    assert ask("echo 'error: unable to contact qmaster' >&2; exit 1") == "running"
    assert ask(GONE) == "failed"
    assert not gone.exists()


def test_a_job_that_grid_engine_cannot_start_is_deleted(ask, tmp_path: Path) -> None:
    reason = "error reason    1:          can't open output file"
    assert ask(f'echo "{reason}"') == "failed"
    assert (tmp_path / "deleted").read_text(encoding="utf-8") == "7\n"
    assert reason in (tmp_path / ".snakemake/gridengine/not-started.o7").read_text(encoding="utf-8")
