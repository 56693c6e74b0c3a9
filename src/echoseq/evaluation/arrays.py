"""Dataclasses of arrays, stored in .npz files with a digest of their content."""

from dataclasses import fields
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

import numpy as np

from echoseq.errors import DamagedError
from echoseq.files import array_digest, write_atomically
from echoseq.npz import TEXT, Member, read_npz

DIGEST = "sha256"  # the array with the digest

Arrays = TypeVar("Arrays")


def write_arrays(path: Path, content: Any) -> None:
    """Write the arrays of a dataclass, with their digest."""
    arrays = {f.name: getattr(content, f.name) for f in fields(content)}
    arrays[DIGEST] = np.array(array_digest(arrays.values()))
    write_atomically(path, lambda part: np.savez(part, **arrays))


def read_arrays(path: Path, kind: type[Arrays], what: str, again: str) -> Arrays:
    """Read and check what `write_arrays` wrote.

    Args:
        kind: the dataclass; its fields are annotated with a `Member`.
        what: its content, for the error message.
        again: how to make it again, for the error message.

    Raises:
        DamagedError: if the file is damaged.
    """
    hints = get_type_hints(kind, include_extras=True)
    members = {f.name: hints[f.name].__metadata__[0] for f in fields(kind)}  # type: ignore[arg-type]
    arrays = read_npz(path, members | {DIGEST: Member(TEXT)}, what)
    digest = str(arrays.pop(DIGEST))
    if array_digest(arrays.values()) != digest:
        raise DamagedError(f"{path}: the {what} do not match their SHA-256; {again}")
    return kind(**arrays)
