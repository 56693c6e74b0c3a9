"""What is echoed: windows of sequences, and what is asked of each."""

import doctest
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from framed import frame
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from small import FULL

from echoseq import task as module
from echoseq.asked import (
    Say,
    called,
    canonical,
    described,
    echo_from,
    ordinal,
    plain,
    positions,
    read_asked,
)
from echoseq.data.sequences import generate, one_hot
from echoseq.errors import EchoseqError
from echoseq.task import MISSING, Task, label

TASK = Task(length=9, alphabet=10, n_in=3, n_out=2)
VALUES = np.arange(9)[None]
OWN = """
import numpy as np

def sorted(windows):
    return np.sort(windows, axis=-1)

def shown(windows, blank):
    return np.full_like(windows, blank)

def careless(windows):
    return shown(windows)

def copy(sequences, blank, delimiter):
    windows = np.full((len(sequences), 1, 2 * sequences.shape[1] + 1), blank)
    windows[:, 0, : sequences.shape[1]] = sequences
    windows[:, 0, sequences.shape[1]] = delimiter
    targets = np.full_like(windows, -1)
    targets[:, 0, sequences.shape[1] + 1 :] = sequences
    return windows, targets

def short(windows):
    return windows[..., :1]

def real(windows):
    return windows / 2

def listed(windows):
    return windows.tolist()

def far(windows):
    return windows + 10

def failing(windows):
    raise KeyError("no\\nsuch")

def alone(sequences):
    return sequences[:, None]

def gaps(sequences):
    windows = sequences[:, None]
    return np.where(windows == windows.max(), -1, windows), windows

def three(sequences):
    return sequences[:, None], sequences[:, None], None

def doubled(windows):
    return np.concatenate([windows, windows], axis=-1)

def low(windows):
    return windows - 3

def halves(sequences):
    windows = sequences.reshape(len(sequences), 2, -1).copy()
    sequences[:] = 0
    return [windows, windows[..., ::-1]]

def in_place(windows):
    windows[:] = 0
    return windows

NUMBER = 3
"""


def targets(task: Task, values: np.ndarray = VALUES) -> list[Any]:
    return task.frame(values)[1][0].tolist()


def lag_copies(steps: np.ndarray, n_in: int, n_out: int) -> tuple[np.ndarray, np.ndarray]:
    """Framing as the source defines it: lag copies, oldest first, incomplete rows dropped.

    Args:
        steps: (length, features).
        n_in: steps in a window.
        n_out: steps to echo.
    """
    table = pd.DataFrame(steps)
    rows = pd.concat([table.shift(lag) for lag in reversed(range(n_in))], axis=1).dropna()
    windows = rows.to_numpy().reshape(len(rows), n_in, steps.shape[1])
    return windows, windows[:, :n_out]


def lag_copies_filled(steps: np.ndarray, n_in: int, n_out: int) -> tuple[np.ndarray, np.ndarray]:
    """As `lag_copies`, but with the incomplete rows kept and filled with -1."""
    table = pd.DataFrame(steps.astype(np.int64))
    rows = pd.concat([table.shift(lag) for lag in reversed(range(n_in))], axis=1).fillna(-1)
    windows = rows.to_numpy().reshape(len(rows), n_in, steps.shape[1])
    return windows, windows[:, :n_out]


