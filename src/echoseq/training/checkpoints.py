"""Checkpoints: how far a run has come, so that one that was killed goes on from there.

They lie where no rule declares an output, since Snakemake deletes those before it runs a job again.
The newest two are kept, each named by its epoch and the SHA-256 of its bytes.
"""

import hashlib
import io
import logging
import re
import shutil
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from echoseq.closure import package_folder
from echoseq.files import canonical_json, file_digest, write_atomically

logger = logging.getLogger(__name__)

State = dict[str, np.ndarray]

KEPT = 2
NAME = re.compile(r"epoch-\d+\.[0-9a-f]{64}\.npz")


@dataclass
class Checkpoints:
    """The checkpoints of one run.

    Attributes:
        folder: theirs alone.
        key: from `run_key`; checkpoints with another one are ignored.
        seconds: how long to train between two of them; 0 for one at every chance.
        at_end: whether to keep one of the run when it is done.
        resumed_after: the epoch of the loaded checkpoint, 0 if there was none.
        earlier_seconds: the training that it rests on, in the processes before this one.
    """

    folder: Path
    key: str
    seconds: float
    at_end: bool = False
    resumed_after: int = field(default=0, init=False)
    earlier_seconds: float = field(default=0.0, init=False)
    _start: float = field(default_factory=time.monotonic, init=False)
    _saved: float = field(default_factory=time.monotonic, init=False)

    def due(self, done: bool) -> bool:
        """Whether it is time for the next one, in a run that is done or not."""
        return self.at_end if done else time.monotonic() - self._saved >= self.seconds

    def save(self, epoch: int, state: State) -> None:
        """Write the state after an epoch, and remove all but the newest.

        A run does without a checkpoint that cannot be written, as on a full disk: it is logged.
        """
        seconds = self.earlier_seconds + time.monotonic() - self._start
        about = {"key": np.array(self.key), "seconds": np.array(seconds)}
        content = io.BytesIO()
        np.savez(content, **(about | state))  # type: ignore[arg-type]
        digest = hashlib.sha256(content.getbuffer()).hexdigest()
        path = self.folder / f"epoch-{epoch}.{digest}.npz"
        try:
            write_atomically(path, lambda part: part.write_bytes(content.getbuffer()))
            for old in self._newest_first()[KEPT:]:
                old.unlink(missing_ok=True)
        except OSError as error:
            logger.warning("no checkpoint after epoch %d: %s", epoch, error)
        self._saved = time.monotonic()

    def load(self) -> State | None:
        """The newest state that is whole and belongs to this run, or None.

        The others are removed, so that they are not taken for newer ones later.
        """
        for path in self._newest_first():
            state = self._read(path)
            if state is not None:
                self.resumed_after = _epoch(path)
                self.earlier_seconds = float(state.pop("seconds"))
                logger.info("going on after epoch %d", self.resumed_after)
                return state
            path.unlink(missing_ok=True)
        return None

    def _newest_first(self) -> list[Path]:
        found = [path for path in self.folder.glob("*.npz") if NAME.fullmatch(path.name)]
        return sorted(found, key=_epoch, reverse=True)

    def _read(self, path: Path) -> State | None:
        try:
            content = path.read_bytes()
        except OSError as error:
            logger.warning("checkpoint %s ignored: %s", path, error)
            return None
        if hashlib.sha256(content).hexdigest() != path.suffixes[0].removeprefix("."):
            logger.warning("checkpoint %s ignored: damaged", path)
            return None
        with np.load(io.BytesIO(content)) as stored:
            state = dict(stored)
        if str(state.pop("key")) != self.key:
            logger.warning("checkpoint %s ignored: of another plan, code, data or library", path)
            return None
        return state


def clear(folder: Path) -> None:
    """Remove the checkpoints of a run, and the folders above them that are empty then."""
    shutil.rmtree(folder, ignore_errors=True)
    for parent in list(folder.parents)[:2]:
        try:
            parent.rmdir()
        except OSError:  # other runs have theirs in it
            return


def run_key(facts: dict[str, Any], sources: Iterable[Path]) -> str:
    """SHA-256 of all that determines a run: facts for JSON, and the files of its code."""
    code = {(_name_in_code(path), file_digest(path)) for path in sources}
    return hashlib.sha256(canonical_json({**facts, "code": sorted(code)}).encode()).hexdigest()


def _name_in_code(path: Path) -> str:
    """The path of a module inside the package, or the name of a file of the user's own."""
    path, package = path.resolve(), package_folder()
    return path.relative_to(package).as_posix() if path.is_relative_to(package) else path.name


def _epoch(path: Path) -> int:
    return int(path.name.split(".")[0].removeprefix("epoch-"))
