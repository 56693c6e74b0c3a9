"""The figures, as their modules declare them; importing this loads none of those modules."""

from dataclasses import dataclass

from echoseq.declarations import declared

STUDY, EXTENSIONS = "study", "extensions"
PARTS = (STUDY, EXTENSIONS)
FORMATS = ("pdf", "svg", "png", "txt")  # the text is the caption


@dataclass(frozen=True, slots=True)
class Description:
    """A module's declaration of its figure.

    tables: what it reads; `draw` and `caption` take the paths by these names.
    part: of the results, one of `PARTS`; decides which of the tables made for both parts are read.
    """

    tables: tuple[str, ...]
    part: str


FIGURES = declared("figures", Description)


def figures_of(part: str) -> list[str]:
    """The names of the figures in a part of the results."""
    return [name for name, figure in FIGURES.items() if figure.part == part]
