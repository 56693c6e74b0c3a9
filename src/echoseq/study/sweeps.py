"""Sweeps: grids of experiments, written in a few lines.

A sweep is replaced by its experiments before anything else reads the configuration, so nothing
else knows of sweeps.
"""

import re
from collections.abc import Iterator, Mapping
from itertools import product
from typing import Annotated, Any, NamedTuple

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from echoseq.errors import EchoseqError
from echoseq.names import did_you_mean, one_of, unknown_key
from echoseq.study.mistakes import Mistake
from echoseq.study.optimizers import Optimizer, Schedule
from echoseq.study.options import LSTM, OPTIONS, Layer
from echoseq.study.parts import Experiment, Label, Part

SIZE = "cells"  # its values are the sizes of a group; the other axes make the groups
SET_BY_SWEEPS = {"sweep", "group"}
NAMING = (Optimizer.KEY, Schedule.KEY, Layer.KEY)  # keys of values that are a name with options
KEYS = [key for key in Experiment.model_fields if key not in SET_BY_SWEEPS]
VARIED = [key for key in KEYS if key not in ("question", "compare_to", "seeds", "reference")]
SWEEP_KEYS = ["grid", *KEYS]
LONGEST_NAME = 60
LONGEST_LABEL = 100  # figures show it in a few lines
LABEL = TypeAdapter(Annotated[Label, Field(max_length=LONGEST_LABEL)])


class Sweep(Part):
    """A grid of experiments: each combination of the values of its axes is one.

    The keys of an experiment apply to all of them.
    """

    model_config = ConfigDict(extra="allow", frozen=True)

    grid: dict[str, list[Any] | dict[str, dict[str, Any]]] = Field(
        description="The axes: values of a key of experiments, or names for several keys at once."
    )
    compare_to: dict[str, Any] | str | None = Field(
        None,
        description="What each is compared with: `{axis: value}`, the experiment that differs in "
        "this axis alone; or the name of an experiment.",
    )


class Point(NamedTuple):
    """A value of an axis: how it is named, and the keys that it sets."""

    axis: str
    value: Any
    label: str
    settings: dict[str, Any]


class Expanded(NamedTuple):
    """A configuration with its sweeps replaced by their experiments.

    configuration: in which every sweep is null.
    origins: the sweep of each experiment that comes from one.
    mistakes: in sweeps, whose experiments are left out.
    """

    configuration: dict[str, Any]
    origins: dict[str, str]
    mistakes: list[Mistake]


def expand(configuration: Mapping[str, Any]) -> Expanded:
    """Replace the sweeps of a configuration by their experiments."""
    sweeps, experiments = configuration.get("sweeps", {}), configuration.get("experiments", {})
    if sweeps is None:
        return Expanded({**configuration, "sweeps": {}}, {}, [])
    if not sweeps or not isinstance(sweeps, Mapping) or not isinstance(experiments, Mapping):
        return Expanded(dict(configuration), {}, [])
    origins: dict[str, str] = {}
    added: dict[str, Any] = {}
    mistakes: list[Mistake] = []
    for name, sweep in sweeps.items():
        if sweep is None:  # a configuration that overrides another can leave it out
            continue
        unknown_keys = list(_unknown_keys(f"sweeps.{name}", sweep))
        mistakes += unknown_keys
        try:
            found = {} if unknown_keys else _added(str(name), sweep, experiments, origins)
        except EchoseqError as error:
            mistakes.append(Mistake(*str(error).split(": ", 1)))
        else:
            added |= found
            origins |= dict.fromkeys(found, str(name))
    replaced = {"experiments": {**experiments, **added}, "sweeps": dict.fromkeys(sweeps)}
    return Expanded({**configuration, **replaced}, origins, mistakes)


def _added(
    name: str, sweep: Any, experiments: Mapping[str, Any], origins: Mapping[str, str]
) -> dict[str, Any]:
    """The experiments of a sweep by name, without those that are null.

    Raises:
        EchoseqError: one line that names the sweep and the key.
    """
    added: dict[str, Any] = {}
    for experiment, facts in _experiments(name, sweep):
        if experiment in experiments and experiments[experiment] is None:
            continue
        if experiment in experiments or experiment in origins or experiment in added:
            owner = name if experiment in added else origins.get(experiment)
            raise EchoseqError(_collision(name, experiment, owner))
        added[experiment] = facts
    return added


