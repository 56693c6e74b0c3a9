"""Arrays in .npz files: types, shapes and sizes are checked before anything is loaded."""

import math
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tokenize import TokenError
from zipfile import ZIP_STORED, BadZipFile, ZipFile, ZipInfo

import numpy as np

from echoseq.checked import shorten
from echoseq.errors import DamagedError
from echoseq.stored import require_file

LIMIT = 2**32  # bytes of a file
WHOLE, NUMBER, TEXT, TRUTH = "iu", "iuf", "U", "b"  # kinds of NumPy's types
NAMES = {WHOLE: "whole numbers", NUMBER: "numbers", TEXT: "text", TRUTH: "true or false"}
# What reading a damaged .npz file can raise.
DAMAGED_ARRAYS = (
    *(OSError, ValueError, TypeError, LookupError, EOFError, RuntimeError, ArithmeticError),
    *(BadZipFile, SyntaxError, TokenError, MemoryError, struct.error, zlib.error),
)
HEADERS = {
    (1, 0): np.lib.format.read_array_header_1_0,
    (2, 0): np.lib.format.read_array_header_2_0,
}


@dataclass(frozen=True)
class Member:
    """An array in a file.

    kinds: the kinds of NumPy's types that it may have.
    shape: a name for each dimension; those of the same name are equally long in all arrays.
    """

    kinds: str
    shape: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{NAMES[self.kinds]} of shape ({', '.join(self.shape)})"


def read_npz(path: Path, members: Mapping[str, Member], what: str) -> dict[str, np.ndarray]:
    """Read arrays as NumPy's `savez` writes them: one after the other, not compressed.

    So a file is never smaller than what is loaded from it.

    Args:
        what: the content, for the error message.

    Raises:
        DamagedError: if the file is damaged, or an array has another type or shape; one line with
            the file and the array.
    """
    require_file(path, what, LIMIT)
    try:
        with ZipFile(path) as archive:
            if sum(info.file_size for info in archive.infolist()) > path.stat().st_size:
                raise DamagedError(f"{path}: expected {what}, got a file that claims to be larger")
            lengths: dict[str, int] = {}
            for name, member in members.items():
                _require_header(path, archive, name, member, lengths)
            return {name: _read(archive, name) for name in members}
    except DAMAGED_ARRAYS as error:
        reason = shorten(str(error), 100)
        raise DamagedError(f"{path}: expected {what}, cannot read it ({reason})") from error


def _require_header(
    path: Path, archive: ZipFile, name: str, member: Member, lengths: dict[str, int]
) -> None:
    """Refuse an array of another type, shape or size; `lengths` of dimensions are kept."""
    info = archive.getinfo(f"{name}.npy")
    shape, dtype, data = _header(archive, info)
    fits = dtype.kind in member.kinds and len(shape) == len(member.shape) and min(shape, default=1)
    if not fits or any(lengths.setdefault(*pair) != pair[1] for pair in zip(member.shape, shape)):
        known = "".join(f", {key} {lengths[key]}" for key in member.shape if key in lengths)
        got = shorten(f"{dtype} of shape {shape}", 100)
        raise DamagedError(f"{path}: {name}: expected {member}{known * bool(fits)}, got {got}")
    if info.compress_type != ZIP_STORED or math.prod(shape) * dtype.itemsize != data:
        raise DamagedError(f"{path}: {name}: expected an array of the size that its header says")


def _header(archive: ZipFile, info: ZipInfo) -> tuple[tuple[int, ...], np.dtype, int]:
    """The shape and type of an array, and how many bytes follow its header."""
    with archive.open(info) as stream:
        version = np.lib.format.read_magic(stream)
        if version not in HEADERS:
            raise ValueError(f"header {version}")
        shape, _, dtype = HEADERS[version](stream)
        if any(type(length) is not int or length < 0 for length in shape):
            raise ValueError(f"shape {shape}")
        return shape, dtype, info.file_size - stream.tell()


def _read(archive: ZipFile, name: str) -> np.ndarray:
    with archive.open(f"{name}.npy") as stream:
        return np.lib.format.read_array(stream, allow_pickle=False)
