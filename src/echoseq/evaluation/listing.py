"""Sequences and echoes as readable text."""

import numpy as np

from echoseq.data.sequences import MISSING
from echoseq.evaluation.predictions import Predictions


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
