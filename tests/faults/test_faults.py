"""What happens when things break for real, and what is left after the documented recovery."""

import os
import random
import shlex
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from workspaces import Workspace, digests, smoke_arguments

from echoseq.cli import main

KILLS = 10
REQUIRED = "ECHOSEQ_REQUIRE_FAULTS"  # set where a skipped test must be a failure


def finish(workspace: Workspace) -> None:
    """The recovery that the README gives: remove the lock, and the same command again."""
    assert workspace.snakemake("--unlock").returncode == 0
    done = workspace.snakemake()
    assert done.returncode == 0, done.stderr


def test_ten_kills_at_any_moment_leave_the_same_bits(
    workspace: Workspace, smoke_study: Workspace
) -> None:
    """SIGKILL of the whole group; then `--unlock`, and the same command again."""
    moments = random.Random(5)
    killed = 0
    while killed < KILLS:
        process = workspace.start(cores=2)
        time.sleep(moments.uniform(1, 14))
        if process.poll() is not None:  # over too soon: begin again
            shutil.rmtree(workspace.results())
            continue
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        killed += 1
        assert workspace.snakemake("--unlock").returncode == 0
    finish(workspace)
    assert digests(workspace) == digests(smoke_study)
    assert not (workspace.results() / "checkpoints").exists()
    assert not list(workspace.results().rglob(".*.tmp*"))


def truncate(path: Path) -> None:
    os.truncate(path, path.stat().st_size * 2 // 3)


def empty(path: Path) -> None:
    os.truncate(path, 0)


def flip(path: Path) -> None:
    """Change one bit in the middle; in a table the last digit of a number."""
    content = bytearray(path.read_bytes())
    place = len(content) // 2
    if path.suffix == ".csv":
        place = max(i for i, byte in enumerate(content) if chr(byte).isdigit())
    content[place] ^= 1
    path.write_bytes(content)


# A file, and the target whose job reads it.
DAMAGED = {
    "data/full/seed-0.npz": "results/smoke/runs/full_echo/seed-0/model.keras",
    "runs/full_echo/seed-0/model.keras": "results/smoke/runs/full_echo/predictions.npz",
    "runs/full_echo/seed-0/history.csv": "learning",
    "tables/learning.csv": "learning_curves",
}


@pytest.mark.parametrize("damage", [truncate, empty, flip])
@pytest.mark.parametrize("name", DAMAGED)
def test_damage_is_told_by_name_and_mended_by_making_the_file_again(
    smoke_copy: Workspace, smoke_study: Workspace, capsys, name: str, damage
) -> None:
    """The damaged file keeps its time, as on a bad disk, so Snakemake sees nothing.

    Recovery: remove it, and ask by name for what `echoseq check` then misses.
    """
    path = smoke_copy.results() / name
    times = path.stat()
    damage(path)
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert main(["check", str(smoke_copy.results())]) == 1
    assert capsys.readouterr().out == f"changed: {name}\n"
    done = smoke_copy.snakemake("--force", targets=[DAMAGED[name]])
    assert done.returncode != 0
    lines = [line for line in done.stderr.splitlines() if f"smoke/{name}: " in line]
    assert lines, done.stderr
    path.unlink()
    main(["check", str(smoke_copy.results())])
    missing = [line.removeprefix("missing: ") for line in capsys.readouterr().out.splitlines()]
    asked = [f"results/smoke/{m}" for m in missing if not m.startswith(("logs/", "benchmarks/"))]
    again = smoke_copy.snakemake(targets=asked)
    assert again.returncode == 0, again.stderr
    finish(smoke_copy)
    assert digests(smoke_copy) == digests(smoke_study)


def in_namespace(workspace: Workspace, script: str) -> subprocess.CompletedProcess[str]:
    """Run a shell script where it may mount file systems without privilege, seen by it alone."""
    return workspace.run("unshare", "--map-root-user", "--mount", "sh", "-euc", script)


@pytest.fixture
def mounts(workspace: Workspace) -> Workspace:
    """A fresh workspace, where file systems can be mounted."""
    (workspace.folder / "results").mkdir()
    tried = shutil.which("unshare") and in_namespace(workspace, "mount -t tmpfs none results")
    if not tried or tried.returncode:
        why = "needs `unshare --map-root-user --mount` (util-linux, user namespaces)"
        pytest.fail(why) if os.environ.get(REQUIRED) else pytest.skip(why)
    return workspace


STUDY = shlex.join(
    [sys.executable, "-m", "snakemake", *smoke_arguments(targets=["study"], cores=2)]
)


def test_a_full_disk_stops_with_a_reason_and_goes_on_when_there_is_room(
    mounts: Workspace, smoke_study: Workspace
) -> None:
    done = in_namespace(
        mounts,
        f"""mount -t tmpfs -o size=600k none results
        if {STUDY} > full.txt 2>&1; then exit 3; fi
        mount -o remount,size=500m results
        {STUDY} > room.txt 2>&1 || {{ cat room.txt; exit 4; }}
        cp -a results kept""",
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert "No space left on device" in (mounts.folder / "full.txt").read_text()
    (mounts.folder / "results").rmdir()
    (mounts.folder / "kept").rename(mounts.folder / "results")
    assert digests(mounts) == digests(smoke_study)


def test_a_read_only_results_folder_stops_with_a_reason_and_loses_nothing(
    mounts: Workspace, smoke_study: Workspace
) -> None:
    shutil.rmtree(mounts.folder / "results")
    shutil.copytree(smoke_study.folder / "results", mounts.folder / "results")
    before = digests(mounts)
    done = in_namespace(
        mounts,
        f"""mount --bind results results
        mount -o remount,ro,bind results
        if {STUDY.replace("--cores", "--forcerun learning --cores")} > out.txt 2>&1; then exit 3; fi
        """,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Write-protected output files" in (mounts.folder / "out.txt").read_text()
    assert digests(mounts) == before


def test_a_second_run_in_the_same_folder_is_refused_and_harms_nothing(
    workspace: Workspace, smoke_study: Workspace
) -> None:
    first = workspace.start(cores=2)
    locks = workspace.folder / ".snakemake" / "locks"
    while first.poll() is None and not (locks.is_dir() and any(locks.iterdir())):
        time.sleep(0.1)
    second = workspace.snakemake()
    assert first.poll() is None, "the first was over before the second began"
    assert second.returncode != 0
    assert "cannot be locked" in second.stderr
    assert first.wait(timeout=600) == 0, (workspace.folder / "output.txt").read_text()
    assert digests(workspace) == digests(smoke_study)


def test_a_clock_that_goes_back_a_day_stops_with_a_reason_and_changes_no_result(
    smoke_copy: Workspace, smoke_study: Workspace
) -> None:
    """Existing files are dated in the future, so new ones would be older than their inputs.

    Recovery: give the files the time that it is.
    """
    date_all(smoke_copy, time.time() + 86_400)
    shutil.rmtree(smoke_copy.results() / "tables")
    shutil.rmtree(smoke_copy.results() / "figures")
    done = smoke_copy.snakemake()
    assert done.returncode != 0
    assert "clock skew" in done.stderr
    date_all(smoke_copy, time.time())
    finish(smoke_copy)
    assert digests(smoke_copy) == digests(smoke_study)


def date_all(workspace: Workspace, at: float) -> None:
    for path in [*workspace.results().rglob("*"), *(workspace.folder / "src").rglob("*")]:
        os.utime(path, (at, at))
