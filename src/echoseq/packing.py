"""Files that published versions keep compressed: how they are named, written and read."""

import gzip
import zlib
from pathlib import Path

from echoseq.errors import DamagedError

PACKED = ".gz"


def stored(path: Path) -> Path:
    """The path of a file, or that of its compressed form if only this is there."""
    packed = path.with_name(path.name + PACKED)
    return packed if not path.exists() and packed.is_file() else path


def plain(path: str) -> str:
    """The path of a file whose compressed form this may be."""
    return path.removesuffix(PACKED)


def pack(content: bytes) -> bytes:
    """Compress; no name and no time is kept."""
    return gzip.compress(content, mtime=0)


def unpack(path: Path, limit: int) -> bytes:
    """The content of a file, which is compressed if its name says so.

    Args:
        limit: bytes of the content.

    Raises:
        OSError: if it cannot be read.
        DamagedError: if it is not compressed as its name says, or has more content.
    """
    if path.suffix != PACKED:
        return path.read_bytes()
    try:
        with gzip.open(path) as file:
            content = file.read(limit + 1)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DamagedError(f"{path}: expected a compressed file, cannot read it") from error
    if len(content) > limit:
        raise DamagedError(f"{path}: expected at most {limit:,} bytes of content")
    return content
