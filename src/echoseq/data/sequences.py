"""Random integer sequences: generate, frame, encode, decode. Pure functions.

>>> windows, targets = frame(np.array([1, 2, 3, 4, 5, 6]), n_in=5, n_out=2)
>>> windows.tolist(), targets.tolist()
([[1, 2, 3, 4, 5], [2, 3, 4, 5, 6]], [[1, 2], [2, 3]])
"""

import numpy as np

from echoseq.errors import EchoseqError

MISSING = -1  # stands for a value before the sequence began


def generate(count: int, length: int, alphabet: int, stream: np.random.Generator) -> np.ndarray:
    """Draw sequences of integers, independent and uniform on 0..alphabet-1.

    Returns:
        Shape (count, length), in the smallest unsigned type that holds the alphabet. A larger
        count from the same stream begins with the same sequences: values are drawn row by row,
        in 64 bits, so that they do not depend on the storage type.
    """
    drawn = stream.integers(0, alphabet, size=(count, length), dtype=np.int64)
    return drawn.astype(np.min_scalar_type(alphabet - 1))


def frame(
    values: np.ndarray, n_in: int, n_out: int, *, keep_missing: bool = False
) -> tuple[np.ndarray, np.ndarray]:
    """Cut sequences into overlapping windows and the targets to echo.

    Window t holds the `n_in` latest values at step t, oldest first. In the first `n_in - 1` windows
    values are missing: these are dropped, or kept with `MISSING` in the gaps. The target is the
    first `n_out` values of the window.

    Args:
        values: shape (..., length).
        keep_missing: keep the windows with missing values; the result is then signed.

    Returns:
        Windows (..., windows, n_in) and targets (..., windows, n_out), read-only views; there are
        length - n_in + 1 windows, or one for each step if those with missing values are kept.

    Raises:
        EchoseqError: if n_out is not in 1..n_in, or the sequence is shorter than n_in.
    """
    values = np.asarray(values)
    if not 1 <= n_out <= n_in:
        raise EchoseqError(f"n_out: expected 1 to n_in ({n_in}), got {n_out}")
    if values.shape[-1] < n_in:
        raise EchoseqError(
            f"sequence: expected at least n_in ({n_in}) values, got {values.shape[-1]}"
        )
    if keep_missing:
        padding = [(0, 0)] * (values.ndim - 1) + [(n_in - 1, 0)]
        values = np.pad(values.astype(np.int64), padding, constant_values=MISSING)
    windows = np.lib.stride_tricks.sliding_window_view(values, n_in, axis=-1)
    return windows, windows[..., :n_out]


def one_hot(values: np.ndarray, alphabet: int) -> np.ndarray:
    """Encode each integer as a vector of zeros with a 1 at its index.

    Args:
        values: integers in 0..alphabet-1, any shape.

    Returns:
        float32, the shape of `values` with an axis of `alphabet` appended.

    Raises:
        EchoseqError: if a value is not a whole number or lies outside the alphabet.
    """
    values = np.asarray(values)
    require_alphabet(values, alphabet)
    encoded = np.zeros((*values.shape, alphabet), np.float32)
    np.put_along_axis(encoded, values[..., None].astype(np.intp), 1, axis=-1)
    return encoded


def require_alphabet(values: np.ndarray, alphabet: int) -> None:
    """Refuse values that are not whole numbers in 0..alphabet-1, naming the first.

    Raises:
        EchoseqError: if there is such a value.
    """
    if not np.issubdtype(values.dtype, np.integer):
        raise EchoseqError(f"values: expected whole numbers, got {values.dtype}")
    outside = values[(values < 0) | (values >= alphabet)]
    if outside.size:
        raise EchoseqError(f"values: expected 0 to {alphabet - 1}, got {outside.flat[0]}")


def decode(encoded: np.ndarray) -> np.ndarray:
    """Decode vectors (..., alphabet) to integers (...) by argmax; the first wins a tie."""
    return np.argmax(encoded, axis=-1)
