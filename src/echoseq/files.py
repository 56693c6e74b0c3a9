"""Atomic file writing, and digests of contents."""

import errno
import hashlib
import json
import os
import platform
import re
import shutil
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

HOST = platform.node().partition(".")[0] or "here"
# Temporary files and folders: .<stem>.<host>.<process>.tmp<suffix>
UNFINISHED = re.compile(r"\..+\.([^.]+)\.(\d+)\.tmp(\.\w+)?")
Identity = tuple[int, int]  # of a file: device and inode
SMALL = 100_000  # bytes; a disk with no more is full
STALE_AFTER = 86_400  # seconds, for files of another machine, whose processes cannot be seen


def write_atomically(path: Path, write: Callable[[Path], object]) -> None:
    """Let `write` fill a temporary file in the same folder, then rename it to `path`.

    The temporary name keeps the suffix, because many writers choose their format by it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.stem}.{HOST}.{os.getpid()}.tmp{path.suffix}")
    try:
        write(temporary)
        with temporary.open("rb") as written:
            os.fsync(written.fileno())
        temporary.replace(path)
    except (OSError, RuntimeError) as error:
        raise _of_file(error, path, temporary) from error
    finally:
        temporary.unlink(missing_ok=True)


def _of_file(error: OSError | RuntimeError, path: Path, temporary: Path) -> Exception:
    """An error in writing a file, as one that names the file, and says if the disk is full."""
    number = getattr(error, "errno", None)
    if number is None and shutil.disk_usage(path.parent).free < SMALL:
        number = errno.ENOSPC  # NumPy and HDF5 do not pass the number on
    ours = getattr(error, "filename", None) in (None, str(temporary))
    return OSError(number, os.strerror(number), str(path)) if number and ours else error


def clear_unfinished(folder: Path) -> None:
    """Remove the temporary files of processes that were killed, but not of those still writing.

    Files of other machines are removed after a day. Linked folders are followed.
    """
    for path in walk(folder):
        if _unfinished(path):
            path.unlink(missing_ok=True)


def clear_unfinished_folders(folder: Path) -> None:
    """Remove the temporary folders in a folder, as `clear_unfinished` does temporary files."""
    for path in list(folder.iterdir()):
        if path.is_dir() and _unfinished(path):
            shutil.rmtree(path, ignore_errors=True)


def remove_folder(folder: Path) -> None:
    """Remove a folder with what is in it; of a link to one, the link alone."""
    if folder.is_symlink():
        folder.unlink()
    else:
        shutil.rmtree(folder)


def temporary_name(stem: str) -> str:
    """A name for a temporary folder of this process, different each time."""
    return f".{stem}.{os.urandom(4).hex()}.{HOST}.{os.getpid()}.tmp"


def walk(folder: Path) -> Iterator[Path]:
    """Everything in a folder and its subfolders except the subfolders, links to these followed.

    A link that leads back to a folder on its own path is not followed, and from the folder behind
    another link each link only once, so this ends whatever the links are. Links that lead nowhere
    are among the results.
    """
    waiting: deque[tuple[Path, Identity | None]] = deque([(folder, None)])
    followed = set()
    while waiting:
        top, behind = waiting.popleft()
        for place, subfolders, names in os.walk(top):
            yield from (Path(place, name) for name in sorted(names))
            for link in filter(Path.is_symlink, (Path(place, name) for name in sorted(subfolders))):
                identity = link.lstat().st_dev, link.lstat().st_ino
                if (behind, identity) not in followed and not _leads_back(link):
                    followed.add((behind, identity))
                    waiting.append((link, identity))


def _leads_back(link: Path) -> bool:
    target = link.resolve()
    return any(above.resolve().is_relative_to(target) for above in link.absolute().parents)


def _unfinished(path: Path) -> bool:
    """Whether this is what a process that was killed left behind."""
    match = UNFINISHED.fullmatch(path.name)
    return match is not None and not _still_writing(path, host=match[1], process=int(match[2]))


def _still_writing(path: Path, *, host: str, process: int) -> bool:
    try:
        if host != HOST:
            return time.time() - path.stat().st_mtime < STALE_AFTER
        os.kill(process, 0)  # only checks that it exists
    except PermissionError:  # it runs, but belongs to another user
        return True
    except (ProcessLookupError, FileNotFoundError):
        return False
    return True


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 text with Unix line endings, atomically."""
    write_atomically(path, lambda part: part.write_text(text, encoding="utf-8", newline="\n"))


def write_json(path: Path, value: Any) -> None:
    """Write readable JSON with sorted keys, atomically."""
    write_text(path, json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False) + "\n")


def write_table(path: Path, table: pd.DataFrame) -> None:
    """Write a CSV table without the index, floats at full precision, atomically."""
    write_atomically(path, lambda part: table.to_csv(part, index=False, lineterminator="\n"))


def canonical_json(value: Any) -> str:
    """The canonical JSON text of a value: sorted keys, no spaces."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def array_digest(arrays: Iterable[np.ndarray]) -> str:
    """SHA-256 of the type, shape and little-endian bytes of arrays, in order."""
    digest = hashlib.sha256()
    for array in arrays:
        little = np.asarray(array, dtype=array.dtype.newbyteorder("<"), order="C")
        digest.update(f"{little.dtype.str}{little.shape}".encode())
        digest.update(little.tobytes())
    return digest.hexdigest()


def file_digest(path: Path) -> str:
    """SHA-256 of the bytes of a file."""
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
