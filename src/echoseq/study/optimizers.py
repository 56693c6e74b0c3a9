"""Optimizers and schedules of the learning rate, as a configuration names and a plan holds them.

Names are Keras's, in one form. Which options they have, and what these may be, is found by building
them (`evaluation.optimizers`), since only Keras knows.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, NamedTuple, Self

from pydantic import Field, GetCoreSchemaHandler, GetPydanticSchema, WithJsonSchema
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from echoseq.checked import show
from echoseq.names import unknown

Option = bool | float | tuple[float, ...]

# Options that are whole numbers; all others are floats, or they would be tensors of integers.
WHOLE = {"boundaries", "decay_steps", "first_decay_steps", "ns_steps", "warmup_steps"}
LARGEST = 1e30  # far below the largest float32, far above what anybody wants


class Kept(NamedTuple):
    """How many numbers an optimizer keeps for each weight: always, and for each of some options."""

    always: int
    more: tuple[str, ...] = ()


OPTIMIZERS = {
    "Adadelta": Kept(2),
    "Adafactor": Kept(1),
    "Adagrad": Kept(1),
    "Adam": Kept(2, ("amsgrad",)),
    "AdamW": Kept(2, ("amsgrad",)),
    "Adamax": Kept(2),
    "Ftrl": Kept(2),
    "Lamb": Kept(2),
    "Lion": Kept(1),
    "Muon": Kept(1),
    "Nadam": Kept(2),
    "RMSprop": Kept(1, ("centered", "momentum")),
    "SGD": Kept(0, ("momentum",)),
    "ScheduleFreeAdamW": Kept(2),
}
# Options that one of them has, by which they are known where they are given in the wrong place.
OPTIONS = (
    *("clipnorm", "clipvalue", "global_clipnorm", "weight_decay"),
    *("momentum", "nesterov", "beta_1", "beta_2", "epsilon", "amsgrad", "rho", "centered"),
    "initial_accumulator_value",
)
SCHEDULES = (
    *("CosineDecay", "CosineDecayRestarts", "ExponentialDecay", "InverseTimeDecay"),
    *("PiecewiseConstantDecay", "PolynomialDecay"),
)


@dataclass(frozen=True, slots=True)
class Named:
    """A name of Keras's and the options that are given, sorted, with values in one form.

    KEY: of the name, among the options in a configuration.
    KNOWN: the names that there are.
    """

    KEY: ClassVar[str]
    KNOWN: ClassVar[tuple[str, ...]]
    EXPECTED: ClassVar[str]

    name: str
    options: tuple[tuple[str, Option], ...] = ()

    @classmethod
    def read(cls, value: Any) -> Self:
        """What a configuration or the record of a run says; an option that is null is left out.

        Raises:
            PydanticCustomError: of the type `study`, with the key below and what was expected.
        """
        if isinstance(value, cls):
            return value
        if not isinstance(value, Mapping):
            raise _wrong("", f"{cls.EXPECTED}, got {show(value)}", value)
        if cls.KEY not in value:
            raise _wrong(cls.KEY, "expected a value, got none")
        options = {
            key: _option(key, option)
            for key, option in value.items()
            if key != cls.KEY and option is not None
        }
        return cls(cls._named(value[cls.KEY], cls.KEY), tuple(sorted(options.items())))

    @classmethod
    def _named(cls, name: Any, key: str) -> str:
        """The name in Keras's form; it may be given in snake case, and in any capitals."""
        if not isinstance(name, str):
            raise _wrong(key, f"expected a name, got {show(name)}")
        found = {_plain(known): known for known in cls.KNOWN}.get(_plain(name))
        if found is None:
            raise _wrong(key, unknown(name, cls.KNOWN))
        return found

    @property
    def given(self) -> dict[str, Option]:
        """The options by name."""
        return dict(self.options)

    def facts(self) -> str | dict[str, Any]:
        """As in a configuration, and in run.json."""
        values = ((k, list(v) if isinstance(v, tuple) else v) for k, v in self.options)
        return {self.KEY: self.name, **dict(values)}

    def __str__(self) -> str:
        """As tables and messages show it: `SGD (momentum 0.9, nesterov true)`."""
        options = ", ".join(f"{key} {json.dumps(value)}" for key, value in self.options)
        return f"{self.name} ({options})" if options else self.name

    @classmethod
    def __get_pydantic_core_schema__(cls, _: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Read by `read`, written by `facts`."""
        return core_schema.no_info_plain_validator_function(cls.read, serialization=_AS_FACTS)


class Optimizer(Named):
    """An optimizer: its name, or a mapping with `name` and options."""

    KEY = "name"
    KNOWN = tuple(OPTIMIZERS)
    EXPECTED = "expected a name, or a name with options"
    __slots__ = ()

    @classmethod
    def read(cls, value: Any) -> Self:
        """As `Named.read`; a text is a name without options."""
        if isinstance(value, str) and "(" in value:
            reason = f"{cls.EXPECTED}, as in {_as_mapping(value)}, got {show(value)}"
            raise _wrong("", reason)
        return cls(cls._named(value, "")) if isinstance(value, str) else super().read(value)

    def facts(self) -> str | dict[str, Any]:
        """The name alone if there are no options."""
        return super().facts() if self.options else self.name

    @property
    def kept(self) -> int:
        """How many numbers it keeps for each weight, at least."""
        kept = OPTIMIZERS[self.name]
        return kept.always + sum(bool(self.given.get(option)) for option in kept.more)


class Schedule(Named):
    """A schedule of the learning rate: a mapping with `schedule`, its name, and options."""

    KEY = "schedule"
    KNOWN = SCHEDULES
    EXPECTED = "expected a number, or a schedule with options"
    __slots__ = ()

    @property
    def first(self) -> float | None:
        """The learning rate that it begins with."""
        values = self.given.get("values")
        first = values[0] if isinstance(values, tuple) and values else None
        rate = self.given.get("initial_learning_rate", first)
        return rate if isinstance(rate, float) else None


def _written(value: Named | float) -> Any:
    return value.facts() if isinstance(value, Named) else value


_AS_FACTS = core_schema.plain_serializer_function_ser_schema(_written)
ADAM = Optimizer("Adam")
Rate = Annotated[float, Field(strict=True, gt=0, le=10)]


def _rate(value: Any, as_number: core_schema.ValidatorFunctionWrapHandler) -> float | Schedule:
    schedule = isinstance(value, Schedule | Mapping)
    return Schedule.read(value) if schedule else as_number(value)


def _rate_schema(_: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
    return core_schema.no_info_wrap_validator_function(
        _rate, handler(Rate), serialization=_AS_FACTS
    )


def _options(key: str, names: tuple[str, ...]) -> dict[str, Any]:
    """The JSON schema of a name and its options."""
    number = {"type": ["number", "boolean", "null", "array"], "items": {"type": "number"}}
    return {
        "type": "object",
        "properties": {key: {"type": "string", "examples": list(names)}},
        "required": [key],
        "additionalProperties": number,
    }


AnyOptimizer = Annotated[
    Optimizer,
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "examples": list(Optimizer.KNOWN)},
                _options(Optimizer.KEY, Optimizer.KNOWN),
            ]
        }
    ),
]
LearningRate = Annotated[
    float | Schedule,
    GetPydanticSchema(_rate_schema),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "number", "exclusiveMinimum": 0, "maximum": 10},
                _options(Schedule.KEY, SCHEDULES),
            ]
        }
    ),
]


def _option(key: str, value: Any) -> Option:
    if isinstance(value, bool):
        return value
    if isinstance(value, list | tuple):
        if not value:
            raise _wrong(key, "expected at least one number, got none")
        return tuple(_number(key, item) for item in value)
    return _number(key, value)


def _number(key: str, value: Any) -> float:
    """A number in one form: whole where it must be, otherwise a float, and never -0."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _wrong(key, f"expected a number, or true or false, got {show(value)}", value)
    if not abs(value) <= LARGEST:
        raise _wrong(key, f"expected a number of at most {LARGEST:g}, got {show(value)}")
    if key in WHOLE and value % 1:
        raise _wrong(key, f"expected a whole number, got {show(value)}")
    return int(value) if key in WHOLE else float(value) + 0.0


def _as_mapping(call: str) -> str:
    """How a configuration writes what Python writes as a call: `{name: SGD, momentum: 0.9}`."""
    name, _, arguments = call.partition("(")
    given = re.findall(r"(\w+)\s*=\s*([^\s,()]+)", arguments) or [("momentum", "0.9")]
    values = {"True": "true", "False": "false"}
    options = ", ".join(f"{key}: {values.get(value, value)}" for key, value in given)
    return f"{{name: {name.rpartition('.')[2].strip()}, {options}}}"


def _plain(name: str) -> str:
    return name.casefold().replace("_", "")


def _wrong(key: str, reason: str, value: Any = None) -> PydanticCustomError:
    """An error about a key of the value being read, or, without one, about the value."""
    return PydanticCustomError("study", "{reason}", {"key": key, "reason": reason, "value": value})
