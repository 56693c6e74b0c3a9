"""The part of a study that answers some of its questions."""

from collections.abc import Collection, Iterator

from echoseq.study.claims import Claim
from echoseq.study.parts import Experiment, Page
from echoseq.study.questions import Question
from echoseq.study.schema import Study


def only_asked(study: Study) -> Study:
    """The study with the questions that it asks, and the experiments that these need.

    Experiments on other questions are left out, unless one that is kept is compared with them, or
    they are probed: then they belong to the question that needs them, and are compared with
    nothing themselves. The study's own experiments stay. The page shows what is left.
    """
    study = study.model_copy(update={"questions": dict(_with_bases(study))})
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


def _with_bases(study: Study) -> Iterator[tuple[str, Question]]:
    """The questions; their claims name what experiments are compared with, which is optional."""
    for name, question in study.questions.items():
        claims = [_with_base(study, claim) for claim in question.because or ()]
        yield name, question.model_copy(update={"because": claims}) if claims else question


def _with_base(study: Study, claim: Claim) -> Claim:
    if claim.contrast is None:
        return claim
    contrast = claim.contrast.model_copy(update={"compare_to": study.ends_of(claim)[1]})
    return claim.model_copy(update={"contrast": contrast})


def _needed(study: Study, asked: Collection[str]) -> Iterator[tuple[str, str]]:
    """Experiments that questions compare with, probe or claim something of, each with its own."""
    for name in asked:
        for experiment in study.experiments.values():
            if experiment.question == name and experiment.compare_to is not None:
                yield experiment.compare_to, name
        yield from ((probed, name) for probed in study.questions[name].probes or ())
        for claim in study.questions[name].because or ():
            yield from ((end, name) for end in study.ends_of(claim))


def _borrowed(experiment: Experiment, question: str) -> Experiment:
    return experiment.model_copy(update={"question": question, "compare_to": None})
