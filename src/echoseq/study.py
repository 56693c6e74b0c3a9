"""The configuration of a study, checked before anything runs.

`load` turns the mapping read from YAML into a `Study`, or raises one line that names the key and
what was expected. The JSON schema in config/schema.json is generated from these classes.
"""

import json
import math
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

import pandas as pd
import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails, PydanticCustomError

from echoseq.errors import EchoseqError

# The architectures of models.py; those that answer each input step need n_out = n_in.
MODELS = ("lstm", "encoder_decoder", "many_to_one", "one_to_one", "memoryless", "last_step")
STEP_BY_STEP = ("lstm", "memoryless")
WITHOUT_MASK = ("one_to_one", "memoryless", "last_step")  # no layer of theirs heeds a mask
RESERVED = ("published", "verify")  # folders in results/ that are no versions
DOTTED_PATH = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*")
# The bounds only keep a slip of the keyboard from filling the memory.
Count = Annotated[int, Field(ge=1, le=1_000_000)]
Seed = Annotated[int, Field(ge=0, lt=2**32)]
Seeds = Count | Annotated[list[Seed], Field(min_length=1)]
Fraction = Annotated[float, Field(gt=0, lt=1)]
Name = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]*$", max_length=60)]

# What a value of each pydantic error type should have been; the rest speak for themselves.
EXPECTED = {
    "missing": "expected a value, got none",
    "int_type": "expected a whole number, got {got}",
    "float_type": "expected a number, got {got}",
    "string_type": "expected text, got {got}",
    "dict_type": "expected keys and values, got {got}",
    "model_type": "expected keys and values, got {got}",
    "list_type": "expected a list, got {got}",
    "greater_than_equal": "expected {ge} or more, got {got}",
    "greater_than": "expected more than {gt}, got {got}",
    "less_than": "expected less than {lt}, got {got}",
    "less_than_equal": "expected {le} or less, got {got}",
    "literal_error": "expected {expected}, got {got}",
    "string_too_long": "expected {max_length} characters or fewer",
    "finite_number": "expected a finite number, got {got}",
    "too_short": "expected at least {min_length} entries, got {actual_length}",
}


def _wrong(key: str, message: str) -> PydanticCustomError:
    """An error about a key inside the object being checked; `load` joins it to the path."""
    return PydanticCustomError("study", "{reason}", {"key": key, "reason": message})


