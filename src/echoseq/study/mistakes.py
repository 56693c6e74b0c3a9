"""Mistakes in a configuration, each in one line: the key's path, and what was expected."""

import json
import re
from collections.abc import Iterator
from typing import Any, get_args, get_origin

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from echoseq.study.parts import Part
from echoseq.study.schema import Study, one_of

# Messages by pydantic error type; for other types pydantic's own message is used.
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


def explain(error: ValidationError) -> str:
    """The first mistake in one line, and the number of further ones."""
    lines = [_shorten(_explain_one(details), 400) for details in _distinct(error)]
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
        return f"{path}: unknown key, expected {one_of(_known_keys(keys[:-1]))}"
    if details["type"] == "string_pattern_mismatch":
        if path == "version":
            allowed = "letters, digits, '_', '.' and '-'"
            ends = "begins with a letter or digit and does not end with '.'"
        else:
            allowed, ends = "letters, digits, '_' and '-'", "begins with a letter"
        return f"{path}: expected a name of {allowed} that {ends}, got {got}"
    template = EXPECTED.get(details["type"])
    return f"{path}: " + (
        template.format(got=got, **context) if template else f"{details['msg']}, got {got}"
    )


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


def _show(value: Any) -> str:
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "nothing"}[value]
    if isinstance(value, str):
        return f"text '{_shorten(value, 60)}'"
    if isinstance(value, dict):
        return "keys and values"
    if isinstance(value, list):
        try:
            value = json.dumps(value, default=str)
        except (ValueError, RecursionError):  # a YAML alias can put a list into itself
            return "a list that contains itself"
    return _shorten(str(value), 60)


def _shorten(text: str, limit: int) -> str:
    """One line of at most `limit` characters."""
    line = re.sub(r"\s+", " ", text)
    return line if len(line) <= limit else line[: limit - 3] + "..."
