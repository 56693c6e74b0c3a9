"""What experiments are called on the page."""

from echoseq.study.schema import Study
from echoseq.wording import capitalized, plural, spoken


def network_title(name: str, study: Study) -> str:
    """What is tried: an experiment of a sweep by its group, or another by its name; its cells."""
    experiment = study.experiments[name]
    return f"{capitalized(experiment.group or spoken(name))}, {plural(experiment.cells, 'cell')}"


def echo_in(group: str, echo: str) -> tuple[str, str]:
    """The echo of a group of experiments, and what else sets it apart: `5 of 5`, `GRU`.

    Args:
        group: as in tables/needs.csv, parts with commas between them.
        echo: as in tables/experiments.csv.
    """
    parts = group.split(", ")
    named = [part for part in parts if part == echo or part.startswith(f"{echo} ")]
    rest = ", ".join(part for part in parts if part not in named)
    return (named[0] if named else echo), rest