@st.composite
def framings(draw: st.DrawFn) -> tuple[np.ndarray, int, int]:
    """A sequence, n_in and n_out that fit each other."""
    n_in = draw(st.integers(1, 8))
    n_out = draw(st.integers(1, n_in))
    values = draw(hnp.arrays(np.uint8, st.integers(n_in, 30)))
    return values, n_in, n_out


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with functions of the user's own in own_tasks.py."""
    (tmp_path / "own_tasks.py").write_text(OWN, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


# Windows


def test_the_example_of_the_source() -> None:
    task = Task(length=5, alphabet=10, n_in=5, n_out=2)
    windows, found = task.frame(np.array([[1, 2, 3, 4, 5]]))
    assert windows.tolist() == [[[1, 2, 3, 4, 5]]]
    assert found.tolist() == [[[1, 2]]]


def test_the_examples_of_its_docstring() -> None:
    tried = doctest.testmod(module)
    assert (tried.attempted > 3, tried.failed) == (True, 0)


@given(framings(), st.booleans())
def test_framing_equals_lag_copies(framing: tuple[np.ndarray, int, int], kept: bool) -> None:
    values, n_in, n_out = framing
    task = Task(length=len(values), alphabet=256, n_in=n_in, n_out=n_out, keep_missing=kept)
    (windows,), (found,) = task.frame(values[None])
    expected = (lag_copies_filled if kept else lag_copies)(values[:, None], n_in, n_out)
    np.testing.assert_array_equal(windows, expected[0][:, :, 0])
    np.testing.assert_array_equal(found, expected[1][:, :, 0])
    assert task.windows == len(windows)
    assert task.incomplete == (windows == MISSING).any(axis=-1).sum()
    assert windows.dtype == found.dtype == np.int32


@given(framings(), st.booleans())
def test_the_reference_of_other_tests_frames_alike(
    framing: tuple[np.ndarray, int, int], kept: bool
) -> None:
    values, n_in, n_out = framing
    task = Task(length=len(values), alphabet=256, n_in=n_in, n_out=n_out, keep_missing=kept)
    several = np.stack([values, values[::-1]])
    for ours, theirs in zip(
        task.frame(several), frame(several, n_in, n_out, keep_missing=kept), strict=True
    ):
        np.testing.assert_array_equal(ours, theirs)


def test_framing_before_encoding_equals_encoding_before_framing() -> None:
    values = generate(1, 25, 100, np.random.Generator(np.random.PCG64(0)))
    (windows,), (found,) = Task(length=25, alphabet=100, n_in=5, n_out=2).frame(values)
    expected_windows, expected_targets = lag_copies(one_hot(values[0], 100), 5, 2)
    assert expected_windows.shape == (21, 5, 100)
    np.testing.assert_array_equal(one_hot(windows, 100), expected_windows)
    np.testing.assert_array_equal(one_hot(found, 100), expected_targets)


def test_windows_that_do_not_overlap_begin_where_the_one_before_ends() -> None:
    (windows,), _ = replace(TASK, overlap=False).frame(VALUES)
    assert windows.tolist() == [[0, 1, 2], [3, 4, 5], [6, 7, 8]]


def test_they_begin_at_the_same_places_whatever_is_asked_before_them() -> None:
    task = replace(TASK, overlap=False, echo=(-1, 1))
    (windows,), (found,) = task.frame(VALUES)
    assert windows.tolist() == [[3, 4, 5], [6, 7, 8]]
    assert found.tolist() == [[1, 3], [4, 6]]
    assert (task.windows, task.shortest) == (2, 5)


# Targets


@pytest.mark.parametrize(
    ("changes", "first"),
    [
        ({}, [0, 1]),
        ({"echo": "newest"}, [1, 2]),
        ({"echo": "reversed"}, [1, 0]),
        ({"echo": "reversed", "n_out": 3}, [2, 1, 0]),
        ({"echo": (3, 1), "n_out": 2}, [2, 0]),
        ({"echo": (3, 3, 3, 3), "n_out": 4}, [2, 2, 2, 2]),
        ({"echo": (1, "none", Say(7)), "n_out": 3}, [0, MISSING, 7]),
        ({"echo": (Say(7), 3)}, [7, 2]),
    ],
)
def test_the_values_that_are_asked_for(changes: dict[str, Any], first: list[int]) -> None:
    found = targets(replace(TASK, **changes))
    assert found[0] == first
    moved = [x if x in (MISSING, 7) else x + 6 for x in first]
    assert (found[-1], len(found)) == (moved, 7)


def test_zero_is_said_as_any_other_constant() -> None:
    assert targets(replace(TASK, echo=(Say(0), 1))) == [[0, x] for x in range(7)]


def test_windows_before_which_a_value_is_missing_are_dropped() -> None:
    task = replace(TASK, echo=(0, 1, -1), n_out=3)
    (windows,), (found,) = task.frame(VALUES)
    assert windows[0].tolist() == [2, 3, 4]
    assert found[0].tolist() == [1, 2, 0]
    assert (task.windows, task.shortest) == (5, 5)


def test_windows_before_which_a_value_is_missing_are_kept_with_a_gap() -> None:
    task = replace(TASK, echo=(0, 1), keep_missing=True)
    (windows,), (found,) = task.frame(VALUES)
    assert windows[:3].tolist() == [[-1, -1, 0], [-1, 0, 1], [0, 1, 2]]
    assert found[:4].tolist() == [[-1, -1], [-1, -1], [-1, 0], [0, 1]]
    assert (task.windows, task.incomplete) == (9, 2)


def test_the_delayed_echo_asks_each_step_for_the_value_before() -> None:
    task = replace(TASK, echo=(0, 1, 2), n_out=3)
    (windows,), (found,) = task.frame(VALUES)
    np.testing.assert_array_equal(windows - 1, found)


def test_a_sequence_is_framed_by_itself_as_among_others() -> None:
    several = np.stack([VALUES[0], VALUES[0, ::-1]])
    task = replace(TASK, echo=(0, 3), keep_missing=True)
    for i, sequence in enumerate(several):
        for among, alone in zip(task.frame(several), task.frame(sequence[None]), strict=True):
            np.testing.assert_array_equal(among[i], alone[0])


def test_where_in_the_window_a_value_is() -> None:
    task = replace(TASK, echo=(3, 0, "none", Say(1), 1), n_out=5)
    assert task.places == [2, None, None, None, 0]
    assert plain(task.asked or ()) == [3, 0, "none", {"say": 1}, 1]
    assert read_asked('[3, 0, "none", {"say": 1}, 1]') == task.asked


# Functions of the user's own


def test_targets_by_a_function(here: Path) -> None:
    task = replace(TASK, n_out=3, targets="own_tasks:sorted")
    assert targets(task, VALUES[:, ::-1])[0] == [6, 7, 8]
    assert (task.asked, task.places) == (None, [None] * 3)


def test_a_function_may_return_more_values_than_a_window_has(here: Path) -> None:
    task = replace(TASK, n_out=6, targets="own_tasks:doubled")
    assert targets(task)[0] == [0, 1, 2, 0, 1, 2]


def test_what_a_function_does_to_its_argument_changes_no_window(here: Path) -> None:
    windows, found = replace(TASK, n_out=3, targets="own_tasks:in_place").frame(VALUES)
    assert windows[0, :2].tolist() == [[0, 1, 2], [1, 2, 3]]
    assert not found.any()


def test_symbols_lie_beyond_the_alphabet(here: Path) -> None:
    task = replace(TASK, n_out=3, targets="own_tasks:shown", symbols=("blank",))
    assert targets(task)[0] == [10, 10, 10]
    assert task.tokens == 11


def test_windows_and_targets_by_a_function(here: Path) -> None:
    task = Task(
        length=2,
        alphabet=5,
        n_in=5,
        n_out=5,
        cut="own_tasks:copy",
        symbols=("blank", "delimiter"),
    )
    windows, found = task.frame(np.array([[3, 1], [0, 4]]))
    assert windows.tolist() == [[[3, 1, 6, 5, 5]], [[0, 4, 6, 5, 5]]]
    assert found.tolist() == [[[-1, -1, -1, 3, 1]], [[-1, -1, -1, 0, 4]]]
    assert windows.dtype == found.dtype == np.int32
    assert (task.windows, task.incomplete) == (1, 0)


def test_several_windows_by_a_function(here: Path) -> None:
    """As a list, which is as good as a tuple; what it is given is a copy."""
    task = replace(
        TASK, length=8, n_in=4, n_out=4, cut="own_tasks:halves", targets=None, windows_cut=2
    )
    values = VALUES[:, :8].copy()
    windows, found = task.frame(values)
    assert windows.tolist() == [[[0, 1, 2, 3], [4, 5, 6, 7]]]
    assert found.tolist() == [[[3, 2, 1, 0], [7, 6, 5, 4]]]
    assert values.tolist() == [[*range(8)]]
    assert task.windows == 2


@pytest.mark.parametrize(
    ("function", "line"),
    [
        ("short", "expected targets of shape (1, 7, 3), got (1, 7, 1)"),
        ("real", "expected targets that are whole numbers, got float64"),
        ("listed", "expected targets as an array, got list"),
        ("far", "expected targets from 0 to 9, or -1 for none, got 10"),
        ("low", "expected targets from 0 to 9, or -1 for none, got -3"),
        ("failing", "KeyError: 'no\\nsuch'"),
        ("NUMBER", "expected a function NUMBER in own_tasks"),
        ("none", "expected a function none in own_tasks"),
        (
            "shown",
            "TypeError: shown() missing 1 required positional argument: 'blank'; name it "
            "in `symbols` of the task",
        ),
        ("careless", "TypeError: shown() missing 1 required positional argument: 'blank'"),
    ],
)
def test_functions_that_answer_something_else_are_refused(
    here: Path, function: str, line: str
) -> None:
    task = replace(TASK, n_out=3, targets=f"own_tasks:{function}")
    with pytest.raises(EchoseqError) as caught:
        task.frame(VALUES)
    assert str(caught.value) == f"own_tasks:{function}: {line}"


def test_a_function_that_takes_no_such_symbol_is_refused(here: Path) -> None:
    task = replace(TASK, n_out=3, targets="own_tasks:sorted", symbols=("blank",))
    with pytest.raises(EchoseqError) as caught:
        task.frame(VALUES)
    assert str(caught.value) == (
        "own_tasks:sorted: TypeError: sorted() got an unexpected keyword argument 'blank'; it gets "
        "each of `symbols` by name"
    )


@pytest.mark.parametrize(
    ("function", "line"),
    [
        ("alone", "expected windows and targets, got ndarray"),
        ("three", "expected windows and targets, got tuple"),
        ("gaps", "expected no window with a missing value (-1)"),
    ],
)
def test_functions_that_cut_something_else_are_refused(
    here: Path, function: str, line: str
) -> None:
    task = replace(TASK, n_in=9, n_out=9, cut=f"own_tasks:{function}")
    with pytest.raises(EchoseqError) as caught:
        task.frame(VALUES)
    assert str(caught.value) == f"own_tasks:{function}: {line}"


def test_a_module_that_is_not_there_is_refused(here: Path) -> None:
    task = replace(TASK, targets="no_such_tasks:sorted")
    with pytest.raises(EchoseqError) as caught:
        task.frame(VALUES)
    assert str(caught.value) == (
        "no_such_tasks:sorted: cannot import no_such_tasks, which is looked for in the working "
        f"directory, {here}"
    )


def test_a_module_that_lacks_another_says_which(here: Path) -> None:
    (here / "lacking.py").write_text("import no_such_library\n", encoding="utf-8")
    with pytest.raises(EchoseqError) as caught:
        replace(TASK, targets="lacking:sorted").frame(VALUES)
    assert str(caught.value) == (
        "lacking:sorted: cannot import lacking (ModuleNotFoundError: No module named "
        "'no_such_library')"
    )


# Sizes


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"n_out": 4}, "n_out: expected at most n_in (3), got 4"),
        ({"n_in": 10}, "n_in: expected at most length (9), got 10"),
        ({"echo": (4,), "n_out": 1}, "echo: expected positions up to n_in (3), got 4"),
        ({"echo": (-6,), "n_out": 1}, "echo: expected positions from -5, the first value, got -6"),
        ({"echo": (1, 2)  , "n_out": 3}, "n_out: expected 2, the positions in echo, got 3"),
        ({"echo": ("none",), "n_out": 1}, "echo: expected at least one position that is asked for, "
         "got none"),
        ({"echo": (Say(10),), "n_out": 1}, "echo: expected constants from 0 to 9, got 10"),
        ({"overlap": False, "keep_missing": True}, "overlap: expected true with framing: mask"),
        ({"overlap": False, "length": 10}, "overlap: expected a length that is a multiple of n_in "
         "(3), got 10"),
        ({"alphabet": 65536, "symbols": ("blank",)}, "symbols: expected at most 65536 with the "
         "alphabet, got 65537"),
    ],
)  # fmt: skip
def test_sizes_that_do_not_fit_are_refused(changes: dict[str, Any], line: str) -> None:
    with pytest.raises(EchoseqError) as caught:
        replace(TASK, **changes)
    assert str(caught.value) == line


