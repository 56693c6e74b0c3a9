"""Modules of the user's own, in the working directory."""

import importlib
import re
import sys
from collections.abc import Callable, Iterable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from echoseq.errors import EchoseqError

DOTTED_PATH = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*")  # module:function


def find_in_working_directory() -> None:
    """Make modules in the working directory importable, as for a script run there."""
    if str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))


def file_here(module: str) -> Path | None:
    """The file of a module in the working directory, by its dotted name; nothing is imported."""
    parts = module.split(".")
    if not all(part.isidentifier() for part in parts):
        return None
    path = Path.cwd().joinpath(*parts)
    found = [path / "__init__.py", path.with_name(f"{path.name}.py")]
    return next((file for file in found if file.is_file()), None)


def own_file(path: str) -> Path:
    """The source file of `module:function`; nothing is imported.

    Raises:
        EchoseqError: if there is no such module.
    """
    module = path.partition(":")[0]
    find_in_working_directory()
    try:
        spec = find_spec(module)
    except (ImportError, ValueError) as error:
        raise EchoseqError(f"{path}: {not_imported(module, error, str(error))}") from error
    if spec is None or spec.origin is None:
        raise EchoseqError(f"{path}: {not_found(module)}")
    return Path(spec.origin)


def function_here(path: str) -> Callable[..., Any]:
    """The function `module:function` of the user's own, imported from the working directory.

    Raises:
        EchoseqError: if it cannot be imported.
    """
    name, _, function = path.partition(":")
    find_in_working_directory()
    try:
        module = importlib.import_module(name)
    except (Exception, SystemExit) as error:  # the user's module may raise anything
        reason = " ".join(f"{type(error).__name__}: {error}".split())
        raise EchoseqError(f"{path}: {not_imported(name, error, reason)}") from error
    found = getattr(module, function, None)
    if not callable(found):
        raise EchoseqError(f"{path}: expected a function {function} in {name}")
    return found


def not_imported(module: str, error: BaseException, reason: str) -> str:
    """A message about a module of the user's own that could not be imported.

    Args:
        reason: the error in one line; not told if there is no such module.
    """
    missing = error.name if isinstance(error, ModuleNotFoundError) else None
    if missing is not None and f"{module}.".startswith(f"{missing}."):
        return not_found(module)
    return f"cannot import {module} ({reason})"


def not_found(module: str) -> str:
    """A message about a module of the user's own that there is not."""
    return f"cannot import {module}, which is looked for in the working directory, {Path.cwd()}"


def own_files(paths: Iterable[str]) -> list[Path]:
    """The files of the user's own functions, `module:function`, that are in the working directory.

    Without packages that are installed there too, in a hidden folder such as .venv.

    Returns:
        Sorted, absolute paths.
    """
    here = Path.cwd()
    inside = [file for file in sorted({*map(own_file, paths)}) if file.is_relative_to(here)]
    return [f for f in inside if not any(p.startswith(".") for p in f.relative_to(here).parts)]
