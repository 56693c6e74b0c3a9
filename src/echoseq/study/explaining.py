"""What pydantic finds wrong with a configuration, as mistakes: keys, and what was expected."""

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, get_args, get_origin

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from echoseq import checked
from echoseq.checked import shorten, show
from echoseq.names import nearest, unknown_key
from echoseq.study.mistakes import Mistake
from echoseq.study.optimizers import OPTIONS
from echoseq.study.parts import Experiment, Part
from echoseq.study.schema import Study
from echoseq.study.tasks import Task

# Messages by pydantic error type, those of numbers with a hint how to write one.
EXPECTED = checked.EXPECTED | {
    "int_type": "expected a whole number, got {got}{hint}",
    "float_type": "expected a number, got {got}{hint}",
}
SEEDS = f"expected a count from 1, or a list of whole numbers from 0 to {checked.SEEDS - 1}"
UNKNOWN = "extra_forbidden"
MOST_DIGITS = 12  # of a number that is written without an exponent
NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?", flags=re.ASCII | re.IGNORECASE)

Location = Sequence[int | str]


class Place:
    """Where in a configuration a mistake is.

    keys: the path to it, without what pydantic adds: which branch of several it tried.
    part: the innermost part of the configuration that the path leads through.
    seeds: whether it is in a list of seeds or a number of them.
    """

    def __init__(self, location: Location) -> None:
        """Follow a path through the parts of the configuration."""
        keys = [str(key) for key in location if key != "[key]"]
        self.part: type[Part] = Study
        self.seeds = False
        depth = 0
        while depth < len(keys) and keys[depth] in self.part.model_fields:
            annotation = self.part.model_fields[keys[depth]].annotation
            depth += 1
            if {int, list} <= set(_types(annotation)):
                self.seeds = True
                keys = keys[:depth]
            inner = next((t for t in _types(annotation) if issubclass(t, Part)), None)
            if inner is None:
                break
            self.part = inner
            depth += dict in _types(annotation)  # the name of a task, an experiment or a question
            if list in _types(annotation) and depth < len(keys):  # the place of a claim, from 1
                keys[depth] = str(int(keys[depth]) + 1)
                depth += 1
        self.keys = keys

    @property
    def path(self) -> str:
        """The keys joined by dots."""
        return ".".join(self.keys) or "configuration"


def _types(annotation: Any) -> Iterator[type]:
    """The types in an annotation, at any depth."""
    origin = get_origin(annotation)
    if isinstance(origin or annotation, type):
        yield origin or annotation
    for inner in get_args(annotation):
        yield from _types(inner)


def explain(error: ValidationError, given: Mapping[str, Any]) -> list[Mistake]:
    """The mistakes in a configuration, unknown keys first.

    A key that is missing where one much like it is unknown is no mistake of its own.
    """
    found = error.errors()
    slips = [details["loc"] for details in found if details["type"] == UNKNOWN]
    renamed = {(*location[:-1], meant(location, given)) for location in slips}
    kept = [d for d in found if d["type"] != "missing" or d["loc"] not in renamed]
    kept.sort(key=lambda details: details["type"] != UNKNOWN)
    told: dict[str, Mistake] = {}
    for details in kept:
        mistake = _explain(details, given)
        # A value is one mistake, though pydantic reports each kind of value that it might be.
        told.setdefault(mistake.path, mistake)
    return list(told.values())


def meant(location: Location, given: Mapping[str, Any]) -> str | None:
    """The key that an unknown one stands for: the nearest known one that is not given as well."""
    known, given_too = Place(location).part.model_fields, siblings(location, given)
    return next(iter(nearest(location[-1], [key for key in known if key not in given_too])), None)


def siblings(location: Location, given: Mapping[str, Any]) -> Any:
    """The keys and values among which a key is given."""
    part: Any = given
    for key in location[:-1]:
        part = part[key]
    return part


def _explain(details: ErrorDetails, given: Mapping[str, Any]) -> Mistake:
    place, kind, got = Place(details["loc"]), details["type"], show(details["input"])
    context = details.get("ctx", {})
    if kind == UNKNOWN:
        return Mistake(place.path, _unknown(place, siblings(details["loc"], given)))
    if kind == "study":
        keys = [*place.keys, *filter(None, [context["key"]])]
        hint = _as_number(context.get("value"), whole=False)
        return Mistake(".".join(keys), context["reason"] + hint)
    if place.seeds:
        hint = _as_number(details["input"], whole=True)
        return Mistake(place.path, f"{SEEDS}, got {'none' if kind == 'missing' else got}{hint}")
    if kind not in EXPECTED:
        return Mistake(place.path, f"{details['msg']}, got {got}")
    hint = _as_number(details["input"], whole=kind == "int_type")
    template = _of_the_key(place, details) or EXPECTED[kind]
    return Mistake(place.path, template.format(got=got, hint=hint, **context))


def _of_the_key(place: Place, details: ErrorDetails) -> str | None:
    """The message of a key for which there is more to say than for others."""
    if details["type"] == "string_pattern_mismatch":
        return f"expected {_allowed(place)}, got {{got}}"
    if details["type"] == "missing" and place.part is Task and place.keys[-1] == "n_out":
        return f"expected a number, {_answered(details['input'])}, got none"
    return None


def _unknown(place: Place, taken: Any) -> str:
    """A message about an unknown key, among others that are given as well."""
    key = place.keys[-1]
    if place.part is not Experiment or key not in OPTIONS:
        return unknown_key(key, place.part.model_fields, taken)
    optimizer = taken.get("optimizer", "adam")
    given = optimizer if isinstance(optimizer, Mapping) else {"name": optimizer}
    options = {**given, key: taken[key]}.items()
    written = ", ".join(f"{name}: {shorten(str(value), 60)}" for name, value in options)
    return f"unknown key; it is an option of `optimizer`: {{{written}}}"


def _answered(task: Any) -> str:
    """What `n_out` is the number of, in a task that lacks it."""
    own = isinstance(task, Mapping) and ("targets" in task or "frame" in task)
    return "how many integers an answer has" if own else "how many of the window are asked for"


def _allowed(place: Place) -> str:
    """What a name consists of: that of the version, of a function, or of anything else."""
    if place.path == "version":
        signs = "letters, digits, '_', '.' and '-'"
        return f"a name of {signs} that begins with a letter or digit and does not end with '.'"
    if place.part is Task and place.keys[-1] in ("targets", "frame"):
        return "a function, as in my_tasks:sorted"
    if ".symbols." in place.path:  # which a function gets by name
        return "a name of letters, digits and '_' that does not begin with a digit"
    return "a name of letters, digits, '_' and '-' that begins with a letter"


def _as_number(value: Any, *, whole: bool) -> str:
    """How to write a number that YAML takes for text, such as 1e-3, or that is in quotes."""
    if not isinstance(value, str) or not NUMBER.fullmatch(value):
        return ""
    number = Decimal(value)
    if abs(number.adjusted()) > MOST_DIGITS or (whole and number % 1):
        return ""
    plain = str(int(number)) if number % 1 == 0 else f"{number:f}"
    digits, _, exponent = value.lower().partition("e")
    if not exponent:
        return f"; write {plain} without quotes"
    sign = "" if exponent[0] in "+-" else "+"
    written = f"{digits}{'' if '.' in digits else '.0'}e{sign}{exponent}"
    return f"; write {plain}" + ("" if whole else f" or {written}")
