"""Models of what is read, and what is wrong with a value, in one line with the key's path.

A model has strict types and bounds. It lets unknown keys pass, because later versions of the
program write more of them.
"""

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from echoseq.errors import DamagedError

DIGEST = r"^[0-9a-f]{64}$"
LINE = r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029]*$"
LABEL = r"^[^/\x00-\x1f\x7f-\x9f\u2028\u2029]+$"
SEED = r"^(0|[1-9][0-9]{0,9})$"

# The bounds only keep a mistake, or damage, from exhausting memory.
MOST_COUNT = 1_000_000
SEEDS = 2**32
Count = Annotated[int, Field(strict=True, ge=1, le=MOST_COUNT)]
Seed = Annotated[int, Field(strict=True, ge=0, lt=SEEDS)]
Size = Annotated[int, Field(strict=True, ge=0, lt=2**53)]
Alphabet = Annotated[int, Field(strict=True, ge=2, le=65536)]
Finite = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Share = Annotated[float, Field(strict=True, ge=0, le=1)]
Fraction = Annotated[float, Field(strict=True, gt=0, lt=1)]
Digest = Annotated[str, Field(pattern=DIGEST)]
Line = Annotated[str, Field(pattern=LINE, max_length=10_000)]
Label = Annotated[str, Field(pattern=LABEL, max_length=255)]

# Messages by pydantic error type; for other types pydantic's own message is used.
EXPECTED = {
    "missing": "expected a value, got none",
    "study": "{reason}",  # what a validator of ours says, in whole
    "int_type": "expected a whole number, got {got}",
    "float_type": "expected a number, got {got}",
    "string_type": "expected text, got {got}",
    "bool_type": "expected true or false, got {got}",
    "dict_type": "expected keys and values, got {got}",
    "model_type": "expected keys and values, got {got}",
    "dataclass_type": "expected keys and values, got {got}",
    "list_type": "expected a list, got {got}",
    "greater_than_equal": "expected {ge} or more, got {got}",
    "greater_than": "expected more than {gt}, got {got}",
    "less_than": "expected less than {lt}, got {got}",
    "less_than_equal": "expected {le} or less, got {got}",
    "literal_error": "expected {expected}, got {got}",
    "string_unicode": "expected text, got half of a character",
    "control": "expected text without control characters, found {found}",
    "blank": "expected text, got none",
    "lines": "expected one line, got {got}",
    "string_too_long": "expected {max_length} characters or fewer",
    "finite_number": "expected a finite number, got {got}",
    "too_short": "expected at least {min_length} entries, got {actual_length}",
    "string_pattern_mismatch": "expected {pattern}, got {got}",
}
PATTERNS = {
    DIGEST: "a SHA-256, 64 hexadecimal digits in lower case",
    LINE: "one line of text",
    LABEL: "a name in one line, without '/'",
    SEED: "a seed",
}


class Model(BaseModel):
    """What is read: known keys have these types, without silent conversions; others pass."""

    model_config = ConfigDict(extra="allow", strict=True, frozen=True, protected_namespaces=())


def check(kind: type[BaseModel], value: Any, path: Path, *at: str) -> None:
    """Check what was read from a file.

    Args:
        kind: the model.
        at: the keys that lead to the value in the file.

    Raises:
        DamagedError: the file, the path of the key, and what was expected.
    """
    try:
        kind.model_validate(value)
    except ValidationError as error:
        raise DamagedError(f"{path}: {mistake(error, at)}") from error


def mistake(error: ValidationError, at: Sequence[str] = ()) -> str:
    """The first mistake that a model found, in one line, and the number of further ones."""
    first = error.errors(include_url=False)[0]
    keys = [*at, *(str(key) for key in first["loc"] if key != "[key]")]
    keys += filter(None, [first.get("ctx", {}).get("key")])
    where = f"{shorten('.'.join(keys), 200)}: " if keys else ""
    more = error.error_count() - 1
    return f"{where}{expectation(first)}" + (f" (and {more} more)" if more else "")


def expectation(details: ErrorDetails) -> str:
    """What was expected, and what was there instead."""
    context, got = dict(details.get("ctx", {})), show(details["input"])
    if "pattern" in context:
        context["pattern"] = PATTERNS.get(context["pattern"], "another text")
    template = EXPECTED.get(details["type"])
    return template.format(got=got, **context) if template else f"{details['msg']}, got {got}"


def show(value: Any) -> str:
    """A value as messages show it: short, and in one line."""
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "nothing"}[value]
    if isinstance(value, str):
        return f"text '{shorten(value, 60)}'"
    if isinstance(value, dict):
        return "keys and values"
    if isinstance(value, list):
        try:
            value = json.dumps(value, default=str)
        except (ValueError, RecursionError):  # a YAML alias can put a list into itself
            return "a list that contains itself"
    return shorten(str(value), 60)


def shorten(text: str, limit: int) -> str:
    """One line of at most `limit` characters."""
    line = one_line(text)
    return line if len(line) <= limit else line[: limit - 3] + "..."


def one_line(text: str) -> str:
    """A text in one line, without what a terminal would not print."""
    line = re.sub(r"\s+", " ", text)
    return "".join(character if character.isprintable() else "?" for character in line)
