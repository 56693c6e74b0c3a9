"""Tasks of the user's own, tried before any job starts."""

from dataclasses import replace
from pathlib import Path

import pytest
from small import FULL
from workspaces import PROJECT

from echoseq.data.own_tasks import check_own_tasks
from echoseq.errors import EchoseqError
from echoseq.study.reading import read

SOURCE = """
import numpy as np

calls = 0

def sorted(windows):
    return np.sort(windows, axis=-1)

def counted(windows):
    global calls
    calls += 1
    return (windows + calls) % 10

def by_place(windows):
    return (windows + np.arange(len(windows))[:, None, None]) % 10

def silent(windows):
    return np.full_like(windows, -1)

def sometimes(windows):
    return np.where(windows.sum(axis=(1, 2), keepdims=True) % 2, windows, -1)

def if_repeated(windows):
    return np.where((windows == windows[..., :1]).sum(axis=-1, keepdims=True) > 1, windows, -1)

def or_nothing(windows):
    targets = windows.copy()
    targets[..., 1:] = np.where(windows[..., 1:] == windows[..., :-1], -1, windows[..., 1:])
    return targets

def seldom(windows):
    targets = windows.copy()
    targets[..., 1][(windows[..., :3] == 0).all(axis=-1)] = -1
    return targets

def of_gaps(windows):
    return np.where((windows == -1).any(axis=-1, keepdims=True), windows, -1)

def within(windows, **symbols):
    return np.arange(10)[windows]

def cut_by_place(sequences):
    windows = sequences[:, None, :4] + np.arange(len(sequences))[:, None, None]
    return windows % 10, sequences[:, None, :4]

def in_place(windows):
    windows[:] = 0
    return windows
"""


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "tasks_tried.py").write_text(SOURCE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)


def refusal(function: str) -> str:
    own = replace(FULL, targets=f"tasks_tried:{function}")
    with pytest.raises(EchoseqError) as caught:
        check_own_tasks({"built_in": FULL, "mine": own})
    return str(caught.value)


def test_a_function_that_does_as_it_should_is_taken() -> None:
    for function in ("sorted", "in_place"):
        check_own_tasks({"mine": replace(FULL, targets=f"tasks_tried:{function}")})


@pytest.mark.parametrize("function", ["counted", "by_place"])
def test_a_sequence_is_framed_by_itself_as_among_others(function: str) -> None:
    assert refusal(function) == (
        f"experiments.mine.task: tasks_tried:{function}: expected the same for a sequence by "
        "itself as among others, and each time"
    )


def test_so_are_the_windows_that_a_function_cuts() -> None:
    own = replace(FULL, frame="tasks_tried:cut_by_place")
    with pytest.raises(EchoseqError, match="expected the same for a sequence by itself"):
        check_own_tasks({"mine": own})


def test_it_is_tried_with_integers_of_the_alphabet_alone() -> None:
    """Symbols are beyond it, and in no sequence."""
    symbols = ("a", "b", "c", "d", "e", "f", "g", "h", "i", "j")
    check_own_tasks({"mine": replace(FULL, targets="tasks_tried:within", symbols=symbols)})


@pytest.mark.parametrize("function", ["silent", "sometimes", "if_repeated"])
def test_something_is_asked_in_each_sequence(function: str) -> None:
    assert refusal(function) == (
        f"experiments.mine.task: tasks_tried:{function}: expected something to say in each "
        "sequence, got -1 alone"
    )


def test_something_is_asked_in_windows_that_lack_no_value() -> None:
    own = replace(FULL, targets="tasks_tried:of_gaps", framing="mask")
    with pytest.raises(EchoseqError, match="to say in complete windows of each sequence, got -1"):
        check_own_tasks({"mine": own})


@pytest.mark.parametrize("function", ["or_nothing", "seldom"])
def test_nothing_is_asked_at_the_same_places_of_each_sequence(function: str) -> None:
    """Tables count right answers by place, out of as many in every sequence."""
    assert refusal(function) == (
        f"experiments.mine.task: tasks_tried:{function}: expected -1 at the same places of each "
        "sequence, whatever its values"
    )


def test_each_task_with_the_same_function_is_tried() -> None:
    """The second has other sizes, which the function does not answer to."""
    own = replace(FULL, targets="tasks_tried:sorted")
    with pytest.raises(EchoseqError, match=r"^experiments\.second\.task: .* of shape"):
        check_own_tasks({"first": own, "second": replace(own, n_out=2)})


def test_what_a_function_raises_is_one_line() -> None:
    assert refusal("missing") == (
        "experiments.mine.task: tasks_tried:missing: expected a function missing in tasks_tried"
    )


def test_the_tasks_of_the_documentation_are_valid(tmp_path: Path) -> None:
    text = (PROJECT / "docs/tasks.md").read_text(encoding="utf-8")
    source = text.split("```python\n")[1].split("```")[0]
    (tmp_path / "my_tasks.py").write_text(source, encoding="utf-8")
    study = read(PROJECT / "config/tasks.yaml")
    plans = {name: study.plan_of(name) for name in study.experiments}
    check_own_tasks(plans)
    assert {plans["sorted"].own_task, plans["copy"].own_task} == {
        "my_tasks:sorted",
        "my_tasks:copy",
    }
