"""The smoke study on a real Slurm: the same bits as here, and what happens when things go wrong.

`make test-slurm`, as root with slurm-wlm and munge installed. Plain `pytest` leaves it out.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import cluster
import pytest
from workspaces import Workspace, digests, new_workspace

SMOKE = ("--configfile", "config/smoke.yaml")
# As on a cluster, but looking every second, and with one block of runs in a job.
SLURM = (
    *("--workflow-profile", "profiles/slurm", *SMOKE),
    *("--slurm-init-seconds-before-status-checks", "1", "--latency-wait", "5"),
    *("--group-components", "data=50", "train=1", "evaluate=4", "tables=100"),
)
LONG = 1800  # seconds; on a busy machine everything takes long
RUNS = [f"results/smoke/runs/{name}_echo/seed-0/run.json" for name in ("full", "partial")]


@pytest.fixture(scope="session")
def slurm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    reason = cluster.why_not()
    if reason:
        pytest.skip(f"no Slurm: {reason}")
    with cluster.running(tmp_path_factory.mktemp("slurm") / "cluster"):
        yield


@pytest.fixture(scope="session")
def local_study(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The smoke study, run without Slurm."""
    study = new_workspace(tmp_path_factory.mktemp("local") / "workspace")
    done = study.run(sys.executable, "-m", "snakemake", "--cores", "2", *SMOKE)
    assert done.returncode == 0, done.stderr
    return study


@pytest.fixture(scope="session")
def slurm_study(slurm: None, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The smoke study, run on Slurm. Not to be changed."""
    study = new_workspace(tmp_path_factory.mktemp("on-slurm") / "workspace")
    with started(study) as snakemake:
        assert snakemake.wait(LONG) == 0, said(study)
    return study


@pytest.fixture
def untrained(slurm: None, local_study: Workspace, tmp_path: Path) -> Workspace:
    """A copy that has its data, and no run."""
    study = local_study.copy_to(tmp_path / "workspace")
    for folder in ("runs", "logs"):
        shutil.rmtree(study.results() / folder)
    return study


@contextmanager
def started(study: Workspace, *targets: str) -> Iterator[subprocess.Popen[bytes]]:
    """Snakemake on Slurm in the background; its output goes to a file."""
    command = [sys.executable, "-m", "snakemake", *SLURM, "--", *targets]
    environment = os.environ | {"PYTHONPATH": str(study.folder / "src")}
    with (study.folder / "said.txt").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=study.folder, env=environment, stdout=log, stderr=log
        )
        try:
            yield process
        finally:
            process.kill()
            process.wait()


def said(study: Workspace) -> str:
    return (study.folder / "said.txt").read_text(encoding="utf-8")


def jobs(study: Workspace) -> list[dict[str, str]]:
    """All jobs of a study that Slurm remembers, oldest first: id, state, node and rules."""
    keys = ("id", "state", "node", "rules", "folder")
    listed = subprocess.run(
        ["squeue", "--noheader", "--states=all", "--sort=i", "--format=%A|%T|%N|%k|%Z"],
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    found = [dict(zip(keys, line.split("|"))) for line in listed.splitlines()]
    return [job for job in found if job["folder"] == str(study.folder)]


def wait_for(condition: Callable[[], bool], study: Workspace) -> None:
    end = time.monotonic() + LONG
    while not condition():
        assert time.monotonic() < end, f"{jobs(study)}\n{said(study)}"
        time.sleep(0.2)


def training(study: Workspace) -> list[dict[str, str]]:
    """The jobs that are training: their logs are begun once the model is being made."""
    begun = list((study.results() / "logs/train").rglob("*.log"))
    running = [job for job in jobs(study) if job["state"] == "RUNNING"]
    return running if len(begun) >= len(running) else []


def assert_same_runs(study: Workspace, reference: Workspace) -> None:
    ours, theirs = digests(study), digests(reference)
    for run in RUNS:
        name = run.removeprefix("results/smoke/")
        assert ours[name] == theirs[name]


def test_the_study_has_the_same_bits_on_slurm(
    local_study: Workspace, slurm_study: Workspace
) -> None:
    """Every table, figure, record and history; run.json holds the digest of the weights."""
    here, there = digests(local_study), digests(slurm_study)
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
    untrained: Workspace, local_study: Workspace
) -> None:
    with started(untrained, *RUNS) as snakemake:
        wait_for(lambda: len(training(untrained)) == 2, untrained)
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
    assert_same_runs(untrained, local_study)


def test_a_job_killed_for_its_memory_gets_more(
    untrained: Workspace, local_study: Workspace
) -> None:
    """Training takes more than 1,000 MB with what starts it; asked for are 700, then 1,400."""
    rule = untrained.folder / "workflow/rules/train.smk"
    text = rule.read_text(encoding="utf-8")
    assert "mem_mb=more_each_time(1800)" in text
    rule.write_text(text.replace("more_each_time(1800)", "more_each_time(700)"), encoding="utf-8")
    with started(untrained, RUNS[0]) as snakemake:
        assert snakemake.wait(LONG) == 0, said(untrained)
    states = [job["state"] for job in jobs(untrained)]
    assert states[-1] == "COMPLETED"
    assert 2 <= len(states) <= 3
    assert "COMPLETED" not in states[:-1]
    done = untrained.results() / "runs/full_echo/seed-0/run.json"
    reference = local_study.results() / "runs/full_echo/seed-0/run.json"
    assert done.read_bytes() == reference.read_bytes()


def test_a_killed_main_process_is_recovered_from(
    untrained: Workspace, local_study: Workspace
) -> None:
    """Its jobs run on; a new run is refused until they are cancelled, then does it all."""
    recover = ("sh", "profiles/slurm/recover.sh")
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    with started(untrained, *RUNS) as snakemake:
        wait_for(lambda: len(training(untrained)) == 2, untrained)
        left = [job["id"] for job in training(untrained)]
        for job in left:  # they must not be over before they are looked for
            subprocess.run(["scontrol", "suspend", job], check=True)
        refused = untrained.run(*recover, PATH=path)
        assert refused.returncode == 1
        assert "snakemake still runs in this folder" in refused.stderr
        snakemake.send_signal(signal.SIGKILL)
        snakemake.wait()
    assert len(left) == 2
    with started(untrained, *RUNS) as snakemake:
        assert snakemake.wait(LONG) == 1
    assert "Directory cannot be locked" in said(untrained)
    recovered = untrained.run(*recover, PATH=path)
    assert recovered.returncode == 0, recovered.stderr
    assert {job["state"] for job in jobs(untrained)} == {"CANCELLED"}
    with started(untrained, *RUNS) as snakemake:
        assert snakemake.wait(LONG) == 0, said(untrained)
    states = {job["id"]: job["state"] for job in jobs(untrained)}
    assert [states.pop(job) for job in left] == ["CANCELLED"] * 2
    assert list(states.values()) == ["COMPLETED"] * 2  # each output by one job
    assert_same_runs(untrained, local_study)
