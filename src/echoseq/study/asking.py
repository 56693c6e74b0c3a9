"""The part of a study that answers some of its questions."""

from collections.abc import Collection, Iterator

from echoseq.study.parts import Experiment, Page
from echoseq.study.schema import Study


def only_asked(study: Study) -> Study:
    """The study with the questions that it asks, and the experiments that these need.

    Experiments on other questions are left out, unless one that is kept is compared with them, or
    they are probed: then they belong to the question that needs them, and are compared with
    nothing themselves. The study's own experiments stay. The page shows what is left.
    """
    if study.ask is None:
        return study
    experiments = {
        name: experiment
        for name, experiment in study.experiments.items()
        if experiment.question is None or experiment.question in study.ask
    }
    needed = {name: q for name, q in _needed(study, study.ask) if name not in experiments}
    experiments |= {name: _borrowed(study.experiments[name], q) for name, q in needed.items()}
    questions = {name: q for name, q in study.questions.items() if name in study.ask}
    shown = [name for name in study.page.networks or () if name in experiments]
    page = Page(networks=shown or None)
    changes = {"experiments": experiments, "questions": questions, "page": page}
    return study.model_copy(update=changes)


def _needed(study: Study, asked: Collection[str]) -> Iterator[tuple[str, str]]:
    """Experiments that questions compare with or probe, and the question that needs each."""
    for name in asked:
        for experiment in study.experiments.values():
            if experiment.question == name and experiment.compare_to is not None:
                yield experiment.compare_to, name
        yield from ((probed, name) for probed in study.questions[name].probes or ())


def _borrowed(experiment: Experiment, question: str) -> Experiment:
    return experiment.model_copy(update={"question": question, "compare_to": None})
