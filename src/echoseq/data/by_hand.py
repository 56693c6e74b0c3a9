"""A task for integers of one's own, of which there may be more or fewer than it draws."""

from dataclasses import replace

import numpy as np

from echoseq.data.sequences import require_alphabet
from echoseq.errors import EchoseqError
from echoseq.task import Task


def for_values(task: Task, values: np.ndarray) -> Task:
    """The task of a sequence as long as these values, (length,).

    Raises:
        EchoseqError: for too few values, a number of them that it does not frame, or values outside
            its alphabet.
    """
    if task.cut is not None and len(values) != task.length:
        raise EchoseqError(f"values: expected {task.length} for {task.cut}, got {len(values)}")
    if len(values) < (least := task.shortest):
        raise EchoseqError(f"values: expected at least {least}, got {len(values)}")
    require_alphabet(values, task.alphabet)
    if not task.overlap and len(values) % task.n_in:
        raise EchoseqError(f"values: expected a multiple of {task.n_in}, got {len(values)}")
    return replace(task, length=len(values))
