"""The rules of claims: each is about what there is, and its test can come out either way."""

import math
from collections.abc import Iterator
from dataclasses import fields

from echoseq.names import one_of, unknown
from echoseq.study.claims import (
    BITS,
    INCOMPLETE_ACCURACY,
    LEARNED,
    LEAST_SEEDS,
    SHARES,
    TIMES,
    Claim,
    FactOfClaim,
)
from echoseq.study.measured import COLUMNS, MEASURED
from echoseq.study.mistakes import Mistake
from echoseq.study.plan import Plan
from echoseq.study.schema import Study
from echoseq.study.unsure import Unsure

NEEDS, PROBES = "needs", "probes"  # tables that have rows of some experiments only
FOLLOWS = {"success", "learned_over"}  # keys of a plan that follow from others
Mistakes = Iterator[Mistake]


def claim_mistakes(question: str, study: Study, unsure: Unsure) -> Mistakes:
    """What does not fit together in the claims of a question."""
    told: list[str] = []
    for number, claim in enumerate(study.questions[question].because or [], start=1):
        path = f"questions.{question}.because.{number}"
        if claim.claim in told:
            yield Mistake(f"{path}.claim", "expected each claim once, got it again")
        told.append(claim.claim)
        if claim.fact is not None:
            yield from _fact_mistakes(f"{path}.fact", question, claim.fact, study, unsure)
            if claim.fact.column in MEASURED.get(claim.fact.table, {}):
                yield from _foregone(f"{path}.expect", claim, study)
        else:
            yield from _contrast_mistakes(path, claim, study, unsure)


def undecidable(study: Study) -> list[str]:
    """The paths of claims with fewer seeds than it takes to decide them."""
    found = []
    for question, claims in study.claims().items():
        for number, claim in enumerate(claims, start=1):
            if len(_shared_seeds(study, study.ends_of(claim))) < LEAST_SEEDS:
                found.append(f"questions.{question}.because.{number}")
    return found


def differing(study: Study, one: str, other: str) -> list[str]:
    """The keys of plans in which two experiments differ."""
    plans = study.plan_of(one), study.plan_of(other)
    keys = [field.name for field in fields(Plan) if field.name not in FOLLOWS]
    return [key for key in keys if getattr(plans[0], key) != getattr(plans[1], key)]


def _contrast_mistakes(path: str, claim: Claim, study: Study, unsure: Unsure) -> Mistakes:
    contrast = claim.contrast
    assert contrast is not None
    ends = study.ends_of(claim)
    for key, name in zip(("experiment", "compare_to"), claim.experiments, strict=False):
        if name not in study.experiments and not unsure.experiment(name):
            yield Mistake(f"{path}.contrast.{key}", unknown(name, study.experiments))
    if any(name not in study.experiments or unsure.experiment(name) for name in ends):
        return
    if any(study.experiments[name].task not in study.tasks for name in ends):
        return
    if len(ends) == 1:
        yield Mistake(
            f"{path}.contrast.compare_to",
            f"expected an experiment, because '{ends[0]}' has no compare_to of its own",
        )
        return
    found = [*_comparable(f"{path}.contrast", claim, study, ends)]
    found += [*_measurable(f"{path}.contrast.measure", contrast.measure, study, ends)][:1]
    yield from found or _foregone(f"{path}.expect", claim, study)


def _comparable(path: str, claim: Claim, study: Study, ends: list[str]) -> Mistakes:
    """Whether two ends are two, and only differ in what they should."""
    contrast = claim.contrast
    assert contrast is not None
    tasks = [study.tasks[study.experiments[name].task] for name in ends]
    keys = differing(study, *ends)
    if not keys:
        yield Mistake(
            path, f"expected two that train differently, but '{ends[0]}' trains as '{ends[1]}' does"
        )
    elif len({(task.length, task.alphabet) for task in tasks}) > 1:
        yield Mistake(path, "expected experiments on the same sequences (length and alphabet)")
    elif contrast.differ is None and len(keys) > 1:
        yield Mistake(
            path,
            f"expected ends that differ in one key, but these differ in {', '.join(keys)}; if that "
            f"is meant, say so: differ: [{', '.join(keys)}]",
        )
    elif contrast.differ is not None and set(contrast.differ) != set(keys):
        said = ", ".join(contrast.differ)
        yield Mistake(
            f"{path}.differ", f"expected {', '.join(keys)}, in which they differ, got {said}"
        )
    if isinstance(contrast.seeds, list) and len(set(contrast.seeds)) < len(contrast.seeds):
        yield Mistake(f"{path}.seeds", f"expected each seed once, got {contrast.seeds}")
    if not _shared_seeds(study, ends):
        yield Mistake(
            path, f"expected experiments with some of the same seeds, got {' and '.join(ends)}"
        )


