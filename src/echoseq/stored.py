"""Files of results as they are read: regular, within bounds, and JSON checked by a model."""

import json
import math
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from echoseq.checked import check, shorten
from echoseq.errors import DamagedError
from echoseq.packing import unpack

LIMIT = 16 * 2**20  # bytes of a JSON file
DEEPEST = 50  # levels of keys and lists in a JSON file
LARGEST = 2**64  # no whole number in a JSON file is so far from 0

Keys = tuple[str, ...]


def require_file(path: Path, what: str, limit: int) -> None:
    """Refuse to read what is not a regular file, or is larger than it can be.

    Args:
        what: the expected content, for the error message.
        limit: bytes.

    Raises:
        DamagedError: it names the file.
    """
    try:
        found = path.stat()
    except (OSError, ValueError) as error:
        raise _unreadable(path, what, getattr(error, "strerror", None) or "no path") from error
    if not stat.S_ISREG(found.st_mode):
        raise _unreadable(path, what, "not a regular file")
    if found.st_size > limit:
        raise _unreadable(path, what, f"{found.st_size:,} bytes, expected at most {limit:,}")


def read_json(path: Path, kind: type[BaseModel], what: str, limit: int = LIMIT) -> dict[str, Any]:
    """Read a JSON file of keys and values.

    Args:
        kind: the model of its content.
        what: its content, for the error message.
        limit: bytes.

    Returns:
        The content as it is written.

    Raises:
        DamagedError: if it cannot be read, or has the wrong content; one line with file and key.
    """
    require_file(path, what, limit)
    try:
        text = unpack(path, limit).decode("utf-8")
    except UnicodeDecodeError as error:
        raise _unreadable(path, what, "not UTF-8") from error
    except OSError as error:
        raise _unreadable(path, what, error.strerror or "unknown reason") from error
    return parse_json(text, path, kind, what)


def parse_json(text: str, path: Path, kind: type[BaseModel], what: str, *at: str) -> dict[str, Any]:
    """The content of JSON text, as `read_json` returns it.

    Args:
        path: of the file that holds the text.
        at: the keys that lead to the text in the file.

    Raises:
        DamagedError: as `read_json`.
    """
    try:
        content = json.loads(text, object_pairs_hook=_each_once, parse_int=_bounded)
    except json.JSONDecodeError as error:
        raise _unreadable(path, what, f"not JSON, line {error.lineno}") from error
    except RecursionError as error:
        raise _unreadable(path, what, "nested too deeply") from error
    except ValueError as error:
        raise _unreadable(path, what, str(error)) from error
    for keys, problem in _problems(content, at):
        where = f"{shorten('.'.join(keys), 200)}: " if keys else ""
        raise DamagedError(f"{path}: {where}{problem}")
    check(kind, content, path, *at)
    return content


def _unreadable(path: Path, what: str, reason: str) -> DamagedError:
    return DamagedError(f"{path}: expected {what}, cannot read it ({shorten(reason, 100)})")


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content: dict[str, Any] = {}
    for key, value in pairs:
        if key in content:
            raise ValueError(f"{key}: given twice")
        content[key] = value
    return content


def _bounded(digits: str) -> int:
    """A whole number, or for one of too many digits another that is too large."""
    return int(digits) if len(digits) < 25 else LARGEST


def _problems(content: Any, at: Keys) -> Iterator[tuple[Keys, str]]:
    """What no file of results holds, wherever it is: with the path of its key."""
    waiting: list[tuple[Keys, Any]] = [(at, content)]
    while waiting:
        keys, value = waiting.pop()
        if len(keys) > DEEPEST:
            yield keys[:3], f"expected at most {DEEPEST} levels of keys"
        elif isinstance(value, dict):
            yield from ((keys, "expected text as a key") for key in value if not _encodable(key))
            waiting += [((*keys, key), inner) for key, inner in value.items()]
        elif isinstance(value, list):
            waiting += [((*keys, str(place)), inner) for place, inner in enumerate(value)]
        elif isinstance(value, str) and not _encodable(value):
            yield keys, "expected text, got half of a surrogate pair"
        elif isinstance(value, int) and abs(value) >= LARGEST:
            yield keys, "expected a number of at most 64 bits"
        elif isinstance(value, float) and not math.isfinite(value):
            yield keys, "expected a finite number"


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
