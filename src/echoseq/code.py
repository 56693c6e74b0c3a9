"""The code behind a step: the modules of the package that source files import, and their digest."""

import ast
import hashlib
import importlib.util
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

PACKAGE = "echoseq"
# Names in a module that may look at its own text, where comments and docstrings are not remarks.
LOOKS_AT_TEXT = {"'__doc__'", "'inspect'"}


def code_digest(sources: Iterable[Path]) -> str:
    """A digest of source files and of all the modules of the package behind them.

    Comments, docstrings and the layout of lines do not change it; the names of files do.

    Returns:
        `code:`, by which it is told from other texts, and 64 hexadecimal digits.
    """
    given = [source.resolve() for source in sources]
    files = sorted((_name(path), _meaning(path)) for path in {*given, *code_closure(given)})
    return f"code:{hashlib.sha256(ascii(files).encode()).hexdigest()}"


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


def module_path(name: str) -> Path:
    """The file of a module of the package, by its dotted name; a name may be that of no module."""
    return package_folder().joinpath(*name.split(".")[1:]).with_suffix(".py")


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


def _name(source: Path) -> str:
    """The path of a module inside the package, or the name of another file."""
    root = package_folder()
    return source.relative_to(root).as_posix() if source.is_relative_to(root) else source.name


def _meaning(source: Path) -> str:
    """SHA-256 of what a source file does."""
    return _digest_of_meaning(source, source.stat().st_mtime_ns)


@cache
def _digest_of_meaning(source: Path, _changed: int) -> str:
    lines = list(_spelled_out(parsed(source)))
    looks = not LOOKS_AT_TEXT.isdisjoint(lines)
    return hashlib.sha256(source.read_bytes() if looks else "\n".join(lines).encode()).hexdigest()


def _spelled_out(tree: ast.Module) -> Iterator[str]:
    """A syntax tree as lines, the same for programs that differ in their remarks alone.

    Unlike the text of `ast.dump`, which changes with the version of Python, it leaves out fields
    that are empty. A loop, because a long sum is a deep tree.
    """
    waiting: list[Any] = [tree]
    while waiting:
        item = waiting.pop()
        if isinstance(item, ast.AST):
            fields = {
                name: value for name, value in ast.iter_fields(item) if value not in (None, [])
            }
            yield f"{type(item).__name__} {' '.join(fields)}"
            waiting += reversed(fields.values())
        elif isinstance(item, list):
            items = [one for one in item if not _does_nothing(one)]
            yield str(len(items))
            waiting += reversed(items)
        else:
            yield ascii(item)


def _does_nothing(node: Any) -> bool:
    """Whether this is a docstring, another string by itself, or `pass`."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return isinstance(node.value.value, str)
    return isinstance(node, ast.Pass)


@cache
def _imported_modules(source: Path, _changed: int) -> tuple[Path, ...]:
    names = imported_names(parsed(source))
    return tuple(sorted({path for path in map(module_path, names) if path.is_file()}))


@cache
def _parsed(source: Path, _changed: int) -> ast.Module:
    return ast.parse(source.read_bytes())
