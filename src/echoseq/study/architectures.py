"""The architectures that a configuration can name, as their files describe themselves.

Each is a module in networks/architectures/. Its constants are read without importing it, which
would load TensorFlow, and without importing the networks, which come after the study.
"""

import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from echoseq.closure import package_folder
from echoseq.declarations import declared
from echoseq.errors import EchoseqError

FOLDER = "networks/architectures"


@dataclass(frozen=True, slots=True)
class Architecture:
    """What there is to know of an architecture before it is built.

    step_by_step: whether it answers each step of the input with one value, so n_out = n_in.
    heeds_mask: whether a Masking layer before it has any effect.
    has_memory: whether it can carry a value from one step to another.
    sentence: what it is, as the paper says it after its name.
    """

    step_by_step: bool
    heeds_mask: bool
    has_memory: bool
    sentence: str


ARCHITECTURES = declared(FOLDER, Architecture)


def is_built_in(model: str) -> bool:
    """Whether a model is one of this package, not a dotted path to the user's own."""
    return ":" not in model


def model_file(model: str) -> Path:
    """The source file of an architecture, or of a model of the user's own in the working directory.

    Raises:
        EchoseqError: if a model of the user's own is in no module that can be found.
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
        raise EchoseqError(f"model {model}: cannot import {module}, there is no such module")
    return Path(spec.origin)


def find_in_working_directory() -> None:
    """Let modules in the working directory be imported, as Python does for scripts beside them."""
    if str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))
