"""What is echoed: the windows of a sequence, and what is asked of each.

This is the only place where a window is cut or a target chosen. Positions are counted as in the
configuration: 1 is the oldest value of the window, n_in the newest, 0 the value just before the
window, -1 the one before that.

    sequence       12    5   99    3   40   67
    window 1     [ 12    5   99    3   40 ]
    position        1    2    3    4    5
    window 2           [  5   99    3   40   67 ]
    position        0     1    2    3    4    5


>>> from dataclasses import replace
>>> task = Task(length=6, alphabet=100, n_in=5, n_out=2)
>>> windows, targets = task.frame(np.array([[12, 5, 99, 3, 40, 67]]))
>>> windows.tolist(), targets.tolist()
([[[12, 5, 99, 3, 40], [5, 99, 3, 40, 67]]], [[[12, 5], [5, 99]]])
>>> replace(task, n_out=3, echo="reversed").frame(np.array([[12, 5, 99, 3, 40, 67]]))[1].tolist()
[[[99, 5, 12], [3, 99, 5]]]
>>> replace(task, n_out=3, echo=(0, "none", Say(7))).frame(np.arange(6)[None])[1].tolist()
[[[0, -1, 7]]]
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from echoseq.asked import NOTHING, Asked, Echo, Say, before, positions
from echoseq.errors import EchoseqError
from echoseq.own import function_here

MISSING = -1  # stands for a value that there is not: before the sequence began, or not asked for
FILLER = float(MISSING)  # in every feature of it, for a network, if a task does not say otherwise
MOST = 65536  # different integers


@dataclass(frozen=True, slots=True)
class Task:
    """Sequences of integers, their windows, and what is asked of each.

    The fields have the meaning of the configuration keys of the same names.

    length: integers in a sequence.
    alphabet: they are below this.
    n_in, n_out: integers in a window, and in the answer to it.
    keep_missing: whether windows that lack values are kept, with `MISSING` in the gaps.
    overlap: whether windows begin at every integer, or where the one before ends.
    targets: a function of the user's own, `module:function`, that takes windows (..., n_in) and
        returns targets (..., n_out).
    cut: a function of the user's own that takes sequences (count, length) and returns windows
        (count, windows, n_in) and targets (count, windows, n_out).
    windows_cut: the windows that it makes of a sequence.
    symbols: names of integers beyond the alphabet, for the user's own functions.
    """

    length: int
    alphabet: int
    n_in: int
    n_out: int
    echo: Echo = "oldest"
    keep_missing: bool = False
    overlap: bool = True
    targets: str | None = None
    cut: str | None = None
    windows_cut: int = 1
    symbols: tuple[str, ...] = ()

    @classmethod
    def of(cls, keys: Any) -> "Task":
        """The task that keys of a configuration describe: those of a task, or of a plan.

        Raises:
            EchoseqError: for sizes that do not fit together.
        """
        return cls(
            length=keys.length,
            alphabet=keys.alphabet,
            n_in=keys.n_in,
            n_out=keys.n_out,
            echo=keys.echo,
            keep_missing=keys.framing == "mask",
            overlap=keys.overlap,
            targets=keys.targets,
            cut=keys.frame,
            windows_cut=keys.windows or 1,
            symbols=tuple(keys.symbols),
        )

    def __post_init__(self) -> None:
        """Refuse sizes that do not fit together.

        Raises:
            EchoseqError: the message names the key, and what was expected.
        """
        for key, message in mistakes(self):
            raise EchoseqError(f"{key}: {message}")

    @property
    def asked(self) -> tuple[Asked, ...] | None:
        """What is asked at each place of the answer; None if a function of the user's own says."""
        if self.targets is not None or self.cut is not None:
            return None
        return positions(self.echo, self.n_in, self.n_out)

    @property
    def tokens(self) -> int:
        """How many different integers there are: the alphabet, and the symbols beyond it."""
        return self.alphabet + len(self.symbols)

    @property
    def windows(self) -> int:
        """Windows of a sequence."""
        return self.windows_cut if self.cut is not None else len(self._starts())

    @property
    def shortest(self) -> int:
        """Integers that a sequence needs to have a complete window."""
        if self.cut is not None:
            return self.length
        return self.n_in + before(self.asked or ())

    @property
    def incomplete(self) -> int:
        """The windows at the beginning of a sequence in which values are missing."""
        return int((self._starts() < 0).sum()) if self.cut is None else 0

    @property
    def places(self) -> list[int | None]:
        """Where in the window, from 0, the value is that is asked for at each place of the answer.

        None where it is not a value of the window.
        """
        return [
            item - 1 if isinstance(item, int) and 1 <= item <= self.n_in else None
            for item in self.asked or [NOTHING] * self.n_out
        ]

    def frame(self, sequences: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The windows of sequences, and the target of each.

        Args:
            sequences: integers, (count, length).

        Returns:
            Windows (count, windows, n_in) and targets (count, windows, n_out), int32; `MISSING`
            where there is no value, or nothing is asked.

        Raises:
            EchoseqError: if a function of the user's own fails, or returns something else.
        """
        sequences = np.asarray(sequences)
        if self.cut is not None:
            return self._cut(sequences)
        starts = self._starts()
        windows = _values(sequences, starts[:, None] + np.arange(self.n_in))
        asked = self.asked
        if asked is None:
            return windows, self._own_targets(windows)
        targets = np.empty((*windows.shape[:-1], self.n_out), np.int32)
        for place, item in enumerate(asked):
            if isinstance(item, int):
                targets[..., place] = _values(sequences, starts + item - 1)
            else:
                targets[..., place] = item.say if isinstance(item, Say) else MISSING
        return windows, targets

    def _starts(self) -> np.ndarray:
        """Where windows begin in the sequence, (windows,); before it if they lack values.

        Windows that lack values, or follow none that they are asked for, are dropped or kept.
        """
        step = 1 if self.overlap else self.n_in
        if self.keep_missing:
            return np.arange(self.length) - (self.n_in - 1)
        starts = np.arange(0, self.length - self.n_in + 1, step)
        return starts[starts >= self.shortest - self.n_in]

    def _own_targets(self, windows: np.ndarray) -> np.ndarray:
        assert self.targets is not None
        found = _call(self.targets, windows, self._named())
        return _checked(self.targets, "targets", found, (*windows.shape[:-1], self.n_out), self)

    def _cut(self, sequences: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        assert self.cut is not None
        found = _call(self.cut, sequences, self._named())
        if not isinstance(found, tuple | list) or len(found) != 2:
            raise EchoseqError(f"{self.cut}: expected windows and targets, got {_kind(found)}")
        windows, targets = (
            _checked(self.cut, name, part, (len(sequences), self.windows_cut, steps), self)
            for name, part, steps in zip(("windows", "targets"), found, (self.n_in, self.n_out))
        )
        if (windows == MISSING).any():
            raise EchoseqError(f"{self.cut}: expected no window with a missing value (-1)")
        return windows, targets

    def _named(self) -> dict[str, int]:
        """The symbols by name, beyond the alphabet."""
        return {name: self.alphabet + i for i, name in enumerate(self.symbols)}


def mistakes(task: Task) -> Iterator[tuple[str, str]]:
    """What does not fit together in a task: the key, and what was expected of it."""
    if task.tokens > MOST:
        yield "symbols", f"expected at most {MOST} with the alphabet, got {task.tokens}"
    if task.cut is not None:
        return
    asked = task.asked or ()
    if isinstance(task.echo, str) and task.n_out > task.n_in and task.targets is None:
        yield "n_out", f"expected at most n_in ({task.n_in}), got {task.n_out}"
        return
    if task.n_in > task.length:
        yield "n_in", f"expected at most length ({task.length}), got {task.n_in}"
        return
    if not task.overlap and task.keep_missing:
        yield "overlap", "expected true with framing: mask"
    if not task.overlap and task.length % task.n_in:
        yield (
            "overlap",
            f"expected a length that is a multiple of n_in ({task.n_in}), got {task.length}",
        )
    yield from _echo_mistakes(task, asked)


def _echo_mistakes(task: Task, asked: tuple[Asked, ...]) -> Iterator[tuple[str, str]]:
    if asked and all(item == NOTHING for item in asked):
        yield "echo", "expected at least one position that is asked for, got none"
    if len(asked) not in (0, task.n_out):
        yield "n_out", f"expected {len(asked)}, the positions in echo, got {task.n_out}"
    for item in asked:
        if isinstance(item, Say) and item.say >= task.tokens:
            yield "echo", f"expected constants from 0 to {task.tokens - 1}, got {item.say}"
        elif isinstance(item, int) and item > task.n_in:
            yield "echo", f"expected positions up to n_in ({task.n_in}), got {item}"
        elif isinstance(item, int) and item < task.n_in - task.length + 1:
            furthest = task.n_in - task.length + 1
            yield "echo", f"expected positions from {furthest}, the first value, got {item}"


def label(task: Task) -> str:
    """A short name of what is asked: `2 of 5`, `reversed 5 of 5`, `sorted of 5`."""
    own = task.cut or task.targets
    if own is not None:
        return own.partition(":")[2]
    share = f"{task.n_out} of {task.n_in}"
    if isinstance(task.echo, str):
        return share if task.echo == "oldest" else f"{task.echo} {share}"
    return f"{', '.join(map(_short, task.echo))} of {task.n_in}"


def _short(item: Asked) -> str:
    return f"say {item.say}" if isinstance(item, Say) else str(item)


def _values(sequences: np.ndarray, index: np.ndarray) -> np.ndarray:
    """The values at places of each sequence, int32, (count, *index.shape)."""
    values = sequences[:, np.maximum(index, 0)].astype(np.int32)
    values[:, index < 0] = MISSING
    return values


def _call(path: str, argument: np.ndarray, symbols: dict[str, int]) -> object:
    function = function_here(path)
    try:
        return function(argument.copy(), **symbols)
    except Exception as error:  # the user's function may raise anything
        reason = " ".join(f"{type(error).__name__}: {error}".split())
        raise EchoseqError(f"{path}: {reason}{_about_symbols(error)}") from error


def _about_symbols(error: Exception) -> str:
    """What to do if the function could not be called, because it takes other symbols."""
    inside = error.__traceback__.tb_next if error.__traceback__ else None
    if not isinstance(error, TypeError) or inside is not None:
        return ""
    if "missing" in str(error):
        return "; name it in `symbols` of the task"
    return "; it gets each of `symbols` by name" if "unexpected keyword" in str(error) else ""


def _checked(path: str, what: str, found: object, shape: Sequence[int], task: Task) -> np.ndarray:
    """An array that the user's function returned, int32.

    Raises:
        EchoseqError: if it has another shape, or values that are no tokens.
    """
    if not isinstance(found, np.ndarray):
        raise EchoseqError(f"{path}: expected {what} as an array, got {_kind(found)}")
    if found.shape != tuple(shape):
        raise EchoseqError(f"{path}: expected {what} of shape {tuple(shape)}, got {found.shape}")
    if not np.issubdtype(found.dtype, np.integer):
        raise EchoseqError(f"{path}: expected {what} that are whole numbers, got {found.dtype}")
    outside = found[(found < MISSING) | (found >= task.tokens)]
    if outside.size:
        most = task.tokens - 1
        raise EchoseqError(
            f"{path}: expected {what} from 0 to {most}, or -1 for none, got {outside.flat[0]}"
        )
    return found.astype(np.int32)


def _kind(found: object) -> str:
    return type(found).__name__
