"""Power laws: times that grow or fall with a power of a size."""

import numpy as np

DIGITS = 6  # so that the last bits of a mathematics library cannot appear in a table


def exponents(sizes: np.ndarray, times: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The least-squares slope of log time against log size, for each seed.

    Args:
        sizes: (sizes,), positive.
        times: (seeds, sizes), positive.

    Returns:
        The slopes, (seeds,); and the fitted times, geometric means over seeds, whole numbers,
        (sizes,).
    """
    x = np.log2(sizes) - np.log2(sizes).mean()
    y = np.log2(times)
    slopes = y @ x / (x @ x)
    return np.round(slopes, DIGITS), np.rint(2.0 ** (y.mean() + slopes.mean() * x))
