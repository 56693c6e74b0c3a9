"""The figures, as their modules declare them; importing this loads none of those modules."""

from collections.abc import Collection
from dataclasses import dataclass

from echoseq.declarations import declared
from echoseq.tables.catalogue import PROBED, made_from

STUDY, EXTENSIONS = "study", "extensions"
FORMATS = ("pdf", "svg", "png", "txt")  # the text is the caption


@dataclass(frozen=True, slots=True)
class Description:
    """A module's declaration of its figure.

    tables: what it reads; `draw` and `caption` take the paths by these names.
    part: of the results: `study`, `extensions`, or the name of one of their questions, for a figure
        that is drawn if there are experiments on it, or probes, if it shows these.
    """

    tables: tuple[str, ...]
    part: str


FIGURES = declared("figures", Description)


def figures_of(
    part: str, questions: Collection[str] = (), probing: Collection[str] = ()
) -> list[str]:
    """The names of the figures of the study, or of the extensions.

    Args:
        part: `STUDY` or `EXTENSIONS`.
        questions: those that there are experiments on.
        probing: those that have probes.
    """

    def wanted(figure: Description) -> bool:
        named = probing if _shows_probes(figure) else questions
        return figure.part == part or (part == EXTENSIONS and figure.part in named)

    return [name for name, figure in FIGURES.items() if wanted(figure)]


def _shows_probes(figure: Description) -> bool:
    return not set(made_from(PROBED)).isdisjoint(figure.tables)
