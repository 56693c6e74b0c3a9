"""The architectures that a configuration can name, as their files declare them.

Each is a module in networks/architectures/. Its constants are read without importing it, because
that would load TensorFlow, and because the study may not import the networks.
"""

from dataclasses import dataclass
from pathlib import Path

from echoseq.declarations import declared
from echoseq.errors import EchoseqError
from echoseq.own import own_file
from echoseq.package import package_folder
from echoseq.study.plan import Plan

FOLDER = "networks/architectures"


@dataclass(frozen=True, slots=True)
class Architecture:
    """What is known of an architecture before it is built.

    step_by_step: whether it answers each step of the input with one value, so n_out = n_in.
    uses_mask: whether a Masking layer before it has any effect.
    has_memory: whether it can carry a value from one step to another.
    options: those of `study.options` that it has.
    sentence: its description in the paper, a predicate that follows its name.
    """

    step_by_step: bool
    uses_mask: bool
    has_memory: bool
    options: tuple[str, ...]
    sentence: str


ARCHITECTURES = declared(FOLDER, Architecture)


def is_built_in(model: str) -> bool:
    """Whether a model belongs to this package, rather than being a path to the user's own."""
    return ":" not in model


def code_behind(plan: Plan) -> list[Path]:
    """The files that a plan names: that of its model, and those of the user's own task.

    Raises:
        EchoseqError: if one of the user's own cannot be found.
    """
    return [model_file(plan.model), *task_files(plan)]


def task_files(plan: Plan) -> list[Path]:
    """The file of the user's own task, if there is one.

    Raises:
        EchoseqError: if it cannot be found.
    """
    return [own_file(plan.own_task)] if plan.own_task else []


def model_file(model: str) -> Path:
    """The source file of an architecture, or of the user's own model in the working directory.

    Raises:
        EchoseqError: if the module of the user's own model cannot be found.
    """
    if is_built_in(model):
        return package_folder() / FOLDER / f"{model}.py"
    try:
        return own_file(model)
    except EchoseqError as error:
        raise EchoseqError(f"model {error}") from error
