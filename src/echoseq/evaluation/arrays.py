"""Dataclasses of arrays, stored in .npz files with a digest of their content."""

from dataclasses import fields
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from echoseq.errors import EchoseqError
from echoseq.files import DAMAGED_ARRAYS, array_digest, write_atomically

Arrays = TypeVar("Arrays")


def write_arrays(path: Path, content: Any) -> None:
    """Write the arrays of a dataclass, with their digest."""
    arrays = {f.name: getattr(content, f.name) for f in fields(content)}
    digest = np.array(array_digest(arrays.values()))
    write_atomically(path, lambda part: np.savez(part, **arrays, sha256=digest))


def read_arrays(path: Path, kind: type[Arrays], what: str, again: str) -> Arrays:
    """Read and check what `write_arrays` wrote.

    Args:
        kind: the dataclass.
        what: its content, for the error message.
        again: how to make it again, for the error message.

    Raises:
        EchoseqError: if the file is damaged.
    """
    names = [f.name for f in fields(kind)]  # type: ignore[arg-type]
    try:
        with np.load(path) as stored:
            arrays = {name: stored[name] for name in names}
            digest = str(stored["sha256"])
    except DAMAGED_ARRAYS as error:
        raise EchoseqError(f"{path}: expected {what}, cannot read them ({error})") from error
    if array_digest(arrays.values()) != digest:
        raise EchoseqError(f"{path}: the {what} do not match their SHA-256; {again}")
    return kind(**arrays)
