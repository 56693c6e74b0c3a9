"""Snakemake, imported once for many runs: each run is a fork of a process that holds it.

Importing it, and what it imports while it plans, takes longer than most dry runs. Nothing of
echoseq is imported here: each run is to find the code of its own workspace. The scripts of its jobs
are run by forks, too, unless each is to start as it does for a user. What a run notes of source
files, by their content, is given to those after it.
"""

import atexit
import multiprocessing
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path

from preloaded import preloaded_python

TIMEOUT = 900

_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload(
    [
        *("snakemake.cli", "snakemake.report.html_reporter"),
        *("nbformat", "requests", "smart_open", "yte"),
    ]
)
NOTES = Path(".snakemake/echoseq/sources.json")


def run_snakemake(
    arguments: Sequence[str],
    folder: Path,
    environment: Mapping[str, str],
    *,
    preloaded: bool = True,
) -> subprocess.CompletedProcess[str]:
    """What `python -m snakemake` does with these arguments in the folder."""
    python = preloaded_python() if preloaded else sys.executable
    _copy_if_longer(_notes(), folder / NOTES)
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
    _copy_if_longer(folder / NOTES, _notes())
    return subprocess.CompletedProcess(arguments, process.exitcode or 0, stdout, stderr)


@cache
def _notes() -> Path:
    """The notes of all runs of this process."""
    kept = Path(tempfile.mkdtemp(prefix="notes-"))
    atexit.register(shutil.rmtree, kept)
    return kept / NOTES.name


def _copy_if_longer(path: Path, to: Path) -> None:
    sizes = [p.stat().st_size if p.is_file() else 0 for p in (path, to)]
    if sizes[0] > sizes[1]:
        with suppress(OSError):  # a folder may be for reading only
            to.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, to)


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
