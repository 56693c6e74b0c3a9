"""Framing as the source does it, for comparison: windows that move on by one, the oldest values."""

import numpy as np

from echoseq.task import MISSING


def frame(
    values: np.ndarray, n_in: int, n_out: int, *, keep_missing: bool = False
) -> tuple[np.ndarray, np.ndarray]:
    """Windows (..., windows, n_in) and targets (..., windows, n_out) of sequences (..., length)."""
    values = np.asarray(values)
    if keep_missing:
        padding = [(0, 0)] * (values.ndim - 1) + [(n_in - 1, 0)]
        values = np.pad(values.astype(np.int64), padding, constant_values=MISSING)
    windows = np.lib.stride_tricks.sliding_window_view(values, n_in, axis=-1)
    return windows, windows[..., :n_out]
