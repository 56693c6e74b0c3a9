"""Snakemake, imported once for many runs: each run is a fork of a process that holds it.

Importing it takes longer than most dry runs. Nothing of echoseq is imported here: each run is to
find the code of its own workspace. The scripts of its jobs are run by forks, too, unless each is to
start as it does for a user.
"""

import multiprocessing
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from preloaded import preloaded_python

TIMEOUT = 900

_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload(["snakemake.cli"])


def run_snakemake(
    arguments: Sequence[str],
    folder: Path,
    environment: Mapping[str, str],
    *,
    preloaded: bool = True,
) -> subprocess.CompletedProcess[str]:
    """What `python -m snakemake` does with these arguments in the folder."""
    python = preloaded_python() if preloaded else sys.executable
    with tempfile.TemporaryDirectory() as kept:
        outputs = [Path(kept) / name for name in ("stdout", "stderr")]
        process = _processes.Process(
            target=_run, args=(arguments, str(folder), dict(environment), python, outputs)
        )
        process.start()
        process.join(TIMEOUT)
        if process.is_alive():
            process.kill()
            raise TimeoutError(f"snakemake {' '.join(arguments)}: not done in {TIMEOUT} s")
        stdout, stderr = (path.read_text(encoding="utf-8") for path in outputs)
    return subprocess.CompletedProcess(arguments, process.exitcode or 0, stdout, stderr)


def _run(
    arguments: Sequence[str],
    folder: str,
    environment: dict[str, str],
    python: str,
    outputs: Sequence[Path],
) -> None:
    from snakemake.cli import main

    for stream, path in zip((1, 2), outputs, strict=True):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT), stream)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    sys.executable = python  # with which Snakemake starts the scripts
    sys.argv[1:] = arguments
    sys.path[:0] = [folder, *environment["PYTHONPATH"].split(os.pathsep)]
    main(list(arguments))
