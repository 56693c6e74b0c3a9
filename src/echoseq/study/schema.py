"""A whole configuration, and what follows from it.

`reading.load` turns a mapping read from YAML into a `Study`, and checks it: each part by itself,
then how they fit together. The JSON schema in config/schema.json is generated from its class and
those of its parts.
"""

from collections.abc import Iterator
from typing import Any

from pydantic import Field

from echoseq.asked import canonical
from echoseq.study.ablated import ABLATIONS
from echoseq.study.claims import Claim
from echoseq.study.options import OPTIONS, said
from echoseq.study.parts import (
    Evaluation,
    Execution,
    Experiment,
    Label,
    Module,
    Name,
    Page,
    Part,
    Probing,
    Seeds,
    Statistics,
    Verify,
    Version,
)
from echoseq.study.plan import Plan
from echoseq.study.questions import Contrast, Question
from echoseq.study.sweeps import Sweep
from echoseq.study.tasks import Task

SEQUENCES = 10_000  # a snapshot of default size holds a multiple of this
# The keys of an experiment that determine its training.
TRAINING_KEYS = {
    *("model", "cells", "epochs", "batch_size", "stateful", "masking", "until"),
    *("optimizer", "learning_rate"),
    *OPTIONS,
}
TASK_AS_GIVEN = {"echo", "targets", "frame", "windows", "symbols", "overlap", "filler"}
# Not written with their defaults: earlier versions have none of them.
AS_GIVEN = {"inherit", "figures", "sources"}
EXPERIMENT_AS_GIVEN = {"ablate", "published"}
QUESTION_AS_GIVEN = {"because", "target"}
STUDY, EXTENSIONS, PUBLISHED = "study", "extensions", "published"  # targets


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
    sources: dict[Name, Label] = Field(
        {}, description="What is cited by `published` of experiments, each in one line."
    )
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
    probing: Probing = Field(Probing(), description="How networks are probed.")
    page: Page = Field(Page(), description="What the page shows.")
    statistics: Statistics = Field(Statistics(), description="How results are summarized.")
    execution: Execution = Field(Execution(), description="How training is run.")
    verify: Verify = Field(Verify(), description="How a published version is verified.")

    def resolved(self) -> dict[str, Any]:
        """The keys that affect results, with every default.

        Sweeps are replaced by their experiments, and are null, so that the result can be laid over
        the configuration that it comes from.
        """
        left_out = {"execution", "verify"} | (AS_GIVEN - self.model_fields_set)
        dumped = self.model_dump(mode="json", exclude=left_out)
        for name, experiment in dumped["experiments"].items():
            for key in EXPERIMENT_AS_GIVEN - self.experiments[name].model_fields_set:
                del experiment[key]
        for name, task in dumped["tasks"].items():
            task["sequences"] = self.sequences_of(name)
            for key in TASK_AS_GIVEN - self.tasks[name].model_fields_set:
                del task[key]
        for name, question in dumped["questions"].items():
            given = self.questions[name]
            for key in QUESTION_AS_GIVEN:
                default = type(given).model_fields[key].default
                if getattr(given, key) == default and key not in given.model_fields_set:
                    del question[key]
        for name, experiment in dumped["experiments"].items():
            for key, value in self.plan_of(name).options.items():
                if value == OPTIONS[key]:  # earlier versions have none of them
                    del experiment[key]
        dumped["page"]["networks"] = self.shown() or None
        return dumped

    def without_reasons(self) -> dict[str, Any]:
        """The same without what questions say: all that determines the experiments.

        It is also without what others published, the experiments for that alone, and the page.
        """
        resolved = self.resolved()
        resolved.pop("sources", None)
        resolved.pop("page", None)
        for name, experiment in list(resolved["experiments"].items()):
            experiment.pop("published", None)
            if self.target_of(name) == PUBLISHED:
                del resolved["experiments"][name]
        asked = [name for name, q in self.questions.items() if q.target != PUBLISHED]
        return resolved | {"questions": {name: {"text": name} for name in asked}}

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

    def claims(self, target: str | None = None) -> dict[str, list[Claim]]:
        """The claims by question, of all or of those of a target."""
        return {
            name: question.because
            for name, question in self.questions.items()
            if question.because is not None and target in (None, question.target)
        }

    def ends_of(self, claim: Claim) -> list[str]:
        """The experiments that test a claim: the one that it is about, then its base, if any."""
        if claim.contrast is None:
            return claim.experiments
        name, base = claim.contrast.experiment, claim.contrast.compare_to
        own = self.experiments[name].compare_to if name in self.experiments else None
        return [end for end in (name, base or own) if end is not None]

    def facts_claimed(self) -> list[str]:
        """The tables of which claims state facts."""
        claims = [claim for claims in self.claims().values() for claim in claims]
        return sorted({claim.fact.table for claim in claims if claim.fact is not None})

    def probed(self) -> dict[str, list[int]]:
        """The experiments that are probed, as questions name them, and the seeds of each."""
        names = dict.fromkeys(name for q in self.questions.values() for name in q.probes or ())
        return {name: self.seeds_of(name)[: self.probing.seeds] for name in names}

    def ablated(self) -> dict[str, list[str]]:
        """The experiments whose networks are ablated, and how, in the order of all ablations."""
        asked = {name: set(e.ablate or ()) for name, e in self.experiments.items()}
        return {name: [x for x in ABLATIONS if x in own] for name, own in asked.items() if own}

    def shown(self) -> list[str]:
        """The experiments whose networks can be tried on the page, in its order.

        Those with models or tasks of the user's own are left out: the page cannot compute them.
        """
        given, study = (
            [name for name in names if not self.plan_of(name).own_code()]
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
        wanted = [seeds, *self._claimed(name)] if experiment.question is not None else [seeds]
        return max(map(_listed, wanted), key=len)

    def _claimed(self, name: str) -> Iterator[Seeds]:
        """The seeds that claims ask of an experiment."""
        for claims in self.claims().values():
            for claim in claims:
                contrast = claim.contrast
                if (
                    contrast is not None
                    and contrast.seeds is not None
                    and name in self.ends_of(claim)
                ):
                    yield contrast.seeds

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
            **_of_task(task),
            **{key: getattr(experiment, key) for key in TRAINING_KEYS - OPTIONS.keys()},
            **_of_model(experiment),
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

    def _precedence(self, name: str) -> tuple[int, int, str]:
        """Orders experiments by target, those with more seeds first, then by name."""
        rank = (STUDY, EXTENSIONS, PUBLISHED).index(self.target_of(name))
        return rank, -len(self.seeds_of(name)), name

    def names_on(self, question: str) -> list[str]:
        """The experiments on a question, by name."""
        return sorted(name for name, e in self.experiments.items() if e.question == question)

    def names(self, *, extensions: bool) -> list[str]:
        """The experiments of the study itself, or of the extensions."""
        target = EXTENSIONS if extensions else STUDY
        return [name for name in self.experiments if self.target_of(name) == target]

    def target_of(self, name: str) -> str:
        """The target that an experiment belongs to: the study, the extensions, or published."""
        question = self.experiments[name].question
        if question is None:
            return STUDY
        return self.questions[question].target if question in self.questions else EXTENSIONS

    def met(self) -> list[str]:
        """The experiments of which others published something, or that are for that alone."""
        return [
            name
            for name, experiment in self.experiments.items()
            if experiment.published is not None or self.target_of(name) == PUBLISHED
        ]


def _listed(seeds: Seeds) -> list[int]:
    return sorted(seeds) if isinstance(seeds, list) else list(range(seeds))


def _of_task(task: Task) -> dict[str, Any]:
    """The keys of a task that determine training, in one form for each task."""
    keys = {key: getattr(task, key) for key in Task.model_fields if key != "sequences"}
    echo = None if task.own else canonical(task.echo, task.n_in, task.n_out)
    return keys | {"echo": echo or "oldest", "symbols": tuple(task.symbols)}


def _of_model(experiment: Experiment) -> dict[str, Any]:
    """The options of the model that are given, in one form for each model."""
    given = {key: getattr(experiment, key) for key in OPTIONS}
    if given["output"] == said((), given["attention"] or OPTIONS["attention"]):
        del given["output"]
    return {key: value for key, value in given.items() if value is not None}
