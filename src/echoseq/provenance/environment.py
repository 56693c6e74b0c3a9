"""Where results come from: the commit of the code, and the machine that ran it."""

import os
import platform
import subprocess
from collections.abc import Iterable, Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

from echoseq.networks.numerics import THREADS, VARIABLES, variables

PACKAGES = (
    *("keras", "matplotlib", "numpy", "pandas"),
    *("scikit-learn", "scipy", "snakemake", "tensorflow"),
)
TREE = (".", ":(exclude)results")  # what git tracks, without published results
CODE = ("src/echoseq/*.py",)  # modules are found by their folders, so new ones are used
TRAINERS = ("keras", "numpy", "tensorflow")  # their versions determine the bits of training


def environment() -> dict[str, Any]:
    """The software and the machine, as far as they affect results."""
    return {
        "python": platform.python_version(),
        "packages": _versions(PACKAGES),
        "system": platform.system(),
        "machine": platform.machine(),
        "cpu": _cpu_model(),
        "instruction_sets": _instruction_sets(),
        "threads": THREADS,
        "variables": variables(os.environ),
    }


def promises_bits(environment: Mapping[str, Any]) -> bool:
    """Whether training in an environment is promised to give the same bits.

    It is promised for x86-64 with AVX2 and FMA, if no variable that TensorFlow reads is set except
    ours.
    """
    return (
        environment["machine"] in {"x86_64", "AMD64"}
        and {"avx2", "fma"} <= set(environment["instruction_sets"])
        and environment["variables"] == VARIABLES
    )


def code_state(project: Path, used: Iterable[str | Path] = ()) -> dict[str, Any]:
    """The commit of the code, and whether the tree is clean; both None if it is not in git.

    It is clean if no file that git tracks was changed, and no other file is used. Results are
    ignored, so that publishing a version does not make the tree unclean.

    Args:
        used: files of the user's own that the run uses: configurations, models, figures.
    """
    commit, changes, added = (
        _git(project, "rev-parse", "HEAD"),
        _git(project, "status", "--porcelain", "--untracked-files=no", "--", *TREE),
        _git(project, "ls-files", "--others", "--exclude-standard", "--", *CODE),
    )
    top = _git(project, "rev-parse", "--show-toplevel")
    if not commit or changes is None or not top or Path(top).resolve() != project.resolve():
        return {"commit": None, "clean": None}
    return {"commit": commit, "clean": not (changes or added or _untracked(project, used))}


def _untracked(project: Path, used: Iterable[str | Path]) -> bool:
    """Whether a file that is used lies in the project, and git does not track it."""
    paths = [Path(path).parent.resolve() / Path(path).name for path in used]
    inside = [str(path) for path in paths if path.is_relative_to(project.resolve())]
    return bool(inside and _git(project, "ls-files", "--others", "--", *inside))


def commit_text(state: Mapping[str, Any]) -> str:
    """The result of `code_state` as text."""
    if state["commit"] is None:
        return "unknown"
    return str(state["commit"]) + ("" if state["clean"] else " with uncommitted changes")


def _git(project: Path, *arguments: str) -> str | None:
    """The output of git; None if it fails."""
    command = ["git", "-C", str(project), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def _versions(packages: Iterable[str]) -> dict[str, str]:
    found = {}
    for package in packages:
        # tensorflow and tensorflow-cpu are the same library
        for name in (package, f"{package}-cpu"):
            try:
                found[package] = metadata.version(name)
                break
            except metadata.PackageNotFoundError:
                continue
    return found


def _cpu_info() -> dict[str, str]:
    """The first processor in /proc/cpuinfo; empty if that does not exist (not on Linux)."""
    try:
        first = Path("/proc/cpuinfo").read_text(encoding="utf-8").split("\n\n")[0]
    except OSError:
        return {}
    pairs = (line.split(":", 1) for line in first.splitlines() if ":" in line)
    return {key.strip(): value.strip() for key, value in pairs}


def _cpu_model() -> str:
    return _cpu_info().get("model name") or platform.processor() or "unknown"


def _instruction_sets() -> list[str]:
    flags = set(_cpu_info().get("flags", "").split())
    return sorted(flags & {"avx", "avx2", "fma", "avx512f", "avx512bw", "avx512_bf16", "sse4_2"})