class Part(BaseModel):
    """A part of the configuration: unknown keys refused, no silent conversions, immutable."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, protected_namespaces=())


class Task(Part):
    """What is echoed: random integer sequences and how they are framed."""

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
        description="What to do with the first n_in - 1 windows, which miss values: `drop` them, "
        "or `mask`: keep them, filled with -1. Missing targets carry no loss and are not scored.",
    )
    sequences: Count = Field(
        10_000,
        description="Sequences in the training snapshot of each seed; every epoch uses the next "
        "one, so no experiment on this task can have more epochs.",
    )

    @property
    def windows(self) -> int:
        """Windows of a sequence: one for each step, less those that are dropped."""
        return self.length if self.framing == "mask" else self.length - self.n_in + 1

    @model_validator(mode="after")
    def _check(self) -> "Task":
        if self.n_out > self.n_in:
            raise _wrong("n_out", f"expected at most n_in ({self.n_in}), got {self.n_out}")
        if self.n_in > self.length:
            raise _wrong("n_in", f"expected at most length ({self.length}), got {self.n_in}")
        return self


class Reference(Part):
    """Final figures that the source prints, drawn beside ours for comparison only."""

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
    """A model trained on a task, once for every seed."""

    task: str = Field(description="The name of one of the tasks.")
    model: str = Field(
        description="`lstm`, `encoder_decoder`, `many_to_one`, `one_to_one`, `memoryless`, "
        "`last_step`, or one of your own, `module:function`."
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
        None, description="The question it helps to answer; then it belongs to `extensions`."
    )
    compare_to: str | None = Field(
        None, description="The experiment it is compared with, seed by seed."
    )
    seeds: Seeds | None = Field(None, description="Seeds of its own, instead of the study's.")
    reference: Reference | None = Field(
        None, description="What the source prints at the end of training; marked in figures."
    )


class Question(Part):
    """What experiments are to answer."""

    text: str = Field(description="The question.")
    expectation: Literal["same", "worse"] | None = Field(
        None,
        description="What the source expects of its experiments at the base size: hardly any "
        "change (`same`), or less skill (`worse`).",
    )


class Evaluation(Part):
    """How trained models are examined."""

    sequences: Count = Field(
        100, description="Held-out sequences, the same for all seeds and experiments."
    )


class Statistics(Part):
    """How numbers over seeds are summed up."""

    confidence: Fraction = Field(0.95, description="Coverage of the intervals.")
    resamples: Annotated[int, Field(ge=100, le=1_000_000)] = Field(
        10_000, description="Bootstrap resamples of seeds and sequences."
    )
    success: Fraction = Field(0.99, description="A seed succeeds with at least this accuracy.")
    learned_over: Count = Field(
        20,
        description="A run has learned when its training accuracy over this many epochs succeeds.",
    )
    margin: Fraction = Field(
        0.01, description="Differences of accuracy up to this count as hardly any change."
    )


class Execution(Part):
    """How training is run: none of it changes a result."""

    checkpoint_seconds: Annotated[int, Field(ge=0, le=1_000_000)] = Field(
        10,
        description="Seconds of training between two checkpoints; a run that was killed goes on "
        "from its last one.",
    )
    seeds_per_job: Annotated[int, Field(ge=1, le=1_000)] = Field(
        1,
        description="Seeds of an experiment that one job trains in turn, in one process, to the "
        "same bits. Runs whose seed gets into a job with others are trained again.",
    )


class Verify(Part):
    """How a published version is verified; bears on no result."""

    seeds: Literal["one", "all"] = Field(
        "one", description="Of each published experiment, train one seed again, or all."
    )
    tolerance: Fraction = Field(
        0.05,
        description="Where the same bits are not promised, accuracies that differ by no more "
        "count as the same.",
    )


class Study(Part):
    """A whole study: one version of the results."""

    version: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=60)] = Field(
        description="Name of the folder under results/: letters, digits, '.', '_' and '-'."
    )
    seeds: Seeds = Field(description="How many seeds (counted from 0), or a list of them.")
    tasks: dict[Name, Task] = Field(min_length=1, description="The tasks by name.")
    experiments: dict[Name, Experiment] = Field(min_length=1, description="Experiments by name.")
    questions: dict[Name, Question] = Field({}, description="The questions by name.")
    evaluation: Evaluation = Field(Evaluation(), description="How models are examined.")
    statistics: Statistics = Field(Statistics(), description="How results are summed up.")
    execution: Execution = Field(Execution(), description="How training is run.")
    verify: Verify = Field(Verify(), description="How a published version is verified.")

    @model_validator(mode="after")
    def _check(self) -> "Study":
        if self.version in RESERVED:
            raise _wrong("version", f"expected another name: results/{self.version}/ is reserved")
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
            expected = _one_of(self.tasks)
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
        if experiment.model not in MODELS and not DOTTED_PATH.fullmatch(experiment.model):
            raise _wrong(
                f"{path}.model",
                f"expected {_one_of(MODELS)}, or module:function, got '{experiment.model}'",
            )
        if experiment.model in STEP_BY_STEP and task.n_out != task.n_in:
            raise _wrong(
                f"{path}.model",
                f"'{experiment.model}' gives one output for each input step: expected a task with "
                f"n_out = n_in, but '{experiment.task}' has n_in {task.n_in} and n_out "
                f"{task.n_out}",
            )
        if experiment.masking and task.framing != "mask":
            raise _wrong(f"{path}.masking", "expected a task with framing: mask, or false")
        if experiment.masking and experiment.model in WITHOUT_MASK:
            raise _wrong(
                f"{path}.masking", f"'{experiment.model}' cannot be masked, expected false"
            )
        if experiment.seeds is not None:
            _check_seeds(f"{path}.seeds", experiment.seeds)
        if experiment.question is not None and experiment.question not in self.questions:
            expected = _one_of(self.questions) if self.questions else "a name under questions"
            raise _wrong(f"{path}.question", f"expected {expected}, got '{experiment.question}'")
        if experiment.question is not None and experiment.compare_to is None:
            raise _wrong(f"{path}.compare_to", "expected the experiment to compare with, got none")

    def _check_base(self, name: str, experiment: Experiment) -> None:
        if experiment.compare_to is None:
            return
        path = f"experiments.{name}.compare_to"
        others = [other for other in self.experiments if other != name]
        if experiment.compare_to not in others:
            raise _wrong(path, f"expected {_one_of(others)}, got '{experiment.compare_to}'")
        task = self.tasks[experiment.task]
        base = self.tasks.get(self.experiments[experiment.compare_to].task, task)
        if (base.length, base.alphabet) != (task.length, task.alphabet):
            raise _wrong(path, "expected an experiment on the same sequences (length and alphabet)")
        if not set(self.seeds_of(name)) & set(self.seeds_of(experiment.compare_to)):
            raise _wrong(path, "expected an experiment with some of the same seeds")

    def shared_jobs(self) -> dict[tuple[int, ...], list[str]]:
        """Sets of two or more seeds that one job trains, and the experiments that have them."""
        size = self.execution.seeds_per_job
        jobs: dict[tuple[int, ...], list[str]] = {}
        for name in sorted(self.experiments):
            seeds = self.seeds_of(name)
            for start in range(0, len(seeds), size):
                jobs.setdefault(tuple(seeds[start : start + size]), []).append(name)
        return {seeds: names for seeds, names in jobs.items() if len(seeds) > 1}

    def seeds_of(self, name: str) -> list[int]:
        """The seeds of an experiment, in the order in which they are reported."""
        own = self.experiments[name].seeds
        seeds = self.seeds if own is None else own
        return sorted(seeds) if isinstance(seeds, list) else list(range(seeds))

    def names(self, *, extensions: bool) -> list[str]:
        """The experiments of the study itself, or those that answer its questions."""
        return [n for n, e in self.experiments.items() if (e.question is not None) == extensions]


def _check_seeds(path: str, seeds: int | list[int]) -> None:
    if isinstance(seeds, list) and len(set(seeds)) < len(seeds):
        raise _wrong(path, f"expected each seed once, got {seeds}")


def training_plan(study: Study, name: str) -> dict[str, Any]:
    """All that determines the training of an experiment but the seed, and no more.

    How many sequences a snapshot holds is not part of it: a longer one begins with the same.
    """
    experiment = study.experiments[name]
    plan = study.tasks[experiment.task].model_dump(exclude={"sequences"})
    trained = {"model", "cells", "epochs", "batch_size", "stateful", "masking"}
    plan |= experiment.model_dump(include=trained)
    return plan


def experiment_table(study: Study) -> pd.DataFrame:
    """A row for each experiment: its task, model and training, chance, and the source's figures.

    Chance: the accuracy of a uniform guess, and the loss of an answer that knows nothing.
    """
    rows = []
    for name, experiment in study.experiments.items():
        plan = training_plan(study, name)
        low, high = experiment.reference.loss if experiment.reference else (None, None)
        rows.append(
            {
                "experiment": name,
                "task": experiment.task,
                **plan,
                "question": experiment.question,
                "compare_to": experiment.compare_to,
                "chance_accuracy": 1 / plan["alphabet"],
                "chance_loss": _chance_loss(plan["encoding"], plan["alphabet"]),
                "reference_loss_low": low,
                "reference_loss_high": high,
                "reference_accuracy": experiment.reference.accuracy
                if experiment.reference
                else None,
            }
        )
    return pd.DataFrame(rows)


def _chance_loss(encoding: str, alphabet: int) -> float:
    """The loss of an answer that knows nothing.

    One-hot: the entropy of the uniform distribution, ln(alphabet) nats. Linear: the variance of the
    uniform distribution on 0..1 in steps of 1 / (alphabet - 1), the squared error of the mean.
    """
    if encoding == "one_hot":
        return math.log(alphabet)
    return (alphabet + 1) / (12 * (alphabet - 1))


def load(mapping: Mapping[str, Any]) -> Study:
    """Check a configuration.

    A task or experiment set to null is left out, so that a configuration laid over another one
    can remove what it does not want.

    Raises:
        EchoseqError: one line with the key's path and what was expected.
    """
    cleaned = dict(mapping)
    for section in ("tasks", "experiments", "questions"):
        if isinstance(cleaned.get(section), Mapping):
            cleaned[section] = {k: v for k, v in cleaned[section].items() if v is not None}
    try:
        return Study.model_validate(cleaned)
    except ValidationError as error:
        raise EchoseqError(_explain(error)) from error


def read(*paths: Path) -> Study:
    """Read and check a configuration, each file laid over those before it, key by key.

    Raises:
        EchoseqError: if a file cannot be read or is not YAML, or all together are not a study.
    """
    content: dict[str, Any] = {}
    for path in paths:
        content = _lay_over(content, _read_yaml(path))
    return load(content)


def _lay_over(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for key, value in above.items():
        both = isinstance(value, dict) and isinstance(merged.get(key), dict)
        merged[key] = _lay_over(merged[key], value) if both else value
    return merged


def _read_yaml(path: Path) -> dict[str, Any]:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise EchoseqError(f"{path}: expected a configuration file, cannot read it") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" in line {mark.line + 1}" if mark else ""
        raise EchoseqError(f"{path}: expected YAML, found a mistake{where}") from error
    if not isinstance(content, dict):
        raise EchoseqError(f"{path}: expected keys and values")
    return content


def _explain(error: ValidationError) -> str:
    lines = [_squeeze(_explain_one(details), 400) for details in _distinct(error)]
    more = f" (and {len(lines) - 1} more)" if len(lines) > 1 else ""
    return lines[0] + more


def _distinct(error: ValidationError) -> Iterator[ErrorDetails]:
    """The errors, with the two branches of `seeds` (a count, a list) told as the one they are."""
    seen = set()
    for details in error.errors():
        path = _seeds_path(details)
        if path is not None and path in seen:
            continue
        seen.add(path)
        yield details


def _seeds_path(details: ErrorDetails) -> str | None:
    """The path up to `seeds` if the error lies there or below."""
    keys = [str(key) for key in details["loc"]]
    return ".".join(keys[: keys.index("seeds") + 1]) if "seeds" in keys else None


def _explain_one(details: ErrorDetails) -> str:
    context = details.get("ctx", {})
    keys = [str(key) for key in details["loc"] if key != "[key]"]
    got = _show(details["input"])
    seeds_path = _seeds_path(details)
    if seeds_path is not None:
        expected = "expected a count from 1, or a list of whole numbers from 0"
        # `--config seeds=[0,1]` arrives as text, or as a list of texts
        hint = "; give lists in a file, with --configfile" if "'" in got or '"' in got else ""
        return f"{seeds_path}: {expected}, got {got}{hint}"
    if details["type"] == "study":
        return f"{'.'.join([*keys, context['key']])}: {context['reason']}"
    path = ".".join(keys) or "configuration"
    if details["type"] == "extra_forbidden":
        return f"{path}: unknown key, expected {_one_of(_known_keys(keys[:-1]))}"
    if details["type"] == "string_pattern_mismatch":
        if path == "version":
            allowed, first = "letters, digits, '_', '.' and '-'", "a letter or digit"
        else:
            allowed, first = "letters, digits, '_' and '-'", "a letter"
        return f"{path}: expected a name of {allowed} that begins with {first}, got {got}"
    template = EXPECTED.get(details["type"])
    return f"{path}: " + (
        template.format(got=got, **context) if template else f"{details['msg']}, got {got}"
    )


def _known_keys(path: list[str]) -> list[str]:
    """The keys that the object at a path of the configuration has."""
    part: type[Part] = Study
    for key in path:
        if key not in part.model_fields:
            continue  # the name of a task or an experiment
        part = _part_of(part.model_fields[key].annotation) or part
    return list(part.model_fields)


def _part_of(annotation: Any) -> type[Part] | None:
    if isinstance(annotation, type) and issubclass(annotation, Part):
        return annotation
    return next(filter(None, map(_part_of, get_args(annotation))), None)


def _one_of(names: Any) -> str:
    return "one of " + ", ".join(names)


def _show(value: Any) -> str:
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "nothing"}[value]
    if isinstance(value, str):
        return f"text '{_squeeze(value, 60)}'"
    if isinstance(value, dict):
        return "keys and values"
    if isinstance(value, list):
        value = json.dumps(value, default=str)
    return _squeeze(str(value), 60)


def _squeeze(text: str, most: int) -> str:
    """One line of at most so many characters."""
    line = re.sub(r"\s+", " ", text)
    return line if len(line) <= most else line[: most - 3] + "..."
