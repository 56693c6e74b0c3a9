"""The rules of a whole configuration: how its parts must fit together.

Each part by itself is checked by its class. A configuration with mistakes is checked here as far as
its parts are right.
"""

from collections.abc import Collection, Iterator

from echoseq.names import did_you_mean, one_of, unknown
from echoseq.own import DOTTED_PATH
from echoseq.study.ablated import EXCHANGED, FAMILIES, FAMILY_OF, needs_probes
from echoseq.study.architectures import ARCHITECTURES
from echoseq.study.claim_rules import claim_mistakes
from echoseq.study.fitting import misfits
from echoseq.study.group_rules import group_mistakes
from echoseq.study.memory import MOST, memory, size
from echoseq.study.mistakes import Mistake
from echoseq.study.parts import Experiment
from echoseq.study.probed import PROBED
from echoseq.study.published_rules import published_mistakes, target_mistakes
from echoseq.study.questions import Contrast
from echoseq.study.schema import Study
from echoseq.study.splits import split
from echoseq.study.tasks import Task
from echoseq.study.unsure import Unsure

RESERVED = ("published", "verify")  # folders in results/ that are not versions
SIZES = ("alphabet", "length", "n_in", "n_out", "cells", "batch_size", "epochs")

Mistakes = Iterator[Mistake]


def broken_rules(study: Study, unsure: Unsure) -> Mistakes:
    """What does not fit together in a configuration, in the order of its sections."""
    yield from _version_mistakes(study)
    yield from _seeds_mistakes("seeds", study.seeds)
    if not study.names(extensions=False) and not (unsure.experiments or unsure.sweeps):
        yield Mistake("experiments", "expected at least one without a question, the study itself")
    for name in study.ask or ():
        if name not in study.questions and name not in unsure.questions:
            yield Mistake("ask", unknown(name, study.questions))
    for name, experiment in study.experiments.items():
        path = f"experiments.{name}"
        yield from _experiment_mistakes(path, experiment, study, unsure)
        if experiment.task in study.tasks and not unsure.experiment(name):
            yield from _size_mistakes(path, name, study)
            yield from _option_mistakes(path, name, study)
            yield from _ablations_mistakes(f"{path}.ablate", name, study)
        if not unsure.experiment(name):
            yield from published_mistakes(name, study)
    for name, contrast in study.contrasts().items():
        yield from _contrast_mistakes(name, contrast, study, unsure)
    for name in study.experiments:
        yield from _base_mistakes(name, study, unsure)
    yield from group_mistakes(study, unsure)
    for name, question in study.questions.items():
        yield from _probes_mistakes(
            f"questions.{name}.probes", question.probes or [], study, unsure
        )
        yield from claim_mistakes(name, study, unsure)
    yield from target_mistakes(study, unsure)
    yield from _budget_mistakes(study)
    yield from _known_mistakes("probing.states", study.probing.states, PROBED)
    yield from _names_mistakes("page.networks", study.page.networks or [], study, unsure)


def _version_mistakes(study: Study) -> Mistakes:
    name = study.version.lower()  # some file systems ignore case
    if name in RESERVED:
        yield Mistake("version", f"expected another name: results/{name}/ is reserved")


def _budget_mistakes(study: Study) -> Mistakes:
    """Numbers of epochs within which nothing can be seen to be learned, or that say nothing new."""
    least, budgets = study.statistics.learned_over, study.statistics.budgets
    for budget in budgets if "budgets" in study.statistics.model_fields_set else []:
        if budget < least:
            yield Mistake(
                "statistics.budgets",
                f"expected at least {least}, the epochs of statistics.learned_over, got {budget}",
            )
    if len(set(budgets)) < len(budgets):
        yield Mistake("statistics.budgets", f"expected each number once, got {budgets}")


def _seeds_mistakes(path: str, seeds: int | list[int] | None) -> Mistakes:
    if isinstance(seeds, list) and len(set(seeds)) < len(seeds):
        yield Mistake(path, f"expected each seed once, got {seeds}")


