"""What every program does: the sizes of an echo, its weights and sequences, and how it is asked.

An epoch draws one sequence, frames it, and makes one update of Adam for each batch of its windows,
in order. The state of the network is carried from batch to batch, and reset between sequences. All
programs begin with the same weights and learn from the same sequences.

A program reads a request in each line, and answers it with a line, both JSON:

- {"sizes": {...}}: set a network up, trace and compile it, and train on one block: `first_s`;
- {"epochs": n}: go on for n epochs: `ms` an epoch, `cpu_ms` of processor time, and the last `loss`;
- {"losses": n}: those of the first n epochs since it was set up.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

# Adam as Keras sets it.
RATE, BETA_1, BETA_2, EPSILON = 1e-3, 0.9, 0.999, 1e-7

Weights = dict[str, np.ndarray]
Run = Callable[[np.ndarray], list[float]]
Make = Callable[["Sizes", Weights], Run]


@dataclass(frozen=True)
class Sizes:
    """Of an echo; `encoder` says whether an encoder-decoder or one LSTM answers.

    block: epochs in one compiled call, where there is one.
    stateful: whether the state is carried from batch to batch.
    """

    length: int
    alphabet: int
    n_in: int
    n_out: int
    batch_size: int
    cells: int
    encoder: bool
    block: int = 100
    stateful: bool = True

    @property
    def batches(self) -> int:
        """Updates in an epoch."""
        return (self.length - self.n_in + 1) // self.batch_size

    @property
    def carries(self) -> bool:
        """Whether a batch may begin with a state that is not zero."""
        return self.stateful and self.batches > 1


def initial(sizes: Sizes) -> Weights:
    """Weights in Keras's layout and order, drawn from its distributions, float32.

    Kernels are Glorot's uniform, recurrent ones orthogonal, biases zero, those of forget gates one.
    """
    stream = np.random.default_rng(0)
    cells = sizes.cells
    bias = np.zeros(4 * cells)
    bias[cells : 2 * cells] = 1.0

    def glorot(rows: int, columns: int) -> np.ndarray:
        limit = np.sqrt(6 / (rows + columns))
        return stream.uniform(-limit, limit, (rows, columns))

    weights = {}
    inputs = {"first": sizes.alphabet} | ({"second": cells} if sizes.encoder else {})
    for name, features in inputs.items():
        weights[f"{name}_kernel"] = glorot(features, 4 * cells)
        weights[f"{name}_recurrent"] = np.linalg.qr(stream.normal(size=(4 * cells, cells)))[0].T
        weights[f"{name}_bias"] = bias
    weights["output_kernel"] = glorot(cells, sizes.alphabet)
    weights["output_bias"] = np.zeros(sizes.alphabet)
    return {name: np.ascontiguousarray(value, np.float32) for name, value in weights.items()}


def windows(sizes: Sizes, drawn: np.ndarray) -> np.ndarray:
    """Their windows in order, integers (epochs, batches, batch size, n_in)."""
    framed = np.lib.stride_tricks.sliding_window_view(drawn, sizes.n_in, axis=1)
    shape = (len(drawn), sizes.batches, sizes.batch_size, sizes.n_in)
    return np.ascontiguousarray(framed).reshape(shape)


class Session:
    """The network that a program trains, and the losses of its epochs so far."""

    def __init__(self, make: Make, *, framed: bool) -> None:
        """With nothing set up."""
        self._make, self._framed = make, framed

    def set_up(self, **given: Any) -> dict[str, float]:
        """Trace and compile by training on the first block."""
        self._sizes = Sizes(**given)
        self._stream = np.random.default_rng(1)
        self._losses: list[float] = []
        drawn = self._draw(self._sizes.block)
        start = time.perf_counter()
        self._run = self._make(self._sizes, initial(self._sizes))
        self._losses += self._run(drawn)
        return {"first_s": time.perf_counter() - start}

    def train(self, epochs: int) -> dict[str, float]:
        """Go on, and measure it."""
        drawn = self._draw(epochs)
        start, used = time.perf_counter(), time.process_time()
        self._losses += self._run(drawn)
        seconds, used = time.perf_counter() - start, time.process_time() - used
        return {
            "ms": seconds / epochs * 1e3,
            "cpu_ms": used / epochs * 1e3,
            "loss": float(np.mean(self._losses[-100:])),
        }

    def losses(self, count: int) -> dict[str, list[float]]:
        """Of the first epochs."""
        return {"losses": self._losses[:count]}

    def _draw(self, count: int) -> np.ndarray:
        """The next sequences, or their windows; the same, however many are drawn at a time."""
        shape = (count, self._sizes.length)
        drawn = self._stream.integers(0, self._sizes.alphabet, shape).astype(np.int32)
        return windows(self._sizes, drawn) if self._framed else drawn


def serve(version: str, make: Make, *, framed: bool = True) -> None:
    """Answer requests until there are no more.

    Args:
        version: of the program, for the tables.
        make: from sizes and weights to a function that goes on training one network and returns the
            loss of every epoch.
        framed: whether that is given windows, as `windows` frames them, or sequences.
    """
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # libraries print
    session = Session(make, framed=framed)
    for line in sys.stdin:
        request = json.loads(line)
        if "sizes" in request:
            answer: dict[str, Any] = session.set_up(**request["sizes"]) | {"version": version}
        elif "epochs" in request:
            answer = session.train(request["epochs"])
        else:
            answer = session.losses(request["losses"])
        print(json.dumps(answer), file=answers, flush=True)
