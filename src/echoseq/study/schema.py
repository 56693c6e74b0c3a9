"""The parts of a configuration and their rules, checked before anything runs.

`reading.load` turns a mapping read from YAML into a `Study`. The JSON schema in config/schema.json
is generated from these classes.
"""

import re
from collections.abc import Iterable
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from echoseq.study.architectures import ARCHITECTURES
from echoseq.study.plan import Plan

RESERVED = ("published", "verify")  # folders in results/ that are not versions
DOTTED_PATH = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*")
# The bounds only keep a typing error from exhausting memory.
Count = Annotated[int, Field(ge=1, le=1_000_000)]
Seed = Annotated[int, Field(ge=0, lt=2**32)]
Seeds = Count | Annotated[list[Seed], Field(min_length=1)]
Fraction = Annotated[float, Field(gt=0, lt=1)]
# Some file systems ignore trailing dots.
Version = Annotated[
    str, Field(pattern=r"^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9_-])?$", max_length=60)
]
Name = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]*$", max_length=60)]


def _wrong(key: str, message: str) -> PydanticCustomError:
    """An error about a key of the object being checked; `load` adds the path."""
    return PydanticCustomError("study", "{reason}", {"key": key, "reason": message})


class Part(BaseModel):
    """A part of the configuration: no unknown keys, no silent conversions, immutable."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, protected_namespaces=())


class Task(Part):
    """What is echoed: random integer sequences, and how they are framed."""

    length: Count = Field(25, description="Integers in a sequence.")
    alphabet: Annotated[int, Field(ge=2, le=65536)] = Field(
        100, description="Integers are drawn uniformly from 0 to this minus 1."
    )
    n_in: Count = Field(5, description="Integers in a window, the input.")
    n_out: Count = Field(
        description="Integers to echo, the first (oldest) of the window; at most n_in."
    )

    encoding: Literal["one_hot", "linear"] = Field(
        "one_hot",
        description="`one_hot`: each integer a vector, learned as classification; `linear`: scaled "
        "to 0..1, learned as regression with the squared error.",
    )
    framing: Literal["drop", "mask"] = Field(
        "drop",
        description="Windows with missing values, the first n_in - 1: `drop` them, "
        "or `mask`: keep them, filled with -1. Missing targets carry no loss and are not scored.",
    )
    sequences: Count = Field(
        10_000,
        description="Sequences in the training snapshot of each seed; every epoch uses the next "
        "one, so no experiment on this task can have more epochs.",
    )

    @property
    def windows(self) -> int:
        """Windows in a sequence: one for each step, less those that are dropped."""
        return self.length if self.framing == "mask" else self.length - self.n_in + 1

    @model_validator(mode="after")
    def _check(self) -> "Task":
        if self.n_out > self.n_in:
            raise _wrong("n_out", f"expected at most n_in ({self.n_in}), got {self.n_out}")
        if self.n_in > self.length:
            raise _wrong("n_in", f"expected at most length ({self.length}), got {self.n_in}")
        return self


class Reference(Part):
    """Final values printed in the source, shown for comparison only."""

    loss: list[Annotated[float, Field(gt=0, allow_inf_nan=False)]] = Field(
        description="Lowest and highest final loss, in nats."
    )
    accuracy: Annotated[float, Field(ge=0, le=1)] = Field(description="Final accuracy, 0 to 1.")

    @model_validator(mode="after")
    def _check(self) -> "Reference":
        if len(self.loss) != 2 or self.loss[0] > self.loss[1]:
            raise _wrong("loss", f"expected the lowest and the highest, got {self.loss}")
        return self


class Experiment(Part):
    """A model trained on a task, once for each seed."""

    task: str = Field(description="The name of one of the tasks.")
    model: str = Field(
        description="An architecture (config/README.md lists them), or a model of your own, "
        "`module:function`."
    )
    cells: Count = Field(description="Cells of every LSTM layer, or units of a Dense one.")
    epochs: Count = Field(description="Training epochs; each draws one new sequence.")
    batch_size: Count = Field(
        description="Windows in a batch, hence in a weight update; must divide the windows of a "
        "sequence. The LSTM state is carried from batch to batch inside a sequence."
    )
    stateful: bool = Field(
        True, description="Carry the LSTM state from batch to batch inside a sequence."
    )
    masking: bool = Field(
        False, description="Put a Masking layer before the network; for tasks framed with `mask`."
    )
    question: str | None = Field(
        None, description="The question it helps to answer; this makes it part of `extensions`."
    )
    compare_to: str | None = Field(
        None, description="The experiment it is compared with, seed by seed."
    )
    seeds: Seeds | None = Field(None, description="Seeds of its own, instead of the study's.")
    reference: Reference | None = Field(
        None, description="Final values printed in the source; marked in figures."
    )


class Question(Part):
    """What experiments should answer."""

    text: str = Field(description="The question.")
    expectation: Literal["same", "worse"] | None = Field(
        None,
        description="What the source expects of its experiments at the base size: hardly any "
        "change (`same`), or less skill (`worse`).",
    )


class Evaluation(Part):
    """How trained models are evaluated."""

    sequences: Count = Field(
        100, description="Held-out sequences, the same for all seeds and experiments."
    )


class Statistics(Part):
    """How results over seeds are summarized."""

    confidence: Fraction = Field(0.95, description="Coverage of the intervals.")
    resamples: Annotated[int, Field(ge=100, le=1_000_000)] = Field(
        10_000, description="Bootstrap resamples of seeds and sequences."
    )
    success: Fraction = Field(0.99, description="A seed succeeds with this accuracy or more.")
    learned_over: Count = Field(
        20,
        description="A run has learned when its training accuracy over this many epochs succeeds.",
    )
    margin: Fraction = Field(
        0.01, description="Differences of accuracy up to this count as hardly any change."
    )


class Execution(Part):
    """How training is run; none of it changes a result."""

    checkpoint_seconds: Annotated[int, Field(ge=0, le=1_000_000)] = Field(
        10,
        description="Seconds of training between two checkpoints; a run that was killed resumes "
        "from the last one.",
    )
    seeds_per_job: Annotated[int, Field(ge=1, le=1_000)] = Field(
        5,
        description="Seeds of an experiment that one job trains in turn, in one process, with the "
        "same bits: 0 to 4, 5 to 9 and so on. 1 makes use of many cores.",
    )


class Verify(Part):
    """How a published version is verified; changes no result."""

    seeds: Literal["one", "all"] = Field(
        "one", description="Train one seed of each published experiment again, or all."
    )
    tolerance: Fraction = Field(
        0.05,
        description="Where the same bits are not promised, accuracies that differ by at most this "
        "count as the same.",
    )


class Study(Part):
    """A whole study: one version of the results."""

    version: Version = Field(
        description="Name of the folder under results/: letters, digits, '.', '_' and '-'."
    )
    seeds: Seeds = Field(description="How many seeds (counted from 0), or a list of them.")
    tasks: dict[Name, Task] = Field(min_length=1, description="The tasks by name.")
    experiments: dict[Name, Experiment] = Field(min_length=1, description="Experiments by name.")
    questions: dict[Name, Question] = Field({}, description="The questions by name.")
    evaluation: Evaluation = Field(Evaluation(), description="How models are evaluated.")
    statistics: Statistics = Field(Statistics(), description="How results are summarized.")
    execution: Execution = Field(Execution(), description="How training is run.")
    verify: Verify = Field(Verify(), description="How a published version is verified.")

    @model_validator(mode="after")
    def _check(self) -> "Study":
        name = self.version.lower()  # some file systems ignore case
        if name in RESERVED:
            raise _wrong("version", f"expected another name: results/{name}/ is reserved")
        _check_seeds("seeds", self.seeds)
        if not self.names(extensions=False):
            raise _wrong(
                "experiments", "expected at least one without a question, the study itself"
            )
        for name, experiment in self.experiments.items():
            self._check_experiment(f"experiments.{name}", experiment)
            self._check_base(name, experiment)
        return self

    def _check_experiment(self, path: str, experiment: Experiment) -> None:
        task = self.tasks.get(experiment.task)
        if task is None:
            expected = one_of(self.tasks)
            raise _wrong(f"{path}.task", f"expected {expected}, got '{experiment.task}'")
        if experiment.epochs > task.sequences:
            raise _wrong(
                f"{path}.epochs",
                f"expected at most {task.sequences}, the sequences that "
                f"tasks.{experiment.task}.sequences draws, got {experiment.epochs}",
            )
        if task.windows % experiment.batch_size:
            divisors = [str(n) for n in range(1, task.windows + 1) if task.windows % n == 0]
            raise _wrong(
                f"{path}.batch_size",
                f"expected a divisor of the {task.windows} windows of a sequence "
                f"({', '.join(divisors)}), got {experiment.batch_size}",
            )
        architecture = ARCHITECTURES.get(experiment.model)
        if architecture is None and not DOTTED_PATH.fullmatch(experiment.model):
            raise _wrong(
                f"{path}.model",
                f"expected {one_of(ARCHITECTURES)}, or module:function, got '{experiment.model}'",
            )
        if architecture and architecture.step_by_step and task.n_out != task.n_in:
            raise _wrong(
                f"{path}.model",
                f"'{experiment.model}' gives one output for each input step: expected a task with "
                f"n_out = n_in, but '{experiment.task}' has n_in {task.n_in} and n_out "
                f"{task.n_out}",
            )
        if experiment.masking and task.framing != "mask":
            raise _wrong(f"{path}.masking", "expected a task with framing: mask, or false")
        if experiment.masking and architecture and not architecture.uses_mask:
            raise _wrong(
                f"{path}.masking", f"'{experiment.model}' cannot be masked, expected false"
            )
        if experiment.seeds is not None:
            _check_seeds(f"{path}.seeds", experiment.seeds)
        if experiment.question is not None and experiment.question not in self.questions:
            expected = one_of(self.questions) if self.questions else "a name under questions"
            raise _wrong(f"{path}.question", f"expected {expected}, got '{experiment.question}'")
        if experiment.question is not None and experiment.compare_to is None:
            raise _wrong(f"{path}.compare_to", "expected the experiment to compare with, got none")

    def _check_base(self, name: str, experiment: Experiment) -> None:
        if experiment.compare_to is None:
            return
        path = f"experiments.{name}.compare_to"
        others = [other for other in self.experiments if other != name]
        if experiment.compare_to not in others:
            raise _wrong(path, f"expected {one_of(others)}, got '{experiment.compare_to}'")
        task = self.tasks[experiment.task]
        base = self.tasks.get(self.experiments[experiment.compare_to].task, task)
        if (base.length, base.alphabet) != (task.length, task.alphabet):
            raise _wrong(path, "expected an experiment on the same sequences (length and alphabet)")
        if not set(self.seeds_of(name)) & set(self.seeds_of(experiment.compare_to)):
            raise _wrong(path, "expected an experiment with some of the same seeds")

    def resolved(self) -> dict[str, Any]:
        """The keys that affect results, with every default."""
        return self.model_dump(mode="json", exclude={"execution", "verify"})

    def seeds_of(self, name: str) -> list[int]:
        """The seeds of an experiment, in the order in which they are reported."""
        own = self.experiments[name].seeds
        seeds = self.seeds if own is None else own
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
        return Plan(
            **task.model_dump(exclude={"sequences"}),
            **experiment.model_dump(
                include={"model", "cells", "epochs", "batch_size", "stateful", "masking"}
            ),
        )

    def names(self, *, extensions: bool) -> list[str]:
        """The experiments of the study itself, or of the extensions."""
        return [n for n, e in self.experiments.items() if (e.question is not None) == extensions]


def _check_seeds(path: str, seeds: int | list[int]) -> None:
    if isinstance(seeds, list) and len(set(seeds)) < len(seeds):
        raise _wrong(path, f"expected each seed once, got {seeds}")


def one_of(names: Iterable[str]) -> str:
    """What was expected where any of several names is allowed."""
    return "one of " + ", ".join(names)
