"""A task for integers of one's own."""

import numpy as np
import pytest

from echoseq.data.by_hand import for_values
from echoseq.errors import EchoseqError
from echoseq.task import Task

TASK = Task(length=9, alphabet=10, n_in=3, n_out=2)
COPY = Task(length=2, alphabet=10, n_in=5, n_out=5, cut="my_tasks:copy")


def test_a_task_is_as_long_as_the_values() -> None:
    assert for_values(TASK, np.arange(4)) == Task(length=4, alphabet=10, n_in=3, n_out=2)


def test_a_function_that_cuts_gets_as_many_values_as_it_should() -> None:
    """Its windows may be longer than the sequence."""
    assert for_values(COPY, np.array([3, 1])) == COPY


@pytest.mark.parametrize(
    ("task", "values", "line"),
    [
        (TASK, [1, 2], "values: expected at least 3, got 2"),
        (TASK, [1, 2, 10], "values: expected 0 to 9, got 10"),
        (
            Task(length=9, alphabet=10, n_in=3, n_out=2, echo=(0, 1)),
            [1, 2, 3],
            "values: expected at least 4, got 3",
        ),
        (
            Task(length=9, alphabet=10, n_in=3, n_out=2, overlap=False),
            [1, 2, 3, 4],
            "values: expected a multiple of 3, got 4",
        ),
        (COPY, [1, 2, 3], "values: expected 2 for my_tasks:copy, got 3"),
    ],
)
def test_values_that_a_task_does_not_frame_are_refused(
    task: Task, values: list[int], line: str
) -> None:
    with pytest.raises(EchoseqError) as caught:
        for_values(task, np.array(values))
    assert str(caught.value) == line


def test_values_of_windows_that_lack_some_are_enough_for_one() -> None:
    masked = Task(length=9, alphabet=10, n_in=3, n_out=2, keep_missing=True)
    assert for_values(masked, np.arange(3)).windows == 3
