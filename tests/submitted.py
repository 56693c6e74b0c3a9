"""The smoke study on a scheduler of this machine: Snakemake in the background, and what it says."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from workspaces import Workspace, digests

LONG = 1800  # seconds; on a busy machine everything takes long
SMOKE = ("--configfile", "config/smoke.yaml")
# As on a cluster, but with one block of runs in a job.
ONE_BLOCK = ("--group-components", "data=50", "train=1", "evaluate=4", "tables=100")
RUNS = [f"results/smoke/runs/{name}_echo/seed-0/run.json" for name in ("full", "partial")]


def without_runs(study: Workspace, folder: Path) -> Workspace:
    """A copy that has its data, and no run."""
    copy = study.copy_to(folder)
    for made in ("runs", "logs"):
        shutil.rmtree(copy.results() / made)
    return copy


@contextmanager
def started(
    study: Workspace, options: Sequence[str], *targets: str
) -> Iterator[subprocess.Popen[bytes]]:
    """Snakemake in the background; its output goes to a file."""
    # Tests in the background of a shell ignore Ctrl-C, and so would what they start.
    command = ["env", "--default-signal=INT", sys.executable, "-m", "snakemake"]
    command += [*options, "--", *targets]
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


def wait_for(condition: Callable[[], bool], about: Callable[[], str]) -> None:
    """Wait until a condition is true; `about` tells what is wrong if it never is."""
    end = time.monotonic() + LONG
    while not condition():
        assert time.monotonic() < end, about()
        time.sleep(0.2)


def logs_of_training(study: Workspace) -> list[Path]:
    """The logs of training, which are begun once the model is being made."""
    return list((study.results() / "logs/train").rglob("*.log"))


def assert_same_runs(study: Workspace, reference: Workspace) -> None:
    ours, theirs = digests(study), digests(reference)
    for run in RUNS:
        name = run.removeprefix("results/smoke/")
        assert ours[name] == theirs[name]
