"""Options of models, as a configuration gives them and a plan holds them.

Which model has which of them is declared in the files of the architectures; how they must fit
together is in `fitting`.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BeforeValidator, GetCoreSchemaHandler, WithJsonSchema
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from echoseq.checked import show
from echoseq.names import unknown, unknown_key

LSTM_CELL, GRU_CELL, SIMPLE_CELL = CELLS = ("lstm", "gru", "simple_rnn")
INITIALIZERS = ("orthogonal", "glorot_uniform")
MOST = 100.0  # of a gain or a bias, far more than anybody wants


@dataclass(frozen=True, slots=True)
class Layer:
    """A recurrent layer: its cell, and the initial weights of it.

    recurrent_gain: the factor of the initial recurrent kernel; 0 for one of zeros.
    forget_bias: of an LSTM, the initial bias of its forget gate.
    reset_after: of a GRU, whether its reset gate applies after the product with the recurrent
        kernel (Keras's default) or before it (Cho et al. 2014).
    """

    KEY: ClassVar[str] = "cell"  # of the name, among the options in a configuration

    cell: str = LSTM_CELL
    recurrent_initializer: str = "orthogonal"
    recurrent_gain: float = 1.0
    forget_bias: float = 1.0
    reset_after: bool = True

    @classmethod
    def read(cls, value: Any) -> Self:
        """What a configuration or a run's record says: a cell, or a mapping of the fields.

        An option that is null is left out.

        Raises:
            PydanticCustomError: of the type `study`, with the key below and what was expected.
        """
        if isinstance(value, cls):
            return value
        if isinstance(value, str):
            return cls(_one_of("", value, CELLS))
        if not isinstance(value, Mapping):
            raise _wrong("", f"expected a cell, or keys and values, got {show(value)}")
        for key in value:
            if key not in _READ:
                raise _wrong(str(key), unknown_key(key, _READ, value))
        given = {key: _READ[key](key, v) for key, v in value.items() if v is not None}
        _require_used(given)
        return cls(**given)

    @property
    def changed(self) -> dict[str, Any]:
        """The fields besides the cell that are not as in Keras, by name."""
        values = {key: getattr(self, key) for key in _READ if key != self.KEY}
        return {key: value for key, value in values.items() if value != getattr(LSTM, key)}

    def facts(self) -> str | dict[str, Any]:
        """As in a configuration, and in run.json: the cell, and what is not as in Keras."""
        return {"cell": self.cell, **self.changed} if self.changed else self.cell

    def __str__(self) -> str:
        """As tables and messages show it: `gru (recurrent_gain 0.5)`."""
        options = ", ".join(f"{key} {_text(value)}" for key, value in self.changed.items())
        return f"{self.cell} ({options})" if options else self.cell

    @classmethod
    def __get_pydantic_core_schema__(cls, _: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Read by `read`, written by `facts`."""
        written = core_schema.plain_serializer_function_ser_schema(cls.facts)
        return core_schema.no_info_plain_validator_function(cls.read, serialization=written)


LSTM, GRU, SIMPLE = (Layer(cell) for cell in CELLS)

# What the first layer may read at each step, a decoder before each value, and its output layer
# after it, in the order in which these are put together.
READ = ("value", "place")
FED = ("encoding", "step", "answer", "context")
SAID = ("state", "previous_state", "context", "answer")


def _listed(value: Any, known: tuple[str, ...]) -> tuple[str, ...]:
    """One or several of some names, in the order of those that are known."""
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list | tuple) or not names:
        raise _wrong("", f"expected one or several of {', '.join(known)}, got {show(value)}")
    for place, name in enumerate(names):
        if name not in known:
            raise _wrong("", unknown(name, known))
        if name in names[:place]:
            raise _wrong("", f"expected each once, got '{name}' again")
    return tuple(sorted(names, key=known.index))


def _some_of(known: tuple[str, ...]) -> Any:
    """The type of one or several of some names."""
    names: dict[str, Any] = {"enum": list(known)}
    many = {"type": "array", "items": names, "minItems": 1, "uniqueItems": True}
    return Annotated[
        tuple[str, ...],
        BeforeValidator(lambda value: _listed(value, known)),
        WithJsonSchema({"anyOf": [names, many]}),
    ]


