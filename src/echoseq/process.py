"""What a process may be started with: warnings as errors, closed or narrow streams, a full disk."""

import codecs
import errno
import io
import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

# What Python ignores, unless it is told otherwise.
QUIET = (DeprecationWarning, PendingDeprecationWarning, ImportWarning, ResourceWarning)
FULL = (errno.ENOSPC, errno.EDQUOT)
WHAT_TO_DO = "free some space, then repeat the command; what is finished is kept"
# What is written for characters that a terminal does not have; any other is a question mark.
WRITTEN = {"\u2192": "->", "\u2212": "-", "\u00d7": "x", "\u2013": "-", "\u2026": "..."}
REPLACED = "echoseq"  # the name of the handler of these characters


@contextmanager
def lenient_warnings() -> Iterator[None]:
    """Let warnings be shown where `PYTHONWARNINGS=error` or `-W error` would raise them.

    Libraries warn in many places, which is no failure of ours.
    """
    with warnings.catch_warnings():
        if any(rule[0] == "error" for rule in warnings.filters):
            warnings.simplefilter("default")
            for category in QUIET:
                warnings.simplefilter("ignore", category)
        yield


def open_streams() -> None:
    """Open the standard streams that are closed, and let the others write any character.

    A file opened later would take the place of a closed stream, and get what libraries write to it.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115
    codecs.register_error(REPLACED, _replaced)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=REPLACED)


def _replaced(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    characters = error.object[error.start : error.end]
    return "".join(WRITTEN.get(character, "?") for character in characters), error.end


def failure(error: OSError) -> str:
    """What the system refused, in one line: the file, if it is known, and what to do."""
    where = f"{error.filename}: " if error.filename else ""  # writing to an open file has none
    what = error.strerror or str(error)
    return f"{where}{what}" + (f": {WHAT_TO_DO}" if error.errno in FULL else "")
