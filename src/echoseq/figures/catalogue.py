"""The figures, as their modules declare them; importing this loads none of those modules."""

import ast
import importlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from echoseq.code import parsed
from echoseq.declarations import declared
from echoseq.errors import EchoseqError
from echoseq.own import find_in_working_directory, not_imported, own_file
from echoseq.package import package_folder
from echoseq.tables.catalogue import PROBED, TABLES, made_from

STUDY, EXTENSIONS, PUBLISHED = "study", "extensions", "published"
FORMATS = ("pdf", "svg", "png", "txt")  # the text is the caption


@dataclass(frozen=True, slots=True)
class Description:
    """A module's declaration of its figure.

    tables: what it reads; `draw` and `caption` take the paths by these names.
    part: of the results: `study`, `extensions`, `published`, or the name of a question, for a
        figure that is drawn if there are experiments on it, or probes, if it shows these.
    """

    tables: tuple[str, ...]
    part: str


FIGURES = declared("figures", Description)
HAVE_DOCSTRINGS = (ast.Module, ast.FunctionDef)


def own_figures(names: Collection[str], questions: Collection[str]) -> dict[str, Description]:
    """The user's own figures, modules in the working directory, which are imported.

    Args:
        questions: those of the study, which a figure can belong to.

    Raises:
        EchoseqError: if a module cannot be imported, or lacks something that a figure has.
    """
    return {name: _own_figure(name, (STUDY, EXTENSIONS, PUBLISHED, *questions)) for name in names}


def _own_figure(name: str, parts: Collection[str]) -> Description:
    if name in FIGURES:
        raise EchoseqError(f"figures: expected another name than that of a figure here, '{name}'")
    find_in_working_directory()
    try:
        module = importlib.import_module(name)
    except Exception as error:  # the user's module may raise anything
        reason = " ".join(f"{type(error).__name__}: {error}".split())
        raise EchoseqError(f"figures: {not_imported(name, error, reason)}") from error
    for function in ("draw", "caption"):
        if not callable(getattr(module, function, None)):
            raise EchoseqError(f"figures: expected a function {function} in {name}")
    tables, part = getattr(module, "TABLES", None), getattr(module, "PART", None)
    if not isinstance(tables, tuple) or not tables or not set(tables) <= TABLES.keys():
        raise EchoseqError(f"figures: expected TABLES in {name}, a tuple of {', '.join(TABLES)}")
    if not isinstance(part, str) or part not in parts:
        raise EchoseqError(f"figures: expected PART in {name}, one of {', '.join(parts)}")
    return Description(tables, part)


def figure_file(name: str) -> Path:
    """The module of a figure; one of the user's own is found as a model is."""
    if name in FIGURES:
        return package_folder() / "figures" / f"{name}.py"
    return own_file(model_of(name))


def drawing(name: str) -> str:
    """What the rule of a figure does, from the docstring of its module, or else of its `draw`."""
    tree = parsed(figure_file(name))
    drawn = [node for node in tree.body if getattr(node, "name", "") == "draw"]
    said = [ast.get_docstring(node) for node in (tree, *drawn) if isinstance(node, HAVE_DOCSTRINGS)]
    first = next((text.partition("\n")[0].strip() for text in said if text), f"the figure {name}.")
    return f"Draw {first[0].lower() + first[1:] if first[1:2].islower() else first}"


def model_of(figure: str) -> str:
    """A figure of the user's own as a path to its function, such as models have."""
    return f"{figure}:draw"


def figures_of(
    part: str,
    questions: Collection[str] = (),
    probing: Collection[str] = (),
    figures: Mapping[str, Description] = FIGURES,
) -> list[str]:
    """The names of the figures of the study, of the extensions, or beside what others published.

    Args:
        part: `STUDY`, `EXTENSIONS` or `PUBLISHED`.
        questions: those that there are experiments on.
        probing: those that have probes.
        figures: to choose from.
    """

    def wanted(figure: Description) -> bool:
        named = probing if shows_probes(figure) else questions
        return figure.part == part or (part == EXTENSIONS and figure.part in named)

    return [name for name, figure in figures.items() if wanted(figure)]


def shows_probes(figure: Description) -> bool:
    """Whether it is drawn from what probes read."""
    return not set(made_from(PROBED)).isdisjoint(figure.tables)
