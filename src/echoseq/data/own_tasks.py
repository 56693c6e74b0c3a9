"""Tasks of the user's own, tried before any job starts."""

from collections.abc import Mapping

import numpy as np

from echoseq.data.snapshots import TRAINING, draw
from echoseq.errors import EchoseqError
from echoseq.study.plan import Plan
from echoseq.task import MISSING, Task

SEQUENCES = 1000  # to frame, or fewer of many or long windows
INTEGERS = 1_000_000  # in the windows and answers of all of them
ALONE = 3  # of these, to frame one by one as well


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
    """Frame sequences, together and a few of them one by one."""
    fitting = INTEGERS // (task.windows * (task.n_in + task.n_out))
    count = max(ALONE, min(SEQUENCES, fitting))
    sequences = draw(TRAINING, 0, count=count, length=task.length, alphabet=task.alphabet)
    windows, targets = task.frame(sequences)
    alone = [task.frame(sequence[None]) for sequence in sequences[:ALONE]]
    if not all(
        np.array_equal(together[i], own[0])
        for i, parts in enumerate(alone)
        for together, own in zip((windows, targets), parts, strict=True)
    ):
        raise EchoseqError(
            f"{function}: expected the same for a sequence by itself as among others, and each time"
        )
    asked = targets != MISSING
    if not asked[:, task.incomplete :].any(axis=(1, 2)).all():
        kind = "complete windows of each sequence" if task.incomplete else "each sequence"
        raise EchoseqError(f"{function}: expected something to say in {kind}, got -1 alone")
    if (asked != asked[0]).any():
        raise EchoseqError(
            f"{function}: expected -1 at the same places of each sequence, whatever its values"
        )
