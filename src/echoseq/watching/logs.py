"""What logs and checkpoints tell: how far a training is, and why a step failed."""

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np

from echoseq.npz import DAMAGED_ARRAYS

STEP = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d),(\d{3}) (INFO|WARNING|ERROR) (.*)")
TRAINING = re.compile(r"training (\S+) with seed (\d+)")
RESUMING = re.compile(r"resuming after epoch (\d+)")
EPOCH = re.compile(r"epoch (\d+): loss")
LONGEST = 300  # characters of a reason


@dataclass(frozen=True)
class Trained:
    """How far the run is that a job trains now.

    seconds: for an epoch of it; None before there are two reports.
    """

    experiment: str
    seed: int
    epoch: int
    seconds: float | None


def training_in(text: str) -> Trained | None:
    """The last run that the log of a training job tells of; None if it has not begun."""
    found = None
    first = (0, 0.0)  # epoch and time of the first report on this run
    for line in filter(None, map(STEP.fullmatch, text.splitlines())):
        now = datetime.fromisoformat(line[1]).timestamp() + int(line[2]) / 1000
        if match := TRAINING.fullmatch(line[4]):
            found, first = Trained(match[1], int(match[2]), 0, None), (0, 0.0)
        elif found and (match := RESUMING.match(line[4]) or EPOCH.match(line[4])):
            epoch = int(match[1])
            since = epoch - first[0]
            rate = (now - first[1]) / since if first[0] and since else None
            first = first if first[0] else (epoch, now)
            found = Trained(found.experiment, found.seed, epoch, rate)
    return found


def seconds_in(checkpoint: Path, epoch: int) -> float | None:
    """The seconds of an epoch, from a checkpoint after so many; None if it cannot be read."""
    try:
        with np.load(checkpoint) as stored:
            return float(stored["seconds"]) / epoch if epoch else None
    except DAMAGED_ARRAYS:
        return None


def reason_in(text: str) -> str | None:
    """Why the step failed that wrote a log, in a line; None if it does not say that it did.

    It is what an error of the user's says, or the last line of a traceback.
    """
    lines = text.splitlines()
    steps = [(place, match) for place, line in enumerate(lines) if (match := STEP.fullmatch(line))]
    errors = [(place, match) for place, match in steps if match[3] == "ERROR"]
    if not errors:
        return None
    place, error = errors[-1]
    traceback = [line for line in lines[place + 1 :] if line.strip() and not line.startswith(" ")]
    told = traceback[-1] if traceback and traceback[0].startswith("Traceback") else error[4]
    return told[:LONGEST]


def text_of(path: Path) -> str:
    """The text of a log; empty if there is none yet."""
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