AnyLayer = Annotated[
    Layer,
    WithJsonSchema(
        {
            "anyOf": [
                {"enum": list(CELLS)},
                {
                    "type": "object",
                    "additionalProperties": False,
                    "properties": {
                        "cell": {"enum": [*CELLS, None]},
                        "recurrent_initializer": {"enum": [*INITIALIZERS, None]},
                        "recurrent_gain": {"type": ["number", "null"], "minimum": 0},
                        "forget_bias": {"type": ["number", "null"]},
                        "reset_after": {"type": ["boolean", "null"]},
                    },
                },
            ]
        }
    ),
]
Attention = Literal["none", "dot", "additive"]
Start = Literal["zero", "encoder", "first", "last"]
Read, Feed, Output = _some_of(READ), _some_of(FED), _some_of(SAID)

# The options and their defaults, by which a model is what it was before it had any.
OPTIONS: dict[str, Any] = {
    "read": ("value",),
    "layer": LSTM,
    "encoder": LSTM,
    "decoder": LSTM,
    "attention": "none",
    "feed": ("encoding",),
    "output": (),
    "start": "zero",
}


# What each does, for documents.
MEANINGS = {
    "read": "`read` is what the first layer reads at each step: the `value`, and its `place` in "
    "the window, whether or not other values are missing",
    "layer": "`layer` is the cell of the recurrent layer",
    "encoder": "`encoder` is the cell of the layer that reads",
    "decoder": "`decoder` is the cell of the layer that writes",
    "attention": "`attention` tells how the outputs of the encoder are averaged for the decoder, "
    "by dot products with its state (`dot`) or by a layer of its own (`additive`)",
    "feed": "`feed` is what the decoder reads before each value: the last output of the encoder "
    "(`encoding`), the place of the value (`step`), its own previous `answer` as probabilities, "
    "and the `context`, which is what it attends to with the state before the step",
    "output": "`output` is what the output layer reads after each step: the `state` of the "
    "decoder, the `previous_state`, the `context`, and the previous `answer`",
    "start": "`start` is the state from which the decoder starts: `zero`, the last one of the "
    "`encoder`, or the hyperbolic tangent of a linear map of the encoder's `first` or `last` "
    "output",
}

# What options of a layer are, for readers of tables.
OF_LAYERS = {
    "recurrent_initializer": "`recurrent_initializer` draws the initial recurrent kernel",
    "recurrent_gain": "`recurrent_gain` is what the initial recurrent kernel is multiplied by",
    "forget_bias": "`forget_bias` is the initial bias of the forget gate",
    "reset_after": "`reset_after` tells whether the reset gate applies after the product with the "
    "recurrent kernel",
}


def said(output: tuple[str, ...], attention: str) -> tuple[str, ...]:
    """What the output layer reads: what is asked for, or else the state, and what is attended."""
    return output or (("state",) if attention == "none" else ("state", "context"))


def described(options: Mapping[str, Any]) -> str:
    """Options that are not the defaults, in one line: `decoder: gru, start: encoder`."""
    changed = (f"{k}: {text(options[k])}" for k, v in OPTIONS.items() if options[k] != v)
    return "; ".join(changed)


def text(value: Any) -> str:
    """The value of an option as tables show it."""
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def _one_of(key: str, value: Any, known: tuple[str, ...]) -> str:
    if not isinstance(value, str) or value not in known:
        raise _wrong(key, unknown(value, known))
    return value


def _number(key: str, value: Any, low: float) -> float:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not low <= value <= MOST:
        raise _wrong(key, f"expected a number from {low:g} to {MOST:g}, got {show(value)}")
    return float(value) + 0.0  # never -0


def _truth(key: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise _wrong(key, f"expected true or false, got {show(value)}")
    return value


_READ: dict[str, Callable[[str, Any], Any]] = {
    "cell": lambda key, value: _one_of(key, value, CELLS),
    "recurrent_initializer": lambda key, value: _one_of(key, value, INITIALIZERS),
    "recurrent_gain": lambda key, value: _number(key, value, 0.0),
    "forget_bias": lambda key, value: _number(key, value, -MOST),
    "reset_after": _truth,
}


def _require_used(given: Mapping[str, Any]) -> None:
    """Refuse what would have no effect."""
    cell = given.get("cell", LSTM_CELL)
    for key, having in (("forget_bias", LSTM_CELL), ("reset_after", GRU_CELL)):
        if key in given and cell != having:
            raise _wrong(key, f"expected none: only {having} has it, and the cell is {cell}")
    if given.get("recurrent_gain") == 0 and "recurrent_initializer" in given:
        raise _wrong("recurrent_initializer", "expected none: with recurrent_gain: 0 all is zero")


def _text(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else json.dumps(value).strip('"')


def _wrong(key: str, reason: str) -> PydanticCustomError:
    """An error about a key of the value being read, or, without one, about the value."""
    return PydanticCustomError("study", "{reason}", {"key": key, "reason": reason})
