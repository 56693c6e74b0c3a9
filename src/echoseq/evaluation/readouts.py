"""What probes read from the states of an experiment's networks, in one file; no TensorFlow."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, NamedTuple

import numpy as np

from echoseq.checked import Alphabet, Count, Model, check
from echoseq.errors import DamagedError
from echoseq.evaluation.arrays import read_arrays, write_arrays
from echoseq.npz import NUMBER, TEXT, WHOLE, Member

LINEAR, MLP = "linear", "mlp"  # probes
# Networks; the last is the trained one, with the labels of the windows shuffled to fit the probe.
TRAINED, UNTRAINED, SHUFFLED = "trained", "untrained", "shuffled"


class Case(NamedTuple):
    """What one probe reads.

    network: `TRAINED`, `UNTRAINED` or `SHUFFLED`.
    probe: `LINEAR` or `MLP`.
    state: its name, as `study.probed` has it.
    position: of the value in the window; 1 is the oldest.
    step: after how many of its steps the state is read.
    """

    network: str
    probe: str
    state: str
    position: int
    step: int


@dataclass(frozen=True)
class Readouts:
    """What the probes of every seed read on the same held-out sequences.

    seeds: (seeds,).
    network, probe, state, position, step: of each case, (cases,).
    correct: windows whose value was read rightly, (seeds, cases, sequences).
    loss: cross-entropy in nats, mean over the windows, (seeds, cases, sequences).
    asked: the positions that the network has to echo, (asked,).
    windows: of a sequence; alphabet: of the task; zero-dimensional arrays.
    """

    seeds: Annotated[np.ndarray, Member(WHOLE, ("seeds",))]
    network: Annotated[np.ndarray, Member(TEXT, ("cases",))]
    probe: Annotated[np.ndarray, Member(TEXT, ("cases",))]
    state: Annotated[np.ndarray, Member(TEXT, ("cases",))]
    position: Annotated[np.ndarray, Member(WHOLE, ("cases",))]
    step: Annotated[np.ndarray, Member(WHOLE, ("cases",))]
    correct: Annotated[np.ndarray, Member(WHOLE, ("seeds", "cases", "sequences"))]
    loss: Annotated[np.ndarray, Member(NUMBER, ("seeds", "cases", "sequences"))]
    asked: Annotated[np.ndarray, Member(WHOLE, ("asked",))]
    windows: Annotated[np.ndarray, Member(WHOLE)]
    alphabet: Annotated[np.ndarray, Member(WHOLE)]

    @property
    def cases(self) -> list[Case]:
        """The cases, in the order of the arrays."""
        columns = (getattr(self, name).tolist() for name in Case._fields)
        return [Case(*row) for row in zip(*columns, strict=True)]


class _Task(Model):
    """What probes.npz says of the task."""

    windows: Count
    alphabet: Alphabet


def write_readouts(path: Path, readouts: Readouts) -> None:
    """Write readouts to an .npz file, with a digest of their content."""
    write_arrays(path, readouts)


def read_readouts(path: Path) -> Readouts:
    """Read and check readouts.

    Raises:
        DamagedError: if the file is damaged.
    """
    found = read_arrays(path, Readouts, "readouts of probes", "probe again")
    names = ("windows", "alphabet")
    check(_Task, {name: getattr(found, name).item() for name in names}, path)
    if found.correct.min() < 0 or found.correct.max() > found.windows:
        raise DamagedError(f"{path}: correct: expected 0 to {found.windows} windows")
    return found