def test_the_furthest_position_that_there_is() -> None:
    assert replace(TASK, echo=(-5,), n_out=1).windows == 1


def test_the_most_integers_that_there_may_be() -> None:
    assert replace(TASK, alphabet=65535, symbols=("blank",)).tokens == 65536


def test_a_plan_gives_its_task_every_key() -> None:
    plan = replace(FULL, length=12, alphabet=9, n_in=3, n_out=2, echo=(0, "none"), overlap=False)
    expected = Task(length=12, alphabet=9, n_in=3, n_out=2, echo=(0, "none"), overlap=False)
    assert Task.of(plan) == expected
    assert Task.of(replace(FULL, framing="mask")).keep_missing
    own = replace(FULL, frame="own_tasks:copy", windows=2, symbols=("blank", "end"))
    found = Task.of(own)
    assert (found.cut, found.windows_cut, found.symbols) == ("own_tasks:copy", 2, ("blank", "end"))
    assert Task.of(replace(FULL, targets="own_tasks:sorted")).targets == "own_tasks:sorted"


# What it is called


@pytest.mark.parametrize(
    ("echo", "n_out", "word"),
    [
        ((1, 2), 2, "oldest"),
        ((2, 3), 2, "newest"),
        ((3, 2, 1), 3, "reversed"),
        ((1, 2, 3), 3, "oldest"),
        ("newest", 3, "oldest"),
        ("reversed", 1, "oldest"),
        ((2, 1), 2, "reversed"),
        ((3, 1), 2, (3, 1)),
    ],
)
def test_an_echo_has_one_form(echo: Any, n_out: int, word: Any) -> None:
    assert canonical(echo, 3, n_out) == word
    assert positions(word, 3, n_out) == positions(echo, 3, n_out)


