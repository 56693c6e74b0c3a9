"""Where results come from: the code behind a step, and the machine that ran it."""

import ast
import importlib.util
import os
import platform
import subprocess
from collections.abc import Iterable, Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

from echoseq.numerics import RECORDED, VARIABLES

PACKAGE = "echoseq"
PACKAGES = ("keras", "matplotlib", "numpy", "pandas", "scipy", "snakemake", "tensorflow")


def code_closure(sources: Iterable[Path]) -> list[Path]:
    """The package's modules that source files import, directly or through each other.

    The `__init__` files are left out: they hold no code that computes anything (a test sees to
    it), and listing them would make every step depend on them.

    Returns:
        Sorted paths; those of `sources` that belong to the package are among them.
    """
    found: set[Path] = set()
    waiting = [source.resolve() for source in sources]
    root = package_folder()
    while waiting:
        source = waiting.pop()
        if source in found:
            continue
        if source.is_relative_to(root):
            found.add(source)
        waiting += [p for p in map(_module_path, _imported(source)) if p and p not in found]
    return sorted(found)


def package_folder() -> Path:
    """The folder of the package's source."""
    spec = importlib.util.find_spec(PACKAGE)
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).resolve().parent


def _imported(source: Path) -> Iterator[str]:
    """The dotted names of the package that a source file imports; some are not modules."""
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        else:
            continue
        yield from (name for name in names if name.split(".")[0] == PACKAGE)


def _module_path(name: str) -> Path | None:
    path = package_folder().joinpath(*name.split(".")[1:]).with_suffix(".py")
    return path if path.is_file() else None


def commit() -> str:
    """The commit of the package's code, marked if the tree has changes; or "unknown".

    It is unknown where the code is in no git checkout, or git is not there.
    """
    try:
        _git("ls-files", "--error-unmatch", "__init__.py")  # not a copy inside another checkout
        changed = _git("status", "--porcelain")
        return _git("rev-parse", "HEAD") + (" with uncommitted changes" if changed else "")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def _git(*arguments: str) -> str:
    command = ["git", "-C", str(package_folder()), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def environment() -> dict[str, Any]:
    """The software and the machine, as far as they bear on results."""
    return {
        "python": platform.python_version(),
        "packages": _versions(PACKAGES),
        "system": platform.system(),
        "machine": platform.machine(),
        "cpu": _cpu_model(),
        "instruction_sets": _instruction_sets(),
        "variables": VARIABLES | {k: os.environ[k] for k in RECORDED if k in os.environ},
    }


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
    """The first processor in /proc/cpuinfo; empty where there is none (not on Linux)."""
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