def _unknown_keys(path: str, sweep: Any) -> Iterator[Mistake]:
    """The unknown keys of a sweep, of its grid and of the names in it."""
    if not isinstance(sweep, Mapping):
        return
    for key in sweep:
        if key not in SWEEP_KEYS:
            yield Mistake(f"{path}.{key}", unknown_key(key, SWEEP_KEYS, sweep))
    axes = sweep.get("grid")
    grid = axes if isinstance(axes, Mapping) else {}
    for axis, given in grid.items():
        if isinstance(given, list) and axis not in VARIED:
            reason = unknown_key(axis, VARIED, grid)
            names = "" if reason.endswith("?") else "; or names, each with its own keys and values"
            yield Mistake(f"{path}.grid.{axis}", reason + names)
        for name, settings in given.items() if isinstance(given, Mapping) else ():
            for key in settings if isinstance(settings, Mapping) else ():
                if key not in VARIED:
                    reason = unknown_key(key, VARIED, settings)
                    yield Mistake(f"{path}.grid.{axis}.{name}.{key}", reason)


def _collision(sweep: str, experiment: str, owner: str | None) -> str:
    if owner == sweep:
        return (
            f"sweeps.{sweep}: two of its experiments would be named '{experiment}', expected "
            "values that differ in letters and digits"
        )
    other = f"one of sweeps.{owner}" if owner else "one under experiments"
    return (
        f"sweeps.{sweep}: its experiment '{experiment}' has the name of {other}, expected another "
        "name for the sweep (under experiments, null leaves it out)"
    )


