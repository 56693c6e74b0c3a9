"""Sequences and echoes as readable text."""

from collections.abc import Sequence

import numpy as np

from echoseq.asked import described
from echoseq.data.sequences import decode, one_hot
from echoseq.evaluation.predictions import Predictions
from echoseq.task import MISSING, Task
from echoseq.wording import plural


def format_values(values: np.ndarray, alphabet: int, symbols: Sequence[str] = ()) -> str:
    """Integers padded to the width of the largest one: `[12,  5, 99]`; missing: `-`.

    Args:
        alphabet: integers are below this.
        symbols: the names of the integers beyond it: `[1, 0, blank]`.
    """
    width, named = len(str(alphabet - 1)), {alphabet + i: name for i, name in enumerate(symbols)}
    texts = (named.get(value, str(value)) for value in values.tolist())
    shown = ("-" if text == str(MISSING) else text for text in texts)
    return "[" + ", ".join(text.rjust(width) for text in shown) + "]"


def window_lines(
    windows: np.ndarray, targets: np.ndarray, alphabet: int, symbols: Sequence[str] = ()
) -> list[str]:
    """A line for each window and its target: `[1, 2, 3] => [1, 2]`."""
    return [
        " => ".join(format_values(values, alphabet, symbols) for values in pair)
        for pair in zip(windows, targets, strict=True)
    ]


def framing_lines(values: np.ndarray, task: Task, encoding: str = "one_hot") -> list[str]:
    """A sequence of integers, (length,), encoded and framed as windows with their targets."""
    (windows,), (targets,) = task.frame(values[None])
    features = task.tokens if encoding == "one_hot" else 1
    return [
        f"sequence of {plural(len(values), 'integer')}:",
        format_values(values, task.alphabet),
        "",
        *_encoding_lines(values, task, encoding),
        "",
        f"framed: X {(*windows.shape, features)}, y {(*targets.shape, features)}",
        _asked_line(task),
        *window_lines(windows, targets, task.alphabet, task.symbols),
    ]


def _encoding_lines(values: np.ndarray, task: Task, encoding: str) -> list[str]:
    """How the integers of a sequence enter a network."""
    first = values[0]
    if encoding == "linear":
        scaled = f"{first} is {first / (task.alphabet - 1):.4g}"
        return [f"scaled to 0..1: shape {(len(values), 1)}; {scaled}"]
    encoded = one_hot(values, task.tokens)
    return [
        f"one-hot encoded: shape {encoded.shape}; {first} is a vector of {task.tokens}",
        f"zeros except for a 1 at index {first}; argmax gives {decode(encoded[0])} back",
    ]


def _asked_line(task: Task) -> str:
    if task.asked is None:
        return f"to say: what {task.targets or task.cut} returns"
    return f"to echo: {described(task.asked, task.n_in)}"


def echo_lines(
    expected: np.ndarray, predicted: np.ndarray, alphabet: int, symbols: Sequence[str] = ()
) -> list[str]:
    """A line for each window: expected and predicted, (windows, n_out), with errors marked."""
    return [
        f"expected {format_values(want, alphabet, symbols)}  "
        f"predicted {format_values(got, alphabet, symbols)}"
        + ("" if ((want == got) | (want == MISSING)).all() else "  <- wrong")
        for want, got in zip(expected, predicted, strict=True)
    ]


def listing(experiment: str, predictions: Predictions, sequence: int = 0) -> str:
    """The answers of the first seed to one held-out sequence, with totals in the last line."""
    expected = predictions.expected[sequence]
    predicted = predictions.tokens[0, sequence]
    alphabet = int(predictions.alphabet)
    present = expected != MISSING
    right = int((expected == predicted)[present].sum())
    lines = [
        f"{experiment}, seed {predictions.seeds[0]}, held-out sequence {sequence}",
        format_values(predictions.sequences[sequence], alphabet),
        "",
        *echo_lines(expected, predicted, alphabet),
        "",
        f"{right} of {present.sum()} values right",
    ]
    return "\n".join(lines) + "\n"
