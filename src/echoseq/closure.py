"""The code behind a step: the modules of the package that source files import."""

import ast
import importlib.util
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

PACKAGE = "echoseq"


def code_closure(sources: Iterable[Path]) -> list[Path]:
    """The package's modules that source files import, directly or indirectly.

    The `__init__` files are left out: they compute nothing (a test ensures this), and listing them
    would make every step depend on them.

    Returns:
        Sorted paths, including those of `sources` that belong to the package.
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
        waiting += [path for path in imported_modules(source) if path not in found]
    return sorted(found)


def package_folder() -> Path:
    """The folder of the package's source."""
    spec = importlib.util.find_spec(PACKAGE)
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).resolve().parent


def imported_modules(source: Path) -> list[Path]:
    """The package's modules that a source file imports directly."""
    return list(_imported_modules(source, source.stat().st_mtime_ns))


def imported_names(tree: ast.Module) -> Iterator[str]:
    """The dotted names that a module imports from the package; some are not modules."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        else:
            continue
        yield from (name for name in names if name.split(".")[0] == PACKAGE)


def parsed(source: Path) -> ast.Module:
    """The syntax tree of a source file, cached because most rules need the same files."""
    return _parsed(source, source.stat().st_mtime_ns)


@cache
def _imported_modules(source: Path, _changed: int) -> tuple[Path, ...]:
    names = imported_names(parsed(source))
    return tuple(sorted({path for path in map(_module_path, names) if path}))


@cache
def _parsed(source: Path, _changed: int) -> ast.Module:
    return ast.parse(source.read_text(encoding="utf-8"))


def _module_path(name: str) -> Path | None:
    path = package_folder().joinpath(*name.split(".")[1:]).with_suffix(".py")
    return path if path.is_file() else None
