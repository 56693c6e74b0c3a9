"""The architectures that a configuration can name, as their files declare them.

Each is a module in networks/architectures/. Its constants are read without importing it, because
that would load TensorFlow, and because the study may not import the networks.
"""

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from echoseq.code import package_folder
from echoseq.declarations import declared
from echoseq.errors import EchoseqError

FOLDER = "networks/architectures"


@dataclass(frozen=True, slots=True)
class Architecture:
    """What is known of an architecture before it is built.

    step_by_step: whether it answers each step of the input with one value, so n_out = n_in.
    uses_mask: whether a Masking layer before it has any effect.
    has_memory: whether it can carry a value from one step to another.
    sentence: its description in the paper, a predicate that follows its name.
    """

    step_by_step: bool
    uses_mask: bool
    has_memory: bool
    sentence: str


ARCHITECTURES = declared(FOLDER, Architecture)


def is_built_in(model: str) -> bool:
    """Whether a model belongs to this package, rather than being a path to the user's own."""
    return ":" not in model


def model_file(model: str) -> Path:
    """The source file of an architecture, or of the user's own model in the working directory.

    Raises:
        EchoseqError: if the module of the user's own model cannot be found.
    """
    if is_built_in(model):
        return package_folder() / FOLDER / f"{model}.py"
    module = model.partition(":")[0]
    find_in_working_directory()
    try:
        spec = find_spec(module)
    except (ImportError, ValueError) as error:
        raise EchoseqError(f"model {model}: cannot import {module} ({error})") from error
    if spec is None or spec.origin is None:
        raise EchoseqError(f"model {model}: cannot import {module}, found no such module")
    return Path(spec.origin)


def own_files(models: Iterable[str]) -> list[Path]:
    """The files of the user's own models, or other modules, that are in the working directory.

    Without packages that are installed there too, in a hidden folder such as .venv.

    Returns:
        Sorted, absolute paths.
    """
    here = Path.cwd()
    found = {model_file(model) for model in models if not is_built_in(model)}
    inside = [file for file in sorted(found) if file.is_relative_to(here)]
    return [f for f in inside if not any(p.startswith(".") for p in f.relative_to(here).parts)]


def file_here(module: str) -> Path | None:
    """The file of a module in the working directory, by its dotted name; nothing is imported."""
    parts = module.split(".")
    if not all(part.isidentifier() for part in parts):
        return None
    path = Path.cwd().joinpath(*parts)
    found = [path / "__init__.py", path.with_name(f"{path.name}.py")]
    return next((file for file in found if file.is_file()), None)


def find_in_working_directory() -> None:
    """Make modules in the working directory importable, as for a script run there."""
    if str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))
