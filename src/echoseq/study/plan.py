"""The plan of a run, passed from the configuration to training and to the run's record.

This module must not import the schema, or every edit of the schema would retrain everything.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from typing import Any, Literal

from pydantic import ConfigDict, StrictBool, StrictFloat, StrictStr, TypeAdapter, ValidationError

from echoseq.asked import Echo, plain
from echoseq.checked import Alphabet, Count, Fraction, mistake, show
from echoseq.errors import EchoseqError
from echoseq.files import canonical_json
from echoseq.study.optimizers import ADAM, AnyOptimizer, LearningRate, Named
from echoseq.study.options import (
    LSTM,
    OPTIONS,
    AnyLayer,
    Attention,
    Feed,
    Layer,
    Output,
    Read,
    Start,
)
from echoseq.task import FILLER, Task

LATER = OPTIONS | {"filler": FILLER}  # what plans of earlier versions do not have


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that determines the training of an experiment except the seed.

    The fields have the meaning of the configuration keys of the same names: the keys of the task
    first, then those of the experiment. `success` and `learned_over`, of the statistics, are set if
    training stops when the run has learned. Then come keys of the task again, and the options of
    the model, with defaults that are all that earlier versions had. An `output` without anything
    stands for what `options.said` returns.
    """

    __pydantic_config__ = ConfigDict(strict=False)  # a mapping is read; its values are strict

    length: Count
    alphabet: Alphabet
    n_in: Count
    n_out: Count
    encoding: Literal["one_hot", "linear"]
    framing: Literal["drop", "mask"]
    model: StrictStr
    cells: Count
    epochs: Count
    batch_size: Count
    stateful: StrictBool
    masking: StrictBool
    optimizer: AnyOptimizer = ADAM
    learning_rate: LearningRate = 0.001
    until: Literal["epochs", "learned"] = "epochs"
    success: Fraction | None = None
    learned_over: Count | None = None
    echo: Echo = "oldest"
    overlap: StrictBool = True
    targets: StrictStr | None = None
    frame: StrictStr | None = None
    windows: Count | None = None
    symbols: tuple[StrictStr, ...] = ()
    filler: StrictFloat = FILLER
    read: Read = ("value",)
    layer: AnyLayer = LSTM
    encoder: AnyLayer = LSTM
    decoder: AnyLayer = LSTM
    attention: Attention = "none"
    feed: Feed = ("encoding",)
    output: Output = ()
    start: Start = "zero"

    @property
    def task(self) -> Task:
        """What is echoed."""
        return Task.of(self)

    @property
    def updates(self) -> int:
        """Weight updates in an epoch, one for each batch."""
        return self.task.windows // self.batch_size

    @property
    def own_task(self) -> str | None:
        """The user's own function that says what is asked, `module:function`."""
        return self.targets or self.frame

    def own_code(self) -> list[str]:
        """The user's own functions that it depends on: its model and its task."""
        return [path for path in (self.model, self.own_task) if path and ":" in path]

    @property
    def options(self) -> dict[str, Any]:
        """The options of its model, as `OPTIONS` has their defaults."""
        return {key: getattr(self, key) for key in OPTIONS}

    def facts(self) -> dict[str, Any]:
        """The plan as stored in run.json, with what is not the default of keys that came later.

        So a run of an earlier version, which did not have them, has the same facts.
        """
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        values = {k: v for k, v in values.items() if k not in LATER or v != LATER[k]}
        echo = self.echo if isinstance(self.echo, str) else plain(self.echo)
        named = {k: v.facts() for k, v in values.items() if isinstance(v, Named | Layer)}
        lists = {k: [*v] for k, v in values.items() if isinstance(v, tuple)}
        return values | lists | named | {"echo": echo, "symbols": [*self.symbols]}

    @property
    def text(self) -> str:
        """The plan as canonical JSON."""
        return canonical_json(self.facts())

    @classmethod
    def from_facts(cls, facts: Mapping[str, Any]) -> "Plan":
        """The plan that `facts` returned as a mapping; keys with defaults may be missing.

        Raises:
            EchoseqError: if a key is missing or unknown, or has a value of another type.
        """
        if not isinstance(facts, Mapping):
            raise EchoseqError(f"plan: expected keys and values, got {show(facts)}")
        for key in sorted(facts.keys() - {field.name for field in fields(cls)}):
            raise EchoseqError(f"plan.{key}: unknown key")
        try:
            return _model().validate_python(facts)
        except ValidationError as error:
            raise EchoseqError(mistake(error, ["plan"])) from error


@cache
def _model() -> TypeAdapter[Plan]:
    return TypeAdapter(Plan)


def difference(a: Plan, b: Plan) -> tuple[str, Any, Any] | None:
    """The first key in which two plans differ, and both values; None if they are equal."""
    for key in sorted(field.name for field in fields(Plan)):
        ours, theirs = getattr(a, key), getattr(b, key)
        if ours != theirs:
            return key, ours, theirs
    return None