def _experiments(name: str, sweep: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """The experiments of a sweep by name."""
    path = f"sweeps.{name}"
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", name):
        raise EchoseqError(
            f"{path}: expected a name of letters, digits, '_' and '-' that begins with a letter"
        )
    _require_mapping(path, sweep, "keys and values")
    fixed = {key: value for key, value in sweep.items() if key not in ("grid", "compare_to")}
    axes = _axes(path, sweep.get("grid"), fixed)
    base = _base(path, sweep.get("compare_to"), axes)
    for points in product(*axes.values()):
        facts = dict(fixed)
        for point in points:
            facts |= point.settings
        groups = [point.label for point in points if point.axis != SIZE]
        facts |= {"sweep": name, "group": ", ".join(groups) or name}
        if isinstance(base, str):
            facts["compare_to"] = base
        elif base is not None and base not in points:
            twin = [base if point.axis == base.axis else point for point in points]
            facts["compare_to"] = _name(path, name, twin)
        yield _name(path, name, points), facts


def _axes(path: str, grid: Any, fixed: Mapping[str, Any]) -> dict[str, list[Point]]:
    """The points of each axis, sizes last.

    The others are in alphabetical order: Snakemake puts the keys of a later file first.
    """
    _require_mapping(f"{path}.grid", grid, "keys of experiments with lists of values to try")
    ordered = sorted(map(str, grid), key=lambda axis: (axis == SIZE, axis))
    axes = {axis: _points(f"{path}.grid.{axis}", axis, grid[axis]) for axis in ordered}
    if not axes:
        raise EchoseqError(f"{path}.grid: expected at least one key with values to try, got none")
    owner = dict.fromkeys(fixed, path)
    for axis, points in axes.items():
        for key in sorted({key for point in points for key in point.settings}):
            if key in owner:
                raise EchoseqError(
                    f"{path}.grid.{axis}: sets {key}, which {owner[key]} sets too; expected one "
                    "of the two"
                )
            owner[key] = f"{path}.grid.{axis}"
    return axes


def _points(path: str, axis: str, given: Any) -> list[Point]:
    if isinstance(given, list):
        points = [Point(axis, value, _label(axis, value), {axis: value}) for value in given]
    elif isinstance(given, Mapping):
        for name in given:
            _require_label(path, str(name))
        points = [
            _named_point(f"{path}.{name}", axis, str(name), settings)
            for name, settings in given.items()
            if settings is not None
        ]
    else:
        raise EchoseqError(f"{path}: expected a list of values, or names with keys and values")
    if not points:
        raise EchoseqError(f"{path}: expected at least one value, got none")
    labels = [point.label for point in points]
    for label in labels:
        if labels.count(label) > 1:
            raise EchoseqError(f"{path}: expected each value once, got {label} twice")
    return points


def _require_label(path: str, name: str) -> None:
    try:
        LABEL.validate_python(name)
    except ValidationError as error:
        raise EchoseqError(
            f"{path}: expected names of one line and at most {LONGEST_LABEL} characters, without "
            f"control characters, got {_shown(ascii(name))}"
        ) from error


def _named_point(path: str, axis: str, name: str, settings: Any) -> Point:
    _require_mapping(path, settings, "keys of experiments and their values")
    return Point(axis, name, name, dict(settings))


def _base(path: str, given: Any, axes: Mapping[str, list[Point]]) -> Point | str | None:
    """The point that the others on its axis are compared with, or the name of an experiment."""
    if given is None or isinstance(given, str):
        return given
    if not isinstance(given, Mapping) or len(given) != 1:
        raise EchoseqError(
            f"{path}.compare_to: expected one axis and its value, or the name of an experiment"
        )
    ((axis, value),) = given.items()
    if axis not in axes:
        raise EchoseqError(f"{path}.compare_to.{axis}: {unknown_key(axis, axes)}")
    for point in axes[axis]:
        if _same(point.value, value):
            return point
    values = [_shown(point.value) for point in axes[axis]]
    raise EchoseqError(
        f"{path}.compare_to.{axis}: expected {one_of(values, value)}, got {_shown(value)}"
        f"{did_you_mean(_shown(value), values)}"
    )


def _same(value: Any, other: Any) -> bool:
    """Whether two values are written alike; those with keys may be longer than what is shown."""
    return value == other if isinstance(value, Mapping) else _shown(value) == _shown(other)


def _label(axis: str, value: Any) -> str:
    """A value as it is shown: text as it is, numbers and options with the name of their key."""
    key = axis.replace("_", " ")
    if axis in OPTIONS:
        return f"{key} {_option(value)}"
    if isinstance(value, bool):
        return key if value else f"not {key}"
    if isinstance(value, Mapping):  # a name with options: an optimizer, a schedule
        return _named(value)
    return value if isinstance(value, str) else f"{key} {value}"


def _option(value: Any) -> str:
    """The value of an option of a model as it is shown."""
    if isinstance(value, Mapping):  # a cell, which is an LSTM unless it is given
        return _named({Layer.KEY: LSTM.cell} | dict(value))
    return " + ".join(map(str, value)) if isinstance(value, list) else _shown(value)


def _named(value: Mapping[str, Any]) -> str:
    """A name, then its options."""
    name, *options = sorted(value.items(), key=lambda item: (item[0] not in NAMING, item[0]))
    return " ".join([f"{name[1]}", *(f"{k} {_shown(v)}" for k, v in options)])


def _name(path: str, sweep: str, points: Any) -> str:
    """The name of an experiment: the sweep's, and the values' with '_' for what names forbid."""
    parts = [_part(point) for point in points]
    name = "_".join([sweep, *(re.sub(r"[^A-Za-z0-9-]+", "_", part) for part in parts)])
    if len(name) > LONGEST_NAME:
        raise EchoseqError(
            f"{path}: its experiment '{name}' has a name of more than {LONGEST_NAME} characters, "
            "expected a shorter name for the sweep or its values"
        )
    return name


def _part(point: Point) -> str:
    """A value in the name of an experiment, in which the axis is not named."""
    if point.axis in OPTIONS and point.settings == {point.axis: point.value}:
        return point.label.removeprefix(f"{point.axis} ")
    return str(point.value) if point.label.endswith(f" {point.value}") else point.label


def _require_mapping(path: str, value: Any, expected: str) -> None:
    if not isinstance(value, Mapping):
        shown = "nothing" if value is None else _shown(value)
        raise EchoseqError(f"{path}: expected {expected}, got {shown}")


def _shown(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)[:60]
