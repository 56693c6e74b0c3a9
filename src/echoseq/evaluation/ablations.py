"""The answers of an experiment's networks with something taken away, in one file; no TensorFlow."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, NamedTuple

import numpy as np

from echoseq.checked import Alphabet, Model, check
from echoseq.errors import DamagedError
from echoseq.evaluation.arrays import read_arrays, write_arrays
from echoseq.npz import NUMBER, TEXT, TRUTH, WHOLE, Member
from echoseq.study.ablated import INTACT

MEAN, WORST = "cells_mean", "cells_worst"  # of the cells of a layer


class Case(NamedTuple):
    """What is taken away from a network.

    ablation: its name; `INTACT` for nothing, which is the first case.
    layer: the layers that it is about, joined by " + "; empty if it is about none.
    state: of the layer that it is about; empty if it is about none.
    removed: the position in the window whose value is taken away; 0 if it is about none.
    """

    ablation: str
    layer: str = ""
    state: str = ""
    removed: int = 0


@dataclass(frozen=True)
class Ablations:
    """What every seed answers to the same held-out sequences, with something taken away.

    seeds: (seeds,).
    ablation, layer, state, removed: of each case, (cases,).
    networks: over how many networks a case counts answers: the cells of a layer, or 1, (cases,).
    cell: that of the layer, from 0, which is held at zero in the worst case of cells; otherwise -1,
        (seeds, cases).
    correct: right answers in complete windows, at each position, and last for the exact match,
        (seeds, cases, sequences, places).
    loss: as of predictions, mean over networks; NaN where nothing is asked, (seeds, cases,
        sequences, n_out).
    cells: of which case they are, (cells,); for each cell of a layer, the right answers to all
        sequences when it is held at zero are in `held`, (seeds, cells, places). A file without
        cells has one row, of case 0: the intact network.
    windows: answers in a sequence that count, (places,).
    values: values that make up each exact match, (answers,).
    drawn: as of predictions, (n_out,).
    alphabet, encoding: of the task; zero-dimensional arrays.
    """

    seeds: Annotated[np.ndarray, Member(WHOLE, ("seeds",))]
    ablation: Annotated[np.ndarray, Member(TEXT, ("cases",))]
    layer: Annotated[np.ndarray, Member(TEXT, ("cases",))]
    state: Annotated[np.ndarray, Member(TEXT, ("cases",))]
    removed: Annotated[np.ndarray, Member(WHOLE, ("cases",))]
    networks: Annotated[np.ndarray, Member(WHOLE, ("cases",))]
    cell: Annotated[np.ndarray, Member(WHOLE, ("seeds", "cases"))]
    correct: Annotated[np.ndarray, Member(WHOLE, ("seeds", "cases", "sequences", "places"))]
    loss: Annotated[np.ndarray, Member(NUMBER, ("seeds", "cases", "sequences", "n_out"))]
    cells: Annotated[np.ndarray, Member(WHOLE, ("cells",))]
    held: Annotated[np.ndarray, Member(WHOLE, ("seeds", "cells", "places"))]
    windows: Annotated[np.ndarray, Member(WHOLE, ("places",))]
    values: Annotated[np.ndarray, Member(WHOLE, ("answers",))]
    drawn: Annotated[np.ndarray, Member(TRUTH, ("n_out",))]
    alphabet: Annotated[np.ndarray, Member(WHOLE)]
    encoding: Annotated[np.ndarray, Member(TEXT)]

    @property
    def cases(self) -> list[Case]:
        """The cases, in the order of the arrays."""
        columns = (getattr(self, name).tolist() for name in Case._fields)
        return [Case(*row) for row in zip(*columns, strict=True)]


class _Task(Model):
    """What ablations.npz says of the task."""

    alphabet: Alphabet
    encoding: Literal["one_hot", "linear"]


def write_ablations(path: Path, ablations: Ablations) -> None:
    """Write them to an .npz file, with a digest of their content."""
    write_arrays(path, ablations)


def read_ablations(path: Path) -> Ablations:
    """Read and check ablations.

    Raises:
        DamagedError: if the file is damaged.
    """
    found = read_arrays(path, Ablations, "answers of ablated networks", "ablate again")
    check(_Task, {name: getattr(found, name).item() for name in ("alphabet", "encoding")}, path)
    if found.ablation[0] != INTACT:
        raise DamagedError(f"{path}: ablation: expected {INTACT} first")
    if found.cells.min() < 0 or found.cells.max() >= len(found.ablation):
        raise DamagedError(f"{path}: cells: expected the numbers of cases")
    most = found.networks[:, None, None] * found.windows
    if found.correct.min() < 0 or (found.correct > most).any():
        raise DamagedError(f"{path}: correct: expected no more than there are answers")
    return found