def _experiment_mistakes(
    path: str, experiment: Experiment, study: Study, unsure: Unsure
) -> Mistakes:
    least = study.statistics.learned_over
    if experiment.until == "learned" and experiment.epochs < least:
        yield Mistake(
            f"{path}.epochs",
            f"expected at least {least}, the epochs of statistics.learned_over, with until: "
            f"learned, got {experiment.epochs}",
        )
    yield from _seeds_mistakes(f"{path}.seeds", experiment.seeds)
    question = experiment.question
    if question is not None and question not in {*study.questions, *unsure.questions}:
        expected = f"expected a name under questions, got '{question}'"
        yield Mistake(
            f"{path}.question", unknown(question, study.questions) if study.questions else expected
        )
    if experiment.model not in ARCHITECTURES and not DOTTED_PATH.fullmatch(experiment.model):
        yield Mistake(
            f"{path}.model",
            f"expected {one_of(ARCHITECTURES, experiment.model)}, or module:function, got "
            f"'{experiment.model}'{did_you_mean(experiment.model, ARCHITECTURES)}",
        )
    task = study.tasks.get(experiment.task)
    if task is not None:
        yield from _task_mistakes(path, experiment, task)
    elif experiment.task not in unsure.tasks:
        yield Mistake(f"{path}.task", unknown(experiment.task, study.tasks))


def _task_mistakes(path: str, experiment: Experiment, task: Task) -> Mistakes:
    """What does not fit together in an experiment and its task."""
    if task.sequences is not None and experiment.epochs > task.sequences:
        yield Mistake(
            f"{path}.epochs",
            f"expected at most {task.sequences}, the sequences that "
            f"tasks.{experiment.task}.sequences draws, got {experiment.epochs}",
        )
    windows = task.built.windows
    if windows % experiment.batch_size:
        divisors = [str(n) for n in range(1, windows + 1) if windows % n == 0]
        yield Mistake(
            f"{path}.batch_size",
            f"expected a divisor of the {windows} windows of a sequence "
            f"({', '.join(divisors)}), got {experiment.batch_size}",
        )
    architecture = ARCHITECTURES.get(experiment.model)
    if architecture and architecture.step_by_step and task.n_out != task.n_in:
        yield Mistake(
            f"{path}.model",
            f"'{experiment.model}' gives one output for each input step: expected a task with "
            f"n_out = n_in, but '{experiment.task}' has n_in {task.n_in} and n_out {task.n_out}",
        )
    if experiment.masking and task.framing != "mask":
        yield Mistake(f"{path}.masking", "expected a task with framing: mask, or false")
    elif experiment.masking and task.encoding == "linear" and 0 <= task.filler <= 1:
        yield Mistake(
            f"{path}.masking",
            f"expected a task with a filler that stands for no integer, below 0 or above 1, but "
            f"that of '{experiment.task}' is {task.filler:g}",
        )
    elif experiment.masking and architecture and not architecture.uses_mask:
        yield Mistake(f"{path}.masking", f"'{experiment.model}' cannot be masked, expected false")


def _size_mistakes(path: str, name: str, study: Study) -> Mistakes:
    """Sizes that no machine can hold, which are typing errors."""
    plan = study.plan_of(name)
    if memory(plan) > MOST:
        sizes = ", ".join(f"{key} {getattr(plan, key)}" for key in SIZES)
        yield Mistake(
            f"{path}.cells",
            f"expected sizes that take at most {size(MOST)} of memory, but these take about "
            f"{size(memory(plan))} for one run ({sizes})",
        )


def _option_mistakes(path: str, name: str, study: Study) -> Mistakes:
    """Options of its model that do not fit together, or that would be ignored."""
    experiment = study.experiments[name]
    if experiment.model in ARCHITECTURES or DOTTED_PATH.fullmatch(experiment.model):
        for key, reason in misfits(experiment, study.plan_of(name)):
            yield Mistake(f"{path}.{key}", reason)


def _contrast_mistakes(question: str, contrast: Contrast, study: Study, unsure: Unsure) -> Mistakes:
    path = f"questions.{question}.contrast"
    yield from _seeds_mistakes(f"{path}.seeds", contrast.seeds)
    name = contrast.experiment
    if unsure.experiment(name):
        return
    names = [other for other, e in study.experiments.items() if e.question == question]
    if name not in names:
        expected = f"expected an experiment with question: {question}, got '{name}'"
        yield Mistake(f"{path}.experiment", unknown(name, names) if names else expected)
        return
    base = study.experiments[name].compare_to
    if base is None:
        yield Mistake(
            f"{path}.experiment",
            f"expected an experiment with compare_to, but '{name}' has none",
        )
    if base not in study.experiments:  # which is a mistake in compare_to
        return
    for end in (name, base):
        if contrast.measure != "accuracy" and study.experiments[end].until != "learned":
            yield Mistake(
                f"{path}.measure", f"expected experiments with until: learned, but '{end}' has none"
            )
    if not set(study.seeds_of(name)) & set(study.seeds_of(base)):
        yield Mistake(f"{path}.seeds", f"expected some that '{base}' has too, to form pairs")