def _measurable(path: str, measure: str, study: Study, ends: list[str]) -> Mistakes:
    """Whether a measure can be taken of both ends, and is not the same by construction."""
    for name in ends:
        experiment = study.experiments[name]
        task = study.tasks[experiment.task]
        if measure in (*TIMES, LEARNED) and experiment.until != "learned":
            yield Mistake(
                path,
                f"expected experiments with until: learned, but '{name}' trains for "
                f"{experiment.epochs} epochs, whatever it has learned",
            )
        if measure == INCOMPLETE_ACCURACY and task.framing != "mask":
            yield Mistake(
                path, f"expected tasks with framing: mask, but that of '{name}' has no such windows"
            )
        if measure == BITS and (task.encoding != "one_hot" or task.own):
            yield Mistake(
                path, f"expected one-hot tasks with an echo, but that of '{name}' has no bits"
            )


def _fact_mistakes(
    path: str, question: str, fact: FactOfClaim, study: Study, unsure: Unsure
) -> Mistakes:
    if fact.table not in MEASURED:
        yield Mistake(f"{path}.table", unknown(fact.table, MEASURED))
        return
    if fact.column not in MEASURED[fact.table]:
        names = unknown(fact.column, MEASURED[fact.table])
        yield Mistake(f"{path}.column", f"{names} (a measured number with an interval)")
    for column in fact.where:
        if column not in COLUMNS[fact.table] or column == "experiment":
            others = [name for name in COLUMNS[fact.table] if name != "experiment"]
            yield Mistake(f"{path}.where.{column}", unknown(column, others))
    name = fact.experiment
    if name not in study.experiments:
        if not unsure.experiment(name):
            yield Mistake(f"{path}.experiment", unknown(name, study.experiments))
        return
    experiment = study.experiments[name]
    if fact.table == NEEDS and (experiment.until != "learned" or experiment.question is None):
        yield Mistake(
            f"{path}.experiment",
            f"expected one on a question with until: learned, but '{name}' is none, and "
            f"'{NEEDS}' says nothing of it",
        )
    probed = study.questions[question].probes or []
    if fact.table == PROBES and name not in probed:
        which = one_of(probed, name) if probed else "an experiment that the question probes"
        yield Mistake(f"{path}.experiment", f"expected {which}, got '{name}'")


def _foregone(path: str, claim: Claim, study: Study) -> Mistakes:
    """An expectation that every value meets, or none."""
    word = claim.expect.to_be
    if word is not None and (claim.fact or (claim.contrast and claim.contrast.measure == BITS)):
        what = "a fact" if claim.fact else "bits"
        yield Mistake(path, f"expected at_least, at_most or both with {what}, got {word}")
        return
    low, high = claim.expected(study.statistics)
    least, most = _range(claim, study)
    values = f"what is measured is {least:.4g} to {most:.4g}"
    values = values.replace("to inf", "or more")
    if low <= least and high >= most:
        yield Mistake(path, f"expected something that could be refuted, but {values}")
    elif low >= most or high <= least:
        yield Mistake(path, f"expected something that could hold, but {values}")


def _range(claim: Claim, study: Study) -> tuple[float, float]:
    """The least and the most that can be measured."""
    if claim.fact is not None:
        return MEASURED[claim.fact.table][claim.fact.column].range
    assert claim.contrast is not None
    measure = claim.contrast.measure
    if measure in SHARES:
        return -1.0, 1.0
    if measure == BITS:
        return -math.inf, math.inf
    plans = [study.plan_of(name) for name in study.ends_of(claim)]
    per = [{"epochs": 1, "updates": p.updates, "windows": p.task.windows}[measure] for p in plans]
    least = study.statistics.learned_over
    (cap, base_cap), scale = (plan.epochs for plan in plans), per[0] / per[1]
    return scale * least / base_cap, scale * cap / least


def _shared_seeds(study: Study, ends: list[str]) -> set[int]:
    return set.intersection(*(set(study.seeds_of(name)) for name in ends))
