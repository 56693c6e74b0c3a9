"""The rules of what others published: what they print, and the questions beside it."""

from collections.abc import Iterator

from echoseq.names import unknown
from echoseq.study.mistakes import Mistake
from echoseq.study.parts import Anticipated, Published
from echoseq.study.schema import PUBLISHED, Study
from echoseq.study.unsure import Unsure

LOSSES = ("loss", "training_loss")
TRAINING = ("training_accuracy", "training_loss")
SKILL = ("accuracy", "exact_match", "bits")  # what claims beside published results are about
NO_PART = ("expectation", "contrast", "probes")  # of a question that is answered beside them
LEAST_OF = 2  # runs that have a lowest and a highest
Mistakes = Iterator[Mistake]


def published_mistakes(name: str, study: Study) -> Mistakes:
    """What does not fit together in what others published of an experiment."""
    told: set[tuple[str, str]] = set()
    for number, result in enumerate(study.experiments[name].published or [], start=1):
        path = f"experiments.{name}.published.{number}"
        if result.source not in study.sources:
            reason = unknown(result.source, study.sources)
            none = f"expected a name under sources, got '{result.source}'"
            yield Mistake(f"{path}.source", reason if study.sources else none)
        if (result.source, result.measure) in told:
            yield Mistake(
                f"{path}.measure",
                f"expected each measure of a source once, got {result.measure} again",
            )
        told.add((result.source, result.measure))
        if result.last is not None:
            yield from _last_mistakes(f"{path}.last", name, result, study)
        yield from _value_mistakes(path, result)


def _last_mistakes(path: str, name: str, result: Published, study: Study) -> Mistakes:
    epochs = study.experiments[name].epochs
    if result.measure not in TRAINING:
        yield Mistake(path, f"expected none with {result.measure}, which is not of training")
    elif result.last is not None and result.last > epochs:
        yield Mistake(path, f"expected at most {epochs}, the epochs of training, got {result.last}")


def _value_mistakes(path: str, result: Published) -> Mistakes:
    """What is wrong with the values of a result, the first mistake."""
    given = [key for key in ("runs", "between", "expected") if getattr(result, key) is not None]
    if len(given) != 1:
        got = " and ".join(given) or "none"
        yield Mistake(path, f"expected one of runs, between or expected, got {got}")
    elif result.expected is not None:
        yield from _anticipated_mistakes(f"{path}.expected", result.measure, result.expected)
        for key in ("of", "step"):
            if getattr(result, key) is not None:
                yield Mistake(f"{path}.{key}", "expected none beside expected, got a number")
    else:
        yield from _printed_mistakes(path, result)


def _printed_mistakes(path: str, result: Published) -> Mistakes:
    key = "runs" if result.runs is not None else "between"
    values = result.runs or result.between or []
    if key == "between" and (len(values) != 2 or values[0] > values[1]):
        yield Mistake(f"{path}.between", f"expected the lowest and the highest, got {values}")
        return
    if key == "runs" and result.of is not None:
        yield Mistake(f"{path}.of", "expected none beside runs, which are counted")
    if key == "between" and (result.of is None or result.of < LEAST_OF):
        got = "none" if result.of is None else result.of
        yield Mistake(f"{path}.of", f"expected how many runs they are of, 2 or more, got {got}")
    most = _most(result.measure)
    for value in values:
        if not 0 <= value <= most:
            what = "losses of 0 or more" if result.measure in LOSSES else "shares from 0 to 1"
            yield Mistake(f"{path}.{key}", f"expected {what}, got {value:g}")
            return
    if result.step is None:
        yield Mistake(
            f"{path}.step", "expected the steps in which they print, 0.01 for per cents, got none"
        )
    elif result.measure not in LOSSES and result.step > 0.5:
        yield Mistake(f"{path}.step", f"expected at most 0.5 for a share, got {result.step:g}")


def _anticipated_mistakes(path: str, measure: str, expected: Anticipated) -> Mistakes:
    low, high = expected.at_least, expected.at_most
    if low is None and high is None:
        yield Mistake(path, "expected at_least, at_most or both, got none")
    elif low is not None and high is not None and low >= high:
        yield Mistake(f"{path}.at_least", f"expected less than at_most ({high:g}), got {low:g}")
    elif (low is None or low <= 0) and (high is None or high >= _most(measure)):
        yield Mistake(path, "expected something that could be missed, but every value meets it")
    elif (low is not None and low > _most(measure)) or (high is not None and high < 0):
        yield Mistake(path, "expected something that could be met, but no value is there")


def _most(measure: str) -> float:
    return float("inf") if measure in LOSSES else 1.0


def target_mistakes(study: Study, unsure: Unsure) -> Mistakes:
    """Questions, and experiments on them, that do not belong to one target."""
    for name, question in study.questions.items():
        if question.target != PUBLISHED:
            continue
        for key in NO_PART:
            if getattr(question, key) is not None:
                yield Mistake(
                    f"questions.{name}.{key}", "expected none with target: published, got one"
                )
        for number, claim in enumerate(question.because or [], start=1):
            path = f"questions.{name}.because.{number}"
            if claim.contrast is None:
                yield Mistake(f"{path}.fact", "expected a contrast with target: published")
            elif claim.contrast.measure not in SKILL:
                yield Mistake(
                    f"{path}.contrast.measure",
                    f"expected {', '.join(SKILL[:-1])} or {SKILL[-1]} with target: published, got "
                    f"{claim.contrast.measure}",
                )
    yield from _ends_mistakes(study, unsure)
    for name, experiment in study.experiments.items():
        if experiment.ablate is not None and study.target_of(name) == PUBLISHED:
            reason = "expected none on a question with target: published"
            yield Mistake(f"experiments.{name}.ablate", reason)


def _ends_mistakes(study: Study, unsure: Unsure) -> Mistakes:
    """Experiments that are made by one target alone, and named by another."""
    for path, target, names in _named(study):
        for name in names:
            if name not in study.experiments or unsure.experiment(name):
                continue
            found = study.target_of(name)
            if PUBLISHED in (found, target) and found != target:
                yield Mistake(
                    path, f"expected an experiment that {target} makes, but '{name}' is of {found}"
                )


def _named(study: Study) -> Iterator[tuple[str, str, list[str]]]:
    """Where experiments are named: the key, the target that needs them, and their names."""
    for name, experiment in study.experiments.items():
        if experiment.compare_to is not None:
            path = f"experiments.{name}.compare_to"
            yield path, study.target_of(name), [experiment.compare_to]
    for name, question in study.questions.items():
        yield f"questions.{name}.probes", question.target, question.probes or []
        for number, claim in enumerate(question.because or [], start=1):
            what = "fact" if claim.contrast is None else "contrast"
            path = f"questions.{name}.because.{number}.{what}.experiment"
            yield path, question.target, claim.experiments
