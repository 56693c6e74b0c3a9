"""What experiments are called on the page."""

from echoseq.study.schema import Study
from echoseq.wording import capitalized, plural, spoken


def network_title(name: str, study: Study) -> str:
    """What is tried: an experiment of a sweep by its group, or another by its name; its cells."""
    experiment = study.experiments[name]
    return f"{capitalized(experiment.group or spoken(name))}, {plural(experiment.cells, 'cell')}"
