"""What every peer does: the sizes of an echo, its sequences, and how it is timed.

An epoch draws one sequence, frames it, and makes one update of Adam for each batch of its windows,
in order. The state of the network is carried from batch to batch, and reset between sequences.
"""

import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

# Adam as Keras sets it.
RATE, BETA_1, BETA_2, EPSILON = 1e-3, 0.9, 0.999, 1e-7

Run = Callable[[np.ndarray], list[float]]


@dataclass(frozen=True)
class Sizes:
    """Of an echo; `encoder` says whether an encoder-decoder or one LSTM answers."""

    length: int
    alphabet: int
    n_in: int
    n_out: int
    batch_size: int
    cells: int
    encoder: bool

    @property
    def batches(self) -> int:
        """Updates in an epoch."""
        return (self.length - self.n_in + 1) // self.batch_size


def windows(sizes: Sizes, epochs: int) -> np.ndarray:
    """Random windows in order, integers (epochs, batches, batch size, n_in)."""
    stream = np.random.default_rng(0)
    sequences = stream.integers(0, sizes.alphabet, (epochs, sizes.length))
    framed = np.lib.stride_tricks.sliding_window_view(sequences, sizes.n_in, axis=1)
    shape = (epochs, sizes.batches, sizes.batch_size, sizes.n_in)
    return np.ascontiguousarray(framed).reshape(shape).astype(np.int32)


def report(version: str, trainer: Callable[[Sizes], Run], warmup: int) -> None:
    """Time a run, which trains on windows and returns the loss of every epoch; print it as JSON.

    Arguments of the program: the sizes as JSON, and how many epochs to time after the first
    `warmup`, which trace and compile what is compiled.
    """
    sizes, epochs = Sizes(**json.loads(sys.argv[1])), int(sys.argv[2])
    drawn, run = windows(sizes, warmup + epochs), trainer(sizes)
    start = time.perf_counter()
    run(drawn[:warmup])
    warm = time.perf_counter()
    losses = run(drawn[warmup:])
    end = time.perf_counter()
    measured = {"ms": (end - warm) / epochs * 1e3, "first_s": warm - start}
    print(json.dumps(measured | {"loss": float(np.mean(losses[-100:])), "version": version}))
