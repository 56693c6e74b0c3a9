"""What a group of experiments must be: one network for each size."""

from collections.abc import Iterator

from echoseq.study.mistakes import Mistake
from echoseq.study.schema import Study
from echoseq.study.unsure import Unsure


def group_mistakes(study: Study, unsure: Unsure) -> Iterator[Mistake]:
    """Experiments of one question, group and size that do not train in the same way.

    Tables show a group's sizes together, so what sets two networks apart must be in their groups.
    """
    first: dict[tuple[str | None, str | None, int], str] = {}
    for name, experiment in study.experiments.items():
        known = experiment.task in study.tasks and not unsure.experiment(name)
        if not known or experiment.group is None or experiment.until != "learned":
            continue
        other = first.setdefault((experiment.question, experiment.group, experiment.cells), name)
        if study.plan_of(name) != study.plan_of(other):
            yield Mistake(
                f"experiments.{name}.group",
                f"expected another than '{experiment.group}', with which '{other}' has as many "
                "cells and trains in another way",
            )
