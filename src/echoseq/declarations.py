"""Constants in which modules describe themselves, read without importing the modules.

Architectures, tables and figures are found by their files. Importing them would load TensorFlow or
matplotlib into every process that only needs a list of them.
"""

import ast
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from echoseq.code import parsed
from echoseq.errors import EchoseqError
from echoseq.package import package_folder

Declaration = TypeVar("Declaration")


def declared(folder: str, kind: type[Declaration]) -> dict[str, Declaration]:
    """The modules of a folder that declare something, and their declarations, by name.

    Modules that declare none of the constants are helpers and are left out.

    Args:
        folder: inside the package, for example "figures".
        kind: a dataclass; each field is a constant, in capitals in the modules.

    Returns:
        The declarations, sorted by module name.

    Raises:
        EchoseqError: if a module declares only some of the constants, or one of another type.
    """
    constants = {name.upper(): hint for name, hint in get_type_hints(kind).items()}
    found = {}
    for source in sorted((package_folder() / folder).glob("*.py")):
        values = _literals(parsed(source), constants)
        if values:
            _require(source, values, constants)
            found[source.stem] = kind(**{name.lower(): value for name, value in values.items()})
    return found


def _literals(tree: ast.Module, names: Mapping[str, Any]) -> dict[str, Any]:
    """The named constants that a module assigns at top level; None for anything but a literal."""
    values = {}
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            name, value = node.targets[0].id, node.value
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value:
            name, value = node.target.id, node.value
        else:
            continue
        if name in names:
            try:
                values[name] = ast.literal_eval(value)
            except ValueError:
                values[name] = None
    return values


def _require(source: Path, values: Mapping[str, Any], constants: Mapping[str, Any]) -> None:
    for name, kind in constants.items():
        if name not in values or not _is(values[name], kind):
            shown = kind.__name__ if isinstance(kind, type) and not get_args(kind) else kind
            raise EchoseqError(f"{source}: expected a constant {name}, a literal of type {shown}")


def _is(value: Any, kind: Any) -> bool:
    if get_origin(kind) is tuple:
        return isinstance(value, tuple) and all(isinstance(v, get_args(kind)[0]) for v in value)
    if get_origin(kind) is dict:
        return isinstance(value, dict) and all(isinstance(v, str) for v in value.values())
    return isinstance(value, kind)
