"""The rules of a whole configuration, checked before anything runs.

`reading.load` turns a mapping read from YAML into a `Study`. The JSON schema in config/schema.json
is generated from its class and those of its parts.
"""

import re
from collections.abc import Iterable
from typing import Any

from pydantic import Field, model_validator

from echoseq.study.architectures import ARCHITECTURES, is_built_in
from echoseq.study.parts import (
    Contrast,
    Evaluation,
    Execution,
    Experiment,
    Module,
    Name,
    Page,
    Part,
    Probing,
    Question,
    Seeds,
    Statistics,
    Task,
    Verify,
    Version,
    wrong,
)
from echoseq.study.plan import Plan
from echoseq.study.splits import split
from echoseq.study.sweeps import Sweep

RESERVED = ("published", "verify")  # folders in results/ that are not versions
SEQUENCES = 10_000  # a snapshot of default size holds a multiple of this
# The keys of an experiment that determine its training.
TRAINING_KEYS = {
    *("model", "cells", "epochs", "batch_size", "stateful", "masking", "learning_rate", "until")
}
AS_GIVEN = {"inherit", "figures"}  # not written with their defaults: earlier versions have neither
DOTTED_PATH = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*")


class Study(Part):
    """A whole study: one version of the results."""

    version: Version = Field(
        description="Name of the folder under results/: letters, digits, '.', '_' and '-'."
    )
    seeds: Seeds = Field(description="How many seeds (counted from 0), or a list of them.")
    tasks: dict[Name, Task] = Field(min_length=1, description="The tasks by name.")
    experiments: dict[Name, Experiment] = Field(min_length=1, description="Experiments by name.")
    sweeps: dict[Name, Sweep | None] = Field(
        {}, description="Grids of experiments by name; config/README.md explains them."
    )
    questions: dict[Name, Question] = Field({}, description="The questions by name.")
    ask: list[Name] | None = Field(
        None,
        description="The questions to answer, by name; experiments on others are left out. "
        "Default: all of them.",
    )
    inherit: bool = Field(
        True, description="Whether it overrides the study; if not, it is all there is."
    )
    figures: list[Module] = Field(
        [], description="Figures of your own, each by its module in the working directory."
    )
    evaluation: Evaluation = Field(Evaluation(), description="How models are evaluated.")
    probing: Probing = Field(Probing(), description="How encoders are probed.")
    page: Page = Field(Page(), description="What the page shows.")
    statistics: Statistics = Field(Statistics(), description="How results are summarized.")
    execution: Execution = Field(Execution(), description="How training is run.")
    verify: Verify = Field(Verify(), description="How a published version is verified.")

    @model_validator(mode="after")
    def _check(self) -> "Study":
        name = self.version.lower()  # some file systems ignore case
        if name in RESERVED:
            raise wrong("version", f"expected another name: results/{name}/ is reserved")
        _check_seeds("seeds", self.seeds)
        if not self.names(extensions=False):
            raise wrong("experiments", "expected at least one without a question, the study itself")
        for name in self.ask or ():
            if name not in self.questions:
                raise wrong("ask", f"expected {one_of(self.questions)}, got '{name}'")
        for name, experiment in self.experiments.items():
            self._check_experiment(f"experiments.{name}", experiment)
        for name, contrast in self.contrasts().items():
            self._check_contrast(f"questions.{name}.contrast", name, contrast)
        for name, experiment in self.experiments.items():
            self._check_base(name, experiment)
        for name, question in self.questions.items():
            path = f"questions.{name}.probes"
            self._check_each_once(path, question.probes or [])
            for probed in question.probes or []:
                self._check_probed(path, probed)
        self._check_each_once("page.networks", self.page.networks or [])
        return self

    def _check_experiment(self, path: str, experiment: Experiment) -> None:
        task = self.tasks.get(experiment.task)
        if task is None:
            expected = one_of(self.tasks)
            raise wrong(f"{path}.task", f"expected {expected}, got '{experiment.task}'")
        if experiment.until == "learned" and experiment.epochs < self.statistics.learned_over:
            raise wrong(
                f"{path}.epochs",
                f"expected at least {self.statistics.learned_over}, the epochs of "
                f"statistics.learned_over, with until: learned, got {experiment.epochs}",
            )
        if task.sequences is not None and experiment.epochs > task.sequences:
            raise wrong(
                f"{path}.epochs",
                f"expected at most {task.sequences}, the sequences that "
                f"tasks.{experiment.task}.sequences draws, got {experiment.epochs}",
            )
        if task.windows % experiment.batch_size:
            divisors = [str(n) for n in range(1, task.windows + 1) if task.windows % n == 0]
            raise wrong(
                f"{path}.batch_size",
                f"expected a divisor of the {task.windows} windows of a sequence "
                f"({', '.join(divisors)}), got {experiment.batch_size}",
            )
        architecture = ARCHITECTURES.get(experiment.model)
        if architecture is None and not DOTTED_PATH.fullmatch(experiment.model):
            raise wrong(
                f"{path}.model",
                f"expected {one_of(ARCHITECTURES)}, or module:function, got '{experiment.model}'",
            )
        if architecture and architecture.step_by_step and task.n_out != task.n_in:
            raise wrong(
                f"{path}.model",
                f"'{experiment.model}' gives one output for each input step: expected a task with "
                f"n_out = n_in, but '{experiment.task}' has n_in {task.n_in} and n_out "
                f"{task.n_out}",
            )
        if experiment.masking and task.framing != "mask":
            raise wrong(f"{path}.masking", "expected a task with framing: mask, or false")
        if experiment.masking and architecture and not architecture.uses_mask:
            raise wrong(f"{path}.masking", f"'{experiment.model}' cannot be masked, expected false")
        if experiment.seeds is not None:
            _check_seeds(f"{path}.seeds", experiment.seeds)
        if experiment.question is not None and experiment.question not in self.questions:
            expected = one_of(self.questions) if self.questions else "a name under questions"
            raise wrong(f"{path}.question", f"expected {expected}, got '{experiment.question}'")

    def _check_contrast(self, path: str, question: str, contrast: Contrast) -> None:
        names = [name for name, e in self.experiments.items() if e.question == question]
        if contrast.experiment not in names:
            expected = one_of(names) if names else f"an experiment with question: {question}"
            raise wrong(f"{path}.experiment", f"expected {expected}, got '{contrast.experiment}'")
        base = self.experiments[contrast.experiment].compare_to
        if base not in self.experiments:
            raise wrong(
                f"{path}.experiment",
                f"expected an experiment with compare_to, but '{contrast.experiment}' has none",
            )
        for name in (contrast.experiment, base):
            if contrast.measure != "accuracy" and self.experiments[name].until != "learned":
                raise wrong(
                    f"{path}.measure",
                    f"expected experiments with until: learned, but '{name}' has none",
                )
        if contrast.seeds is not None:
            _check_seeds(f"{path}.seeds", contrast.seeds)
        if not set(self.seeds_of(contrast.experiment)) & set(self.seeds_of(base)):
            raise wrong(f"{path}.seeds", f"expected some that '{base}' has too, to form pairs")

    def _check_base(self, name: str, experiment: Experiment) -> None:
        if experiment.compare_to is None:
            return
        path = f"experiments.{name}.compare_to"
        others = [other for other in self.experiments if other != name]
        if experiment.compare_to not in others:
            raise wrong(path, f"expected {one_of(others)}, got '{experiment.compare_to}'")
        task = self.tasks[experiment.task]
        base = self.tasks.get(self.experiments[experiment.compare_to].task, task)
        if (base.length, base.alphabet) != (task.length, task.alphabet):
            raise wrong(path, "expected an experiment on the same sequences (length and alphabet)")
        if not set(self.seeds_of(name)) & set(self.seeds_of(experiment.compare_to)):
            raise wrong(path, "expected an experiment with some of the same seeds")

    def _check_each_once(self, path: str, names: list[str]) -> None:
        for place, name in enumerate(names):
            if name not in self.experiments:
                raise wrong(path, f"no experiment '{name}', expected {one_of(self.experiments)}")
            if name in names[:place]:
                raise wrong(path, f"expected each experiment once, got '{name}' again")

    def _check_probed(self, path: str, name: str) -> None:
        """Refuse an experiment whose states do not belong to one window, or hold no integers."""
        experiment = self.experiments[name]
        task = self.tasks[experiment.task]
        if task.encoding != "one_hot" or task.framing != "drop":
            raise wrong(
                path,
                f"expected tasks with encoding: one_hot and framing: drop, but that of '{name}' "
                f"has {task.encoding} and {task.framing}",
            )
        if experiment.stateful and experiment.batch_size != task.windows:
            raise wrong(
                path,
                f"expected states that start at zero in each window (stateful: false, or a batch "
                f"of all {task.windows} windows), but '{name}' carries them from batch to batch",
            )
        fitted = split(self.probing.sequences).fit.stop * task.windows
        if fitted <= task.alphabet:
            raise wrong(
                path,
                f"expected more windows to fit probes than the {task.alphabet} integers of "
                f"'{name}', got {fitted}; raise probing.sequences",
            )

    def resolved(self) -> dict[str, Any]:
        """The keys that affect results, with every default.

        Sweeps are replaced by their experiments, and are null, so that the result can be laid over
        the configuration that it comes from.
        """
        left_out = {"execution", "verify"} | (AS_GIVEN - self.model_fields_set)
        dumped = self.model_dump(mode="json", exclude=left_out)
        for name, task in dumped["tasks"].items():
            task["sequences"] = self.sequences_of(name)
        dumped["page"]["networks"] = self.shown() or None
        return dumped

    def sequences_of(self, task: str) -> int:
        """The number of sequences in a training snapshot of a task.

        Unless it is given, it grows in large steps: a longer snapshot trains every experiment on
        the task again, though it begins with the same sequences.
        """
        given = self.tasks[task].sequences
        needed = max((e.epochs for e in self.experiments.values() if e.task == task), default=1)
        return given or SEQUENCES * -(-needed // SEQUENCES)

    def contrasts(self) -> dict[str, Contrast]:
        """The comparisons that are tested, by question."""
        return {name: q.contrast for name, q in self.questions.items() if q.contrast is not None}

    def probed(self) -> dict[str, list[int]]:
        """The experiments that are probed, as questions name them, and the seeds of each."""
        names = dict.fromkeys(name for q in self.questions.values() for name in q.probes or ())
        return {name: self.seeds_of(name)[: self.probing.seeds] for name in names}

    def shown(self) -> list[str]:
        """The experiments whose networks can be tried on the page, in its order.

        Those with models of the user's own are left out: the page cannot compute them.
        """
        given, study = (
            [name for name in names if is_built_in(self.experiments[name].model)]
            for names in (self.page.networks or [], self.names(extensions=False))
        )
        return given or study

    def seeds_of(self, name: str) -> list[int]:
        """The seeds of an experiment, in the order in which they are reported."""
        experiment = self.experiments[name]
        seeds = self.seeds if experiment.seeds is None else experiment.seeds
        for contrast in self.contrasts().values():
            other = self.experiments.get(contrast.experiment)
            ends = (contrast.experiment, other.compare_to if other else None)
            if contrast.seeds is not None and experiment.question is not None and name in ends:
                seeds = contrast.seeds
        return sorted(seeds) if isinstance(seeds, list) else list(range(seeds))

    def seeds_of_task(self, task: str) -> list[int]:
        """The seeds of all experiments on a task."""
        names = [name for name, experiment in self.experiments.items() if experiment.task == task]
        return sorted({seed for name in names for seed in self.seeds_of(name)})

    def plan_of(self, name: str) -> Plan:
        """Exactly what determines the training of an experiment, except the seed.

        The number of sequences in a snapshot is left out: a longer one begins with the same ones.
        """
        experiment = self.experiments[name]
        task = self.tasks[experiment.task]
        learned = experiment.until == "learned"
        return Plan(
            **task.model_dump(exclude={"sequences"}),
            **experiment.model_dump(include=TRAINING_KEYS),
            success=self.statistics.success if learned else None,
            learned_over=self.statistics.learned_over if learned else None,
        )

    def twins(self) -> dict[str, str]:
        """The experiments that train in the same way as another, with some of its seeds.

        They need not be trained: their runs are those of the other. No other is a twin itself.
        """
        trained: dict[Plan, list[str]] = {}
        twins = {}
        for name in sorted(self.experiments, key=self._precedence):
            others = trained.setdefault(self.plan_of(name), [])
            seeds = set(self.seeds_of(name))
            found = [other for other in others if seeds <= set(self.seeds_of(other))]
            if found:
                twins[name] = found[0]
            else:
                others.append(name)
        return twins

    def _precedence(self, name: str) -> tuple[bool, int, str]:
        """Orders experiments: the study's first, then those with more seeds, then by name."""
        return self.experiments[name].question is not None, -len(self.seeds_of(name)), name

    def names_on(self, question: str) -> list[str]:
        """The experiments on a question, by name."""
        return sorted(name for name, e in self.experiments.items() if e.question == question)

    def names(self, *, extensions: bool) -> list[str]:
        """The experiments of the study itself, or of the extensions."""
        return [n for n, e in self.experiments.items() if (e.question is not None) == extensions]


def _check_seeds(path: str, seeds: int | list[int]) -> None:
    if isinstance(seeds, list) and len(set(seeds)) < len(seeds):
        raise wrong(path, f"expected each seed once, got {seeds}")


def one_of(names: Iterable[str]) -> str:
    """What was expected where any of several names is allowed."""
    return "one of " + ", ".join(names)
