"""What Snakemake leaves behind, as it writes it; tests/workflow/test_status.py asks a real one."""

import os
import subprocess
import sys
from base64 import urlsafe_b64encode
from pathlib import Path
from textwrap import indent

import pytest

from echoseq.watching import snakemake
from echoseq.watching.snakemake import (
    DONE,
    ERROR,
    RUNNING,
    STOPPED,
    activity,
    home_of,
    last_invocation,
)

BEGINNING = """\
Config file /p/config/config.yaml is extended by additional config specified via the command line.

  Command: /p/bin/snakemake --cores 2 --configfile my.yaml
  Date: 2026-05-01 10:00:00

Provided cores: 2
Job stats:
job                    count
-------------------  -------
train_0_to_1               2
total                      7

Select jobs to execute...
[Fri May  1 10:00:01 2026]
localrule train_0_to_1:
    input: results/mine/data/full/seed-0.npz, results/mine/data/full/seed-1.npz
    output: results/mine/runs/a/seed-0/model.keras, results/mine/runs/a/seed-1/model.keras
    log: results/mine/logs/train/a/seeds-0_to_1.log
    jobid: 5
    reason: Missing output files: results/mine/runs/a/seed-0/model.keras
    wildcards: experiment=a
    resources: tmpdir=/tmp
[Fri May  1 10:00:02 2026]
rule describe:
    output: results/mine/config.yaml
    jobid: 6
"""
ENDS = """\
Select jobs to execute...
[Fri May  1 10:00:03 2026]
Finished jobid: 6 (Rule: describe)
1 of 7 steps (14%) done
[Fri May  1 10:00:04 2026]
Error in rule train_0_to_1:
    message: None
    jobid: 5
    output: results/mine/runs/a/seed-0/model.keras, results/mine/runs/a/seed-1/model.keras
    log: results/mine/logs/train/a/seeds-0_to_1.log (check log file(s) for error details)
"""
AGAIN = "[Fri May  1 10:00:05 2026]\n" + BEGINNING[BEGINNING.index("localrule") :]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / ".snakemake/log").mkdir(parents=True)
    (tmp_path / "results/mine").mkdir(parents=True)
    return tmp_path


def write_log(home: Path, text: str, name: str = "2026-05-01") -> None:
    (home / f".snakemake/log/{name}.snakemake.log").write_text(text)


def test_jobs_run_until_the_log_tells_their_end(home: Path) -> None:
    write_log(home, BEGINNING)
    found = last_invocation(home, home / "results/mine")
    assert (found.command, found.cores) == ("snakemake --cores 2 --configfile my.yaml", 2)
    assert (found.done, found.total) == (0, 7)
    assert [(job.label, job.status) for job in found.jobs] == [
        ("train a, seeds 0 to 1", RUNNING),
        ("describe", RUNNING),
    ]
    training, describing = found.jobs
    assert training.log == "results/mine/logs/train/a/seeds-0_to_1.log"
    assert training.outputs[1] == "results/mine/runs/a/seed-1/model.keras"
    assert describing.log == ""
    assert describing.began - training.began == 1

    write_log(home, BEGINNING + ENDS)
    found = last_invocation(home, home / "results/mine")
    assert (found.done, found.total) == (1, 7)
    assert [job.status for job in found.jobs] == [ERROR, DONE]


def test_jobs_that_share_one_of_a_cluster_are_found(home: Path) -> None:
    """Their lines are indented."""
    at = BEGINNING.index("[Fri")
    write_log(home, BEGINNING[:at] + indent(BEGINNING[at:], "    ") + ENDS)
    jobs = last_invocation(home, home / "results/mine").jobs
    assert [(job.label, job.status) for job in jobs] == [
        ("train a, seeds 0 to 1", ERROR),
        ("describe", DONE),
    ]
    assert jobs[0].outputs[0] == "results/mine/runs/a/seed-0/model.keras"


def test_jobs_of_a_cluster_job_that_failed_have_stopped(home: Path) -> None:
    """One of them failed; it may be any."""
    failed = "[Fri May  1 10:00:04 2026]\n    message: For further error details see the cluster\n"
    failed += "    log: slurm.log (check log file(s) for error details)\n    jobs:\n"
    failed += "        rule train_0_to_1:\n            jobid: 5\n            output: a, b\n"
    write_log(home, BEGINNING + failed)
    jobs = last_invocation(home, home / "results/mine").jobs
    assert [job.status for job in jobs] == [STOPPED, RUNNING]


