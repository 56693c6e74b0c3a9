"""Checkpoints, from which a run that was killed resumes.

They are not outputs of any rule, because Snakemake deletes outputs before it reruns a job. The
newest two are kept, each named by its epoch and the SHA-256 of its bytes.
"""

import hashlib
import io
import logging
import re
import shutil
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from echoseq.files import canonical_json, write_atomically
from echoseq.npz import DAMAGED_ARRAYS

logger = logging.getLogger(__name__)

State = dict[str, np.ndarray]

KEEP = 2
NAME = re.compile(r"epoch-\d+\.[0-9a-f]{64}\.npz")


@dataclass
class Checkpoints:
    """The checkpoints of one run.

    Attributes:
        folder: used for nothing else.
        key: from `run_key`; checkpoints with another key are ignored.
        seconds: training time between two checkpoints; 0 for one at every opportunity.
        at_end: whether to keep one when the run is done.
        resumed_after: the epoch of the loaded checkpoint, 0 if there was none.
        earlier_seconds: processor seconds of training in earlier processes, before that checkpoint.
    """

    folder: Path
    key: str
    seconds: float
    at_end: bool = False
    resumed_after: int = field(default=0, init=False)
    earlier_seconds: float = field(default=0.0, init=False)
    _start: float = field(default_factory=time.process_time, init=False)
    _saved: float = field(default_factory=time.monotonic, init=False)

    def due(self, done: bool) -> bool:
        """Whether to save now; `done` tells whether the run is finished."""
        return self.at_end if done else time.monotonic() - self._saved >= self.seconds

    def save(self, epoch: int, state: State) -> None:
        """Write the state after an epoch, and remove all but the newest.

        If it cannot be written, as on a full disk, a warning is logged and the run continues.
        """
        seconds = self.earlier_seconds + time.process_time() - self._start
        about = {"key": np.array(self.key), "seconds": np.array(seconds)}
        content = io.BytesIO()
        np.savez(content, **(about | state))  # type: ignore[arg-type]
        digest = hashlib.sha256(content.getbuffer()).hexdigest()
        path = self.folder / f"epoch-{epoch}.{digest}.npz"
        try:
            write_atomically(path, lambda part: part.write_bytes(content.getbuffer()))
            for old in self._newest_first()[KEEP:]:
                old.unlink(missing_ok=True)
        except OSError as error:
            logger.warning("no checkpoint after epoch %d: %s", epoch, error)
        self._saved = time.monotonic()

    def load(self) -> State | None:
        """The newest undamaged state of this run, or None.

        Newer ones, damaged or of another run, are removed, so that they cannot be loaded later.
        """
        for path in self._newest_first():
            state = self._read(path)
            if state is not None:
                self.resumed_after = _epoch(path)
                self.earlier_seconds = float(state.pop("seconds"))
                logger.info("resuming after epoch %d", self.resumed_after)
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
        try:
            with np.load(io.BytesIO(content)) as stored:
                state = dict(stored)
            key, _ = str(state.pop("key")), float(state["seconds"])
        except DAMAGED_ARRAYS as error:
            logger.warning("checkpoint %s ignored: not a checkpoint (%s)", path, error)
            return None
        if key != self.key:
            logger.warning("checkpoint %s ignored: of another plan, code, data or library", path)
            return None
        return state


def clear(folder: Path) -> None:
    """Remove the checkpoints of a run, and the parent folders that are then empty."""
    shutil.rmtree(folder, ignore_errors=True)
    for parent in list(folder.parents)[:2]:
        try:
            parent.rmdir()
        except OSError:  # it has checkpoints of other runs
            return


def run_key(facts: dict[str, Any]) -> str:
    """SHA-256 of everything that determines a run, as canonical JSON."""
    return hashlib.sha256(canonical_json(facts).encode()).hexdigest()


def _epoch(path: Path) -> int:
    return int(path.name.split(".")[0].removeprefix("epoch-"))
