"""Which figures there are, as their modules declare them; importing this loads none of them."""

from dataclasses import dataclass

from echoseq.declarations import declared

STUDY, EXTENSIONS = "study", "extensions"
PARTS = (STUDY, EXTENSIONS)
FORMATS = ("pdf", "svg", "png", "txt")  # the text is the caption


@dataclass(frozen=True, slots=True)
class Description:
    """What a module of this folder says of the figure that it draws.

    tables: what it reads; `draw` and `caption` take their paths by these names.
    part: of the results, one of `PARTS`; tables that exist for both are those of this part.
    """

    tables: tuple[str, ...]
    part: str


FIGURES = declared("figures", Description)


def figures_of(part: str) -> list[str]:
    """The names of the figures of a part of the results."""
    return [name for name, figure in FIGURES.items() if figure.part == part]
