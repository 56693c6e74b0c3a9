"""The smoke study on a real Grid Engine: the same bits as here, also when something goes wrong.

`make test-gridengine`, as root with gridengine-master, -exec and -client installed. Plain `pytest`
leaves it out.
"""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NoReturn

import grid
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

GRID = (
    *("--workflow-profile", "profiles/gridengine", *SMOKE, *ONE_BLOCK),
    *("--seconds-between-status-checks", "1", "--latency-wait", "5"),
)


@pytest.fixture(scope="session")
def grid_engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Its commands find it by variables of the environment, as Snakemake's jobs do."""
    reason = grid.why_not()
    if reason:
        _do_without(reason)
    with ExitStack() as stack:
        engine = tmp_path_factory.mktemp("grid") / "engine"
        try:
            variables = stack.enter_context(grid.running(engine))
        except RuntimeError as error:  # its daemons, not ours, do not run on this machine
            _do_without(str(error))
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        for name, value in variables.items():
            patch.setenv(name, value)
        yield


def _do_without(reason: str) -> NoReturn:
    if os.environ.get("ECHOSEQ_REQUIRE_GRIDENGINE"):
        pytest.fail(f"no Grid Engine: {reason}")
    pytest.skip(f"no Grid Engine: {reason}")


@pytest.fixture
def untrained(grid_engine: None, smoke_study: Workspace, tmp_path: Path) -> Workspace:
    return without_runs(smoke_study, tmp_path / "workspace")


def jobs(study: Workspace) -> list[str]:
    """The ids of a study's jobs that wait or run."""
    return study.run("sh", "profiles/gridengine/jobs.sh").stdout.split()


def training(study: Workspace) -> list[str]:
    """The ids of the jobs, once all of them train."""
    found = jobs(study)
    return found if len(logs_of_training(study)) >= len(found) else []


def wait_for_training(study: Workspace, number: int) -> list[str]:
    wait_for(lambda: len(training(study)) == number, lambda: said(study))
    return training(study)


def submitted(study: Workspace) -> list[str]:
    """The ids of all jobs that the latest Snakemake submitted."""
    return re.findall(r"^Submitted .* with external jobid '(\d+)'", said(study), re.MULTILINE)


def test_the_study_has_the_same_bits_on_grid_engine(
    grid_engine: None, smoke_study: Workspace, tmp_path: Path
) -> None:
    """Every table, figure, record and history; run.json holds the digest of the weights."""
    study = new_workspace(tmp_path / "workspace")
    with started(study, GRID) as snakemake:
        assert snakemake.wait(LONG) == 0, said(study)
    here, there = digests(smoke_study), digests(study)
    assert {"runs/full_echo/seed-0/run.json", "tables/errors.csv"} < set(here)
    assert there == here
    # a job of all snapshots, one for each block of runs, one of both evaluations, one of the rest
    assert len(submitted(study)) <= 6, said(study)
    assert not any((study.folder / ".snakemake/gridengine").iterdir())  # nothing of successes


def test_a_job_that_is_deleted_is_tried_again(untrained: Workspace, smoke_study: Workspace) -> None:
    """It leaves no exit status; a minute later it counts as failed."""
    with started(untrained, GRID, *RUNS) as snakemake:
        deleted, _ = wait_for_training(untrained, 2)
        subprocess.run(["qdel", deleted], check=True, capture_output=True)
        gone = untrained.folder / f".snakemake/gridengine/{deleted}.gone"
        wait_for(gone.exists, lambda: said(untrained))
        os.utime(gone, (time.time() - 200,) * 2)  # a minute passes
        assert snakemake.wait(LONG) == 0, said(untrained)
    assert len(submitted(untrained)) == 3
    assert_same_runs(untrained, smoke_study)


def test_a_job_that_fails_stops_no_other_and_the_same_command_resumes(
    untrained: Workspace, smoke_study: Workspace
) -> None:
    snapshot = untrained.results() / "data/full/seed-0.npz"
    whole, times = snapshot.read_bytes(), (snapshot.stat().st_atime, snapshot.stat().st_mtime)
    snapshot.write_bytes(whole[:100])
    os.utime(snapshot, times)
    with started(untrained, GRID, *RUNS) as snakemake:
        assert snakemake.wait(LONG) == 1
    full, partial = (untrained.folder / run for run in RUNS)
    assert not full.exists()
    assert partial.exists()
    assert len(submitted(untrained)) == 4  # three times the one that fails
    assert "data/full/seed-0.npz" in said(untrained)
    outputs = list((untrained.folder / ".snakemake/gridengine").glob("echoseq.train*.o*"))
    assert len(outputs) == 3

    snapshot.write_bytes(whole)
    os.utime(snapshot, times)
    with started(untrained, GRID, *RUNS) as snakemake:
        assert snakemake.wait(LONG) == 0, said(untrained)
    assert len(submitted(untrained)) == 1
    assert_same_runs(untrained, smoke_study)


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGKILL])
def test_a_main_process_that_ended_is_recovered_from(
    untrained: Workspace, smoke_study: Workspace, end: signal.Signals
) -> None:
    """Killed, its jobs run on, and on Ctrl-C some may; recover.sh cancels them."""
    recover = ("sh", "profiles/gridengine/recover.sh")
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    with started(untrained, GRID, *RUNS) as snakemake:
        for job in wait_for_training(untrained, 2):  # they must not end by themselves
            subprocess.run(["qmod", "-sj", job], check=True, capture_output=True)
        refused = untrained.run(*recover, PATH=path)
        assert refused.returncode == 1
        assert "snakemake still runs in this folder" in refused.stderr
        snakemake.send_signal(end)
        assert snakemake.wait(LONG) != 0
    if killed := end == signal.SIGKILL:
        assert len(jobs(untrained)) == 2
        with started(untrained, GRID, *RUNS) as snakemake:
            assert snakemake.wait(LONG) == 1
        assert "Directory cannot be locked" in said(untrained)
    recovered = untrained.run(*recover, PATH=path)
    assert recovered.returncode == 0, recovered.stderr
    assert not jobs(untrained)
    for submissions in (2, 0) if killed else ():  # each output by one job, then nothing to do
        with started(untrained, GRID, *RUNS) as snakemake:
            assert snakemake.wait(LONG) == 0, said(untrained)
        assert len(submitted(untrained)) == submissions
        assert_same_runs(untrained, smoke_study)