def test_a_job_that_is_tried_again_runs(home: Path) -> None:
    write_log(home, BEGINNING + ENDS + AGAIN)
    jobs = {job.label: job for job in last_invocation(home, home / "results/mine").jobs}
    assert jobs["train a, seeds 0 to 1"].status == RUNNING
    assert jobs["train a, seeds 0 to 1"].began - jobs["describe"].began == 3


def test_the_last_log_of_a_version_counts_and_no_other(home: Path) -> None:
    write_log(home, BEGINNING, "2026-05-01")
    write_log(home, BEGINNING.replace("--cores 2", "--cores 4"), "2026-05-02")
    write_log(home, BEGINNING.replace("results/mine", "results/mine2"), "2026-05-03")
    write_log(home, "Building DAG of jobs...\n", "2026-05-04")
    assert "--cores 4" in last_invocation(home, home / "results/mine").command
    assert last_invocation(home, home / "results/other") is None


def test_a_version_in_a_folder_of_its_own_has_its_paths(home: Path) -> None:
    """As in a workflow of one's own that imports echoseq with a prefix."""
    write_log(home, BEGINNING.replace("results/mine", "echoes/results/mine"))
    assert last_invocation(home, home / "results/mine") is None
    assert last_invocation(home, home / "echoes/results/mine").total == 7
    assert home_of(home / "echoes/results/mine") == home


def mark(home: Path, path: str) -> None:
    """As Snakemake marks the output of a job that began; names of more than 254 are split."""
    name = urlsafe_b64encode(path.encode()).decode()
    parts = [name[i : i + 254] for i in range(0, len(name), 254)]
    marker = home.joinpath(".snakemake/incomplete", *(f"@{p}" for p in parts[:-1]), parts[-1])
    marker.parent.mkdir(parents=True, exist_ok=True)
    marker.write_text("{}")


def test_locks_and_markers_are_those_of_the_version(home: Path) -> None:
    folder, long = home / "results/mine", "runs/" + 60 * "long" + "/seed-0/model.keras"
    assert activity(home, folder).locked == frozenset()
    (home / ".snakemake/locks").mkdir()
    (home / ".snakemake/locks/0.input.lock").write_text("results/mine/in.csv\n")
    (home / ".snakemake/locks/0.output.lock").write_text("results/mine/a\nresults/mine2/b\n")
    for path in ("results/mine/c", f"results/mine/{long}", "results/mine2/d"):
        mark(home, path)
    (home / ".snakemake/incomplete/not in base64").write_text("{}")
    found = activity(home, folder)
    assert found.locked == {"a"}
    assert found.unfinished == {"c", long}


@pytest.mark.parametrize(
    ("locks", "seen"),
    [
        ("", True),  # it is still planning
        ("results/mine/a\nresults/other/b\n", True),
        ("results/other/b\n", False),
    ],
)
def test_a_snakemake_that_makes_another_version_alone_is_not_that_of_this_one(
    home: Path, monkeypatch: pytest.MonkeyPatch, locks: str, seen: bool
) -> None:
    monkeypatch.setattr(snakemake, "_processes", lambda _: iter([(7, False), (8, True)]))
    (home / ".snakemake/locks").mkdir()
    (home / ".snakemake/locks/0.output.lock").write_text(locks)
    found = activity(home, home / "results/mine")
    assert (found.processes, found.jobs) == (((7,), (8,)) if seen else ((), ()))
    mark(home, "results/mine/c")  # its Snakemake was killed, and a job may outlive it
    assert activity(home, home / "results/mine").jobs == (8,)


def test_processes_are_those_in_the_folder(home: Path) -> None:
    (home / ".snakemake/scripts").mkdir()
    (home / "link").symlink_to(home)
    script = home / ".snakemake/scripts/tmp1.train.py"
    program = home / "snakemake"
    for path in (script, program):
        path.write_text("import time; print('up', flush=True); time.sleep(60)")
    started = [
        subprocess.Popen([sys.executable, str(path)], cwd=place, stdout=subprocess.PIPE)
        for path, place in ((script, home), (program, home), (program, home.parent))
    ]
    try:
        for process in started:
            process.stdout.readline()
        job, main, _ = (process.pid for process in started)
        for way in (home, home / "results/..", home / "link"):
            found = activity(way, way / "results/mine")
            assert (found.processes, found.jobs) == ((main,), (job,))
        assert os.getpid() not in found.processes
    finally:
        for process in started:
            process.kill()
            process.wait()
            process.stdout.close()
