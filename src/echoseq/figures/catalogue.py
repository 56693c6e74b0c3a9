"""The figures, as their modules declare them; importing this loads none of those modules."""

from collections.abc import Collection
from dataclasses import dataclass

from echoseq.declarations import declared

STUDY, EXTENSIONS = "study", "extensions"
FORMATS = ("pdf", "svg", "png", "txt")  # the text is the caption


@dataclass(frozen=True, slots=True)
class Description:
    """A module's declaration of its figure.

    tables: what it reads; `draw` and `caption` take the paths by these names.
    part: of the results: `study`, `extensions`, or the name of one of their questions, for a figure
        that is drawn if there are experiments on it.
    """

    tables: tuple[str, ...]
    part: str


FIGURES = declared("figures", Description)


def figures_of(part: str, questions: Collection[str] = ()) -> list[str]:
    """The names of the figures of the study, or of the extensions.

    Args:
        part: `STUDY` or `EXTENSIONS`.
        questions: those that there are experiments on.
    """
    parts = {part, *questions} if part == EXTENSIONS else {part}
    return [name for name, figure in FIGURES.items() if figure.part in parts]