@pytest.mark.parametrize(
    ("changes", "short", "sentence"),
    [
        ({}, "2 of 3", "the 2 oldest of 3"),
        ({"n_out": 3}, "3 of 3", "all 3"),
        ({"echo": "newest"}, "newest 2 of 3", "the 2 newest of 3"),
        ({"echo": "reversed"}, "reversed 2 of 3", "the 2 oldest of 3 in reverse"),
        ({"echo": "reversed", "n_out": 3}, "reversed 3 of 3", "all 3 in reverse"),
        ({"echo": (3, 0, "none", Say(4)), "n_out": 4}, "3, 0, none, say 4 of 3",
         "of 3, in this order: newest, 1 before the window, nothing, the constant 4"),
    ],
)  # fmt: skip
def test_tasks_are_described(changes: dict[str, Any], short: str, sentence: str) -> None:
    task = replace(TASK, **changes)
    assert label(task) == short
    assert described(task.asked or (), task.n_in) == sentence


def test_a_task_of_ones_own_is_called_by_its_function() -> None:
    assert label(replace(TASK, targets="own_tasks:sorted")) == "sorted"
    assert label(replace(TASK, cut="own_tasks:copy")) == "copy"


@pytest.mark.parametrize(
    ("position", "name"),
    [(1, "oldest"), (5, "newest"), (2, "2nd oldest"), (0, "1 before the window"),
     (-2, "3 before the window")],
)  # fmt: skip
def test_positions_have_names(position: int, name: str) -> None:
    assert called(position, 5) == name


def test_the_only_value_of_a_window_is_its_oldest() -> None:
    assert called(1, 1) == "oldest"


@pytest.mark.parametrize(
    ("number", "text"),
    [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (22, "22nd"),
     (101, "101st"), (113, "113th")],
)  # fmt: skip
def test_ordinals(number: int, text: str) -> None:
    assert ordinal(number) == text


@pytest.mark.parametrize(
    ("text", "echo"),
    [("newest", "newest"), ("5,3,1", (5, 3, 1)), ("-1,none,0", (-1, "none", 0)), ("2", (2,))],
)
def test_an_echo_is_read_as_a_command_writes_it(text: str, echo: Any) -> None:
    assert echo_from(text) == echo


@pytest.mark.parametrize("text", ["", "old", "1,,2", "1.5", "1,oldest", "1234567"])
def test_another_echo_of_a_command_is_refused(text: str) -> None:
    line = f"--echo: expected oldest, newest, reversed, or positions, as in 5,3,1, got '{text}'"
    with pytest.raises(EchoseqError) as caught:
        echo_from(text)
    assert str(caught.value) == line
