"""The smoke study on a real Slurm: the same bits as here, and what happens when things go wrong.

`make test-slurm`, as root with slurm-wlm and munge installed. Plain `pytest` leaves it out.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import cluster
import pytest
from submitted import (
    LONG,
    ONE_BLOCK,
    RUNS,
    SMOKE,
    assert_same_runs,
    logs_of_training,
    said,
    started,
    wait_for,
    without_runs,
)
from workspaces import Workspace, digests, new_workspace

SLURM = (
    *("--workflow-profile", "profiles/slurm", *SMOKE, *ONE_BLOCK),
    *("--slurm-init-seconds-before-status-checks", "1", "--latency-wait", "5"),
)


@pytest.fixture(scope="session")
def slurm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    reason = cluster.why_not()
    if reason:
        pytest.skip(f"no Slurm: {reason}")
    with cluster.running(tmp_path_factory.mktemp("slurm") / "cluster"):
        yield


@pytest.fixture(scope="session")
def slurm_study(slurm: None, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The smoke study, run on Slurm. Not to be changed."""
    study = new_workspace(tmp_path_factory.mktemp("on-slurm") / "workspace")
    with started(study, SLURM) as snakemake:
        assert snakemake.wait(LONG) == 0, said(study)
    return study


@pytest.fixture
def untrained(slurm: None, smoke_study: Workspace, tmp_path: Path) -> Workspace:
    return without_runs(smoke_study, tmp_path / "workspace")


def jobs(study: Workspace) -> list[dict[str, str]]:
    """All jobs of a study that Slurm remembers, oldest first: id, state, node and rules."""
    keys = ("id", "state", "node", "rules", "folder")
    listed = subprocess.run(
        ["squeue", "--noheader", "--states=all", "--sort=i", "--format=%A|%T|%N|%k|%Z"],
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    found = [dict(zip(keys, line.split("|"))) for line in listed.splitlines()]
    return [job for job in found if job["folder"] == str(study.folder)]


def training(study: Workspace) -> list[dict[str, str]]:
    """The jobs that run, once all of them train."""
    running = [job for job in jobs(study) if job["state"] == "RUNNING"]
    return running if len(logs_of_training(study)) >= len(running) else []


def wait_for_training(study: Workspace) -> None:
    wait_for(lambda: len(training(study)) == 2, lambda: f"{jobs(study)}\n{said(study)}")


def test_the_study_has_the_same_bits_on_slurm(
    slurm_study: Workspace, smoke_study: Workspace
) -> None:
    """Every table, figure, record and history; run.json holds the digest of the weights."""
    here, there = digests(smoke_study), digests(slurm_study)
    assert {"runs/full_echo/seed-0/run.json", "tables/errors.csv"} < set(here)
    assert len(here) > 40
    assert there == here
    done = jobs(slurm_study)
    assert {job["state"] for job in done} == {"COMPLETED"}
    assert {job["node"] for job in done} == set(cluster.NODES)
    # a job of all snapshots, one for each block of runs, one of both evaluations, one of the rest
    trained = [job for job in done if "train" in job["rules"]]
    assert len(trained) == 2
    assert len(done) - len(trained) <= 4, done


def test_a_cancelled_job_is_tried_again_and_a_drained_node_left_alone(
    untrained: Workspace, smoke_study: Workspace
) -> None:
    with started(untrained, SLURM, *RUNS) as snakemake:
        wait_for_training(untrained)
        cancelled, other = training(untrained)
        subprocess.run(["scancel", cancelled["id"]], check=True)
        drain = ["scontrol", "update", f"nodename={cancelled['node']}"]
        subprocess.run([*drain, "state=drain", "reason=test"], check=True)
        try:
            assert snakemake.wait(LONG) == 0, said(untrained)
        finally:
            subprocess.run([*drain, "state=resume"], check=True)
    first, second, again = jobs(untrained)
    assert {first["state"], second["state"]} == {"CANCELLED", "COMPLETED"}
    assert (again["state"], again["node"]) == ("COMPLETED", other["node"])
    assert_same_runs(untrained, smoke_study)


def test_a_job_killed_for_its_memory_gets_more(
    untrained: Workspace, smoke_study: Workspace
) -> None:
    """Training takes more than 1,000 MB with what starts it; asked for are 700, then 1,400."""
    rule = untrained.folder / "workflow/rules/train.smk"
    text = rule.read_text(encoding="utf-8")
    assert "mem_mb=more_each_time(1800)" in text
    rule.write_text(text.replace("more_each_time(1800)", "more_each_time(700)"), encoding="utf-8")
    with started(untrained, SLURM, RUNS[0]) as snakemake:
        assert snakemake.wait(LONG) == 0, said(untrained)
    states = [job["state"] for job in jobs(untrained)]
    assert states[-1] == "COMPLETED"
    assert 2 <= len(states) <= 3
    assert "COMPLETED" not in states[:-1]
    done = untrained.results() / "runs/full_echo/seed-0/run.json"
    reference = smoke_study.results() / "runs/full_echo/seed-0/run.json"
    assert done.read_bytes() == reference.read_bytes()


def test_a_killed_main_process_is_recovered_from(
    untrained: Workspace, smoke_study: Workspace
) -> None:
    """Its jobs run on; a new run is refused until they are cancelled, then does it all."""
    recover = ("sh", "profiles/slurm/recover.sh")
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    with started(untrained, SLURM, *RUNS) as snakemake:
        wait_for_training(untrained)
        left = [job["id"] for job in training(untrained)]
        for job in left:  # they must not be over before they are looked for
            subprocess.run(["scontrol", "suspend", job], check=True)
        refused = untrained.run(*recover, PATH=path)
        assert refused.returncode == 1
        assert "snakemake still runs in this folder" in refused.stderr
        snakemake.send_signal(signal.SIGKILL)
        snakemake.wait()
    assert len(left) == 2
    with started(untrained, SLURM, *RUNS) as snakemake:
        assert snakemake.wait(LONG) == 1
    assert "Directory cannot be locked" in said(untrained)
    recovered = untrained.run(*recover, PATH=path)
    assert recovered.returncode == 0, recovered.stderr
    assert {job["state"] for job in jobs(untrained)} == {"CANCELLED"}
    with started(untrained, SLURM, *RUNS) as snakemake:
        assert snakemake.wait(LONG) == 0, said(untrained)
    states = {job["id"]: job["state"] for job in jobs(untrained)}
    assert [states.pop(job) for job in left] == ["CANCELLED"] * 2
    assert list(states.values()) == ["COMPLETED"] * 2  # each output by one job
    assert_same_runs(untrained, smoke_study)