def _base_mistakes(name: str, study: Study, unsure: Unsure) -> Mistakes:
    experiment, path = study.experiments[name], f"experiments.{name}.compare_to"
    base = experiment.compare_to
    if base is None or unsure.experiment(base):
        return
    if base not in study.experiments or base == name:
        others = [other for other in study.experiments if not _together(name, other, study)]
        expected = f"expected another experiment, got '{base}'"
        yield Mistake(path, unknown(base, others) if others else expected)
        return
    if unsure.experiment(name):
        return
    task, other = (study.tasks.get(study.experiments[end].task) for end in (name, base))
    if task and other and (task.length, task.alphabet) != (other.length, other.alphabet):
        yield Mistake(path, "expected an experiment on the same sequences (length and alphabet)")
    if not set(study.seeds_of(name)) & set(study.seeds_of(base)):
        yield Mistake(path, "expected an experiment with some of the same seeds")


def _together(name: str, other: str, study: Study) -> bool:
    """Whether two names are the same, or those of experiments of one sweep."""
    sweep = study.experiments[name].sweep
    return name == other or (sweep is not None and sweep == study.experiments[other].sweep)


def _names_mistakes(path: str, names: list[str], study: Study, unsure: Unsure) -> Mistakes:
    for place, name in enumerate(names):
        if name not in study.experiments and not unsure.experiment(name):
            expected = one_of(study.experiments, name)
            yield Mistake(
                path,
                f"no experiment '{name}', expected {expected}"
                f"{did_you_mean(name, study.experiments)}",
            )
        if name in names[:place]:
            yield Mistake(path, f"expected each experiment once, got '{name}' again")


def _probes_mistakes(path: str, names: list[str], study: Study, unsure: Unsure) -> Mistakes:
    yield from _names_mistakes(path, names, study, unsure)
    for name in names:
        experiment = None if unsure.experiment(name) else study.experiments.get(name)
        task = study.tasks.get(experiment.task) if experiment else None
        if experiment and task:
            yield from _probed_mistakes(path, name, experiment, task, study.probing.sequences)


def _known_mistakes(path: str, names: list[str], known: Collection[str]) -> Mistakes:
    for place, name in enumerate(names):
        if name not in known:
            yield Mistake(path, unknown(name, known))
        if name in names[:place]:
            yield Mistake(path, f"expected each once, got '{name}' again")


def _ablations_mistakes(path: str, name: str, study: Study) -> Mistakes:
    """What cannot be taken away from any network of an experiment, or is never there."""
    experiment = study.experiments[name]
    given = experiment.ablate or []
    yield from _known_mistakes(path, given, FAMILY_OF)
    asked = [ablation for ablation in given if ablation in FAMILY_OF]
    task = study.tasks[experiment.task]
    windows = task.built.windows
    carried = [ablation for ablation in asked if FAMILIES[FAMILY_OF[ablation]].carries]
    if carried and not experiment.stateful:
        yield Mistake(path, f"{carried[0]}: expected stateful: true, so that a state is carried")
    elif carried and experiment.batch_size == windows:
        yield Mistake(
            path,
            f"{carried[0]}: expected a state that is carried from batch to batch, but one batch "
            f"holds all {windows} windows of a sequence",
        )
    elif EXCHANGED in carried and study.evaluation.sequences == 1:
        yield Mistake(path, f"{EXCHANGED}: expected at least 2 evaluation.sequences, got 1")
    if needs_probes(asked):
        fitted = next(ablation for ablation in asked if needs_probes([ablation]))
        found = _probed_mistakes(path, name, experiment, task, study.probing.sequences)
        yield from (Mistake(path, f"{fitted}: {mistake.reason}") for mistake in found)


def _probed_mistakes(
    path: str, name: str, experiment: Experiment, task: Task, sequences: int
) -> Mistakes:
    """An experiment whose states do not belong to one window, or hold no integers."""
    if task.own:
        yield Mistake(path, f"expected tasks with an echo, but that of '{name}' has its own")
        return
    windows = task.built.windows
    if task.encoding != "one_hot" or task.framing != "drop":
        yield Mistake(
            path,
            f"expected tasks with encoding: one_hot and framing: drop, but that of '{name}' "
            f"has {task.encoding} and {task.framing}",
        )
        return
    if experiment.stateful and experiment.batch_size != windows:
        yield Mistake(
            path,
            f"expected states that start at zero in each window (stateful: false, or a batch "
            f"of all {windows} windows), but '{name}' carries them from batch to batch",
        )
    fitted = split(sequences).fit.stop * windows
    if fitted <= task.alphabet:
        yield Mistake(
            path,
            f"expected more windows to fit probes than the {task.alphabet} integers of "
            f"'{name}', got {fitted}; raise probing.sequences",
        )
