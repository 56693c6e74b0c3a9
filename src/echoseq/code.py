"""The code behind a step: the modules of the package that source files import, and their digest."""

import ast
import hashlib
import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from echoseq.files import write_json
from echoseq.package import PACKAGE, package_folder

# Names in a module that may look at its own text, where comments and docstrings are not remarks.
LOOKS_AT_TEXT = {"'__doc__'", "'inspect'"}


class Known(NamedTuple):
    """What is known of a source file from its text.

    meaning: SHA-256 of what it does.
    imports: the dotted names that it imports from the package; some are not modules.
    """

    meaning: str
    imports: tuple[str, ...]


class Notes:
    """What is known of source files, by the SHA-256 of their bytes.

    Reading the package takes as long as planning a small study, so a file keeps it for the next
    process: as a cache, which may be lost, and is not used by another reader or another Python.
    """

    def __init__(self, path: Path | None = None) -> None:
        """Begin with what the file holds, if it can be read; None keeps nothing."""
        self._path = path
        self._known = _noted(path) if path is not None else {}
        self._new = False

    def of(self, source: Path) -> Known:
        """What is known of a source file, which is read if it is new."""
        key = _content(source, source.stat().st_mtime_ns)
        if key not in self._known:
            self._known[key] = _read(source, source.stat().st_mtime_ns)
            self._new = True
        return self._known[key]

    def keep(self) -> None:
        """Write what is new to the file, where that can be done."""
        if self._path is not None and self._new:
            with suppress(OSError):
                write_json(self._path, {"reader": _reader(), "known": self._known})
        self._new = False


def code_digest(sources: Iterable[Path], notes: Notes | None = None) -> str:
    """A digest of source files and of all the modules of the package behind them.

    Comments, docstrings and the layout of lines do not change it; the names of files do.

    Args:
        notes: what is known of the files; what is read is added, and kept.

    Returns:
        `code:`, by which it is told from other texts, and 64 hexadecimal digits.
    """
    notes = notes or Notes()
    given = [source.resolve() for source in sources]
    paths = {*given, *code_closure(given, notes)}
    files = sorted((_name(path), notes.of(path).meaning) for path in paths)
    notes.keep()
    return f"code:{hashlib.sha256(ascii(files).encode()).hexdigest()}"


def code_closure(sources: Iterable[Path], notes: Notes | None = None) -> list[Path]:
    """The package's modules that source files import, directly or indirectly.

    The `__init__` files are left out: they compute nothing (a test ensures this), and listing them
    would make every step depend on them.

    Returns:
        Sorted paths, including those of `sources` that belong to the package.
    """
    notes = notes or Notes()
    found: set[Path] = set()
    waiting = [source.resolve() for source in sources]
    root = package_folder()
    while waiting:
        source = waiting.pop()
        if source in found:
            continue
        if source.is_relative_to(root):
            found.add(source)
        waiting += [path for path in _modules(notes.of(source).imports, root) if path not in found]
    return sorted(found)


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


@cache
def _content(source: Path, _changed: int) -> str:
    return hashlib.sha256(source.read_bytes()).hexdigest()


@cache
def _read(source: Path, changed: int) -> Known:
    tree = _parsed(source, changed)
    lines = list(_spelled_out(tree))
    looks = not LOOKS_AT_TEXT.isdisjoint(lines)
    text = source.read_bytes() if looks else "\n".join(lines).encode()
    return Known(hashlib.sha256(text).hexdigest(), tuple(sorted({*imported_names(tree)})))


def _noted(path: Path) -> dict[str, Known]:
    """What a file of notes holds; nothing if it is none, or another reader's."""
    try:
        notes = json.loads(path.read_bytes())
        if notes["reader"] != _reader():
            return {}
        return {
            key: Known(str(meaning), tuple(map(str, imports)))
            for key, (meaning, imports) in notes["known"].items()
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _reader() -> str:
    """What reads source files: this module, and the version of Python."""
    this = Path(__file__)
    return f"{_content(this, this.stat().st_mtime_ns)} {sys.version}"


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
def _modules(imports: tuple[str, ...], root: Path) -> tuple[Path, ...]:
    """The files of the imported names that are modules of the package, whose folder is `root`."""
    paths = {root.joinpath(*name.split(".")[1:]).with_suffix(".py") for name in imports}
    return tuple(sorted(path for path in paths if path.is_file()))


@cache
def _parsed(source: Path, _changed: int) -> ast.Module:
    return ast.parse(source.read_bytes())
