"""Mistakes in a configuration, each in one line: the key's path, and what was expected."""

from collections.abc import Iterator
from typing import Any, get_args, get_origin

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from echoseq.checked import expectation, shorten, show
from echoseq.study.parts import Part
from echoseq.study.schema import Study, one_of


def explain(error: ValidationError) -> str:
    """The first mistake in one line, and the number of further ones."""
    lines = [shorten(_explain_one(details), 400) for details in _distinct(error)]
    more = f" (and {len(lines) - 1} more)" if len(lines) > 1 else ""
    return lines[0] + more


def _distinct(error: ValidationError) -> Iterator[ErrorDetails]:
    """The errors; those of the two branches of `seeds` (a count, a list) are reported as one."""
    seen = set()
    for details in error.errors():
        path = _seeds_path(details)
        if path is not None and path in seen:
            continue
        seen.add(path)
        yield details


def _seeds_path(details: ErrorDetails) -> str | None:
    """The path of `seeds`, the study's or an experiment's, if the error is there or below."""
    match details["loc"]:
        case ("seeds", *_):
            return "seeds"
        case ("experiments", name, "seeds", *_):
            return f"experiments.{name}.seeds"
    return None


def _explain_one(details: ErrorDetails) -> str:
    context = details.get("ctx", {})
    keys = [str(key) for key in details["loc"] if key != "[key]"]
    got = show(details["input"])
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
        return f"{path}: unknown key, expected {one_of(_known_keys(keys[:-1]))}"
    if details["type"] == "string_pattern_mismatch":
        if path == "version":
            allowed = "letters, digits, '_', '.' and '-'"
            ends = "begins with a letter or digit and does not end with '.'"
        else:
            allowed, ends = "letters, digits, '_' and '-'", "begins with a letter"
        return f"{path}: expected a name of {allowed} that {ends}, got {got}"
    return f"{path}: {expectation(details)}"


def _known_keys(path: list[str]) -> list[str]:
    """The keys allowed at a path of the configuration."""
    part: type[Part] = Study
    rest = iter(path)
    for key in rest:
        annotation = part.model_fields[key].annotation
        part = _part_of(annotation) or part
        if get_origin(annotation) is dict:
            next(rest, None)  # the name of a task, an experiment or a question
    return list(part.model_fields)


def _part_of(annotation: Any) -> type[Part] | None:
    if isinstance(annotation, type) and issubclass(annotation, Part):
        return annotation
    return next(filter(None, map(_part_of, get_args(annotation))), None)
