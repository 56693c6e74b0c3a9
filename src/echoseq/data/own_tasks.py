"""Tasks of the user's own, tried before any job starts."""

from collections.abc import Mapping

import numpy as np

from echoseq.data.snapshots import TRAINING, draw
from echoseq.errors import EchoseqError
from echoseq.study.plan import Plan
from echoseq.task import MISSING, Task

SEQUENCES = 3  # to frame


def check_own_tasks(plans: Mapping[str, Plan]) -> None:
    """Refuse functions of the user's own that do not frame sequences as the study needs it.

    Args:
        plans: by the name of the experiment.

    Raises:
        EchoseqError: if one fails; the message names the experiment and the reason.
    """
    tried = set()
    for name, plan in plans.items():
        if plan.own_task is None or plan.task in tried:
            continue
        tried.add(plan.task)
        try:
            _try_task(plan.task, plan.own_task)
        except EchoseqError as error:
            raise EchoseqError(f"experiments.{name}.task: {error}") from error


def _try_task(task: Task, function: str) -> None:
    """Frame a few sequences, together and one by one."""
    sequences = draw(TRAINING, 0, count=SEQUENCES, length=task.length, alphabet=task.alphabet)
    windows, targets = task.frame(sequences)
    alone = [task.frame(sequence[None]) for sequence in sequences]
    if not all(
        np.array_equal(together[i], own[0])
        for i, parts in enumerate(alone)
        for together, own in zip((windows, targets), parts, strict=True)
    ):
        raise EchoseqError(
            f"{function}: expected the same for a sequence by itself as among others, and each time"
        )
    if not (targets != MISSING).any(axis=(1, 2)).all():
        raise EchoseqError(f"{function}: expected something to say in each sequence, got -1 alone")
