"""Measure the core that this runs on: its peak in products, and its bandwidth; print them as JSON.

The peak is that of NumPy's products of float32 with one thread, at the best of some shapes. The
bandwidth is that of a copy, or of a sum into one of its terms, whichever is higher; both are
repeated in the same memory, so it depends on the cache that holds it.
"""

import json
import time
from collections.abc import Callable

import numpy as np
from threadpoolctl import threadpool_limits

SHAPES = ((256, 256, 256), (384, 384, 384), (512, 512, 512), (768, 768, 768), (1024, 1024, 1024))
SIZES = tuple(4**power for power in range(9, 14))  # bytes, 256 kB to 64 MB
SECONDS = 0.1  # for each of them


def shortest(work: Callable[[], object]) -> float:
    """Seconds of the quickest of many calls."""
    work()
    times, end = [], time.perf_counter() + SECONDS
    while time.perf_counter() < end or len(times) < 3:
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def peak() -> float:
    """10^9 floating-point operations a second."""
    stream = np.random.default_rng(0)
    found = []
    for rows, inner, columns in SHAPES:
        a = stream.random((rows, inner), np.float32)
        b = stream.random((inner, columns), np.float32)
        out = np.empty((rows, columns), np.float32)
        seconds = shortest(lambda a=a, b=b, out=out: np.matmul(a, b, out=out))
        found.append(2 * rows * inner * columns / seconds / 1e9)
    return max(found)


def bandwidth(size: int) -> float:
    """10^9 bytes a second, read and written in memory of this many bytes."""
    a, b = np.ones((2, size // 8), np.float32)
    repeat = max(2**20 // size, 1)

    def copied() -> None:
        for _ in range(repeat):
            np.copyto(a, b)

    def added() -> None:
        for _ in range(repeat):
            np.add(a, b, out=a)

    rates = [2 * a.nbytes / shortest(copied), 3 * a.nbytes / shortest(added)]
    return repeat * max(rates) / 1e9


if __name__ == "__main__":
    with threadpool_limits(1):
        measured = {"gflops": peak(), "bandwidth": {size: bandwidth(size) for size in SIZES}}
    print(json.dumps(measured))
