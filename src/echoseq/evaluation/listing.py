"""Sequences and echoes as readable text."""

import numpy as np

from echoseq.asked import described
from echoseq.data.sequences import decode, one_hot
from echoseq.evaluation.predictions import Predictions
from echoseq.task import MISSING, Task


def format_values(values: np.ndarray, alphabet: int) -> str:
    """Integers padded to the width of the largest one: `[12,  5, 99]`; missing: `-`."""
    width = len(str(alphabet - 1))
    texts = ("-" if value == MISSING else str(value) for value in values.tolist())
    return "[" + ", ".join(text.rjust(width) for text in texts) + "]"


def window_lines(windows: np.ndarray, targets: np.ndarray, alphabet: int) -> list[str]:
    """A line for each window and its target: `[1, 2, 3] => [1, 2]`."""
    return [
        f"{format_values(window, alphabet)} => {format_values(target, alphabet)}"
        for window, target in zip(windows, targets, strict=True)
    ]


def framing_lines(values: np.ndarray, task: Task) -> list[str]:
    """A sequence of integers, (length,), encoded and framed as windows with their targets."""
    encoded, first = one_hot(values, task.alphabet), values[0]
    (windows,), (targets,) = task.frame(values[None])
    return [
        f"sequence of {len(values)} integers:",
        format_values(values, task.alphabet),
        "",
        f"one-hot encoded: shape {encoded.shape}; {first} is a vector of {task.alphabet}",
        f"zeros except for a 1 at index {first}; argmax gives {decode(encoded[0])} back",
        "",
        f"framed: X {(*windows.shape, task.alphabet)}, y {(*targets.shape, task.alphabet)}",
        f"to echo: {described(task.asked or (), task.n_in)}",
        *window_lines(windows, targets, task.alphabet),
    ]


def echo_lines(expected: np.ndarray, predicted: np.ndarray, alphabet: int) -> list[str]:
    """A line for each window: expected and predicted, (windows, n_out), with errors marked."""
    return [
        f"expected {format_values(want, alphabet)}  predicted {format_values(got, alphabet)}"
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
