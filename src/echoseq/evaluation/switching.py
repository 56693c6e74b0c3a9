"""Trained models whose parts can be switched off while they answer.

The parts are behind variables: a factor of 1 leaves a number as it is, to the bit. So a model is
compiled once, with all its switches, and one call answers all sequences.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from echoseq.networks.backend import tf
from echoseq.networks.building import stateful_layers
from echoseq.networks.coding import Coding
from echoseq.task import MISSING, Task

NO_CELL, NO_POSITION = -1, 0
JOIN = " + "  # between the names of layers that are switched off together


@dataclass(frozen=True)
class Variant:
    """A network with something taken away.

    ablation: its name in tables.
    layer: the layers that it is about.
    switches: variables, and the values that they have meanwhile.
    state: of the layer, if it is about one: h or c.
    removed: the position in the window whose value is taken away, if it is about one.
    cell: of the layer, from 0, if it is about one.
    """

    ablation: str
    layer: str
    switches: Sequence[tuple[Any, Any]]
    state: str = ""
    removed: int = NO_POSITION
    cell: int = NO_CELL


# From the seed of the run whose weights the network has, to what can be taken away from it.
Ablator = Callable[[int], Iterator[Variant]]


@dataclass(frozen=True)
class Answered:
    """What a network said of the sequences.

    correct: right answers in complete windows, at each position, and last for the exact match,
        (sequences, n_out + 1).
    loss: mean over these windows, NaN where nothing is asked, float32, (sequences, n_out).
    """

    correct: np.ndarray
    loss: np.ndarray


class Network:
    """A model that answers sequences, with parts that can be switched off.

    The calls of its layers are replaced for good: it is of no other use afterwards.

    passes: how often its forward pass was traced.
    probed: windows to fit probes on, (sequences, windows, n_in), if there are any.
    """

    def __init__(
        self,
        model: Any,
        coding: Coding,
        task: Task,
        framed: tuple[np.ndarray, np.ndarray],
        *,
        compiled: bool = True,
    ) -> None:
        """Take a model from `building.build` or `load_model`, and what it is asked.

        Args:
            framed: windows (sequences, windows, n_in), as many as fill batches of the model, and
                targets (sequences, windows, n_out).
        """
        self.model, self.coding, self.task = model, coding, task
        self.passes = 0
        self.probed: np.ndarray | None = None
        windows, self._targets = framed
        complete = (windows != MISSING).all(axis=-1, keepdims=True)
        self.scored = (self._targets != MISSING) & complete  # the answers that count
        self._asked = [self._in_batches(part) for part in framed]
        self._between: list[Callable[[Any], None]] = []
        self._compiled = compiled
        self._program = self._compile(())

    @property
    def shape(self) -> tuple[int, int]:
        """The number of sequences, and of batches in each."""
        sequences, batches, *_ = self._asked[0].shape
        return sequences, batches

    def layers(self) -> list[Any]:
        """All layers, including those inside others."""
        return list(self.model._flatten_layers(include_self=False))

    def wrap(self, layer: Any, around: Callable[..., Any]) -> None:
        """Call a layer through `around`, which is given its call, and then what this is given."""
        call = layer.call
        object.__setattr__(layer, "call", lambda *args, **kwargs: around(call, *args, **kwargs))

    def between(self, change: Callable[[Any], None]) -> None:
        """Before each batch do something, given its number among those of all sequences."""
        self._between.append(change)

    def noting(self, variables: Sequence[Any]) -> Callable[[], list[np.ndarray]]:
        """A function that answers, and returns what variables hold before each batch.

        Each is (batches of all sequences, ...).
        """
        program = self._compile(variables)
        return lambda: [x.numpy() for x in program(*self._asked)[2:]]

    def answer(self) -> Answered:
        """Answer all windows; states are zero at the beginning of each sequence."""
        tokens, loss = (x.numpy().reshape(self._targets.shape) for x in self._program(*self._asked))
        right = (tokens == self._targets) & self.scored
        exact = (right | ~self.scored).all(axis=-1) & self.scored.any(axis=-1)
        correct = [right.sum(axis=1), exact.sum(axis=1)[:, None]]
        with np.errstate(invalid="ignore"):
            total = np.where(self.scored, loss, np.float32(0)).sum(axis=1)
            mean = total / self.scored.sum(axis=1).astype(np.float32)
        return Answered(np.concatenate(correct, axis=1), mean)

    def _in_batches(self, values: np.ndarray) -> Any:
        """From (sequences, windows, ...) to (sequences, batches, batch, ...)."""
        count, windows, *rest = values.shape
        size = self.model.input_shape[0]
        return tf.constant(values.reshape(count, windows // size, size, *rest).astype(np.int32))

    def _compile(self, noted: Sequence[Any]) -> Any:
        """A function from windows and targets to all answers, and to what is noted."""

        def answer(windows: Any, targets: Any) -> list[Any]:
            return self._answer_all(windows, targets, noted)

        return tf.function(answer, jit_compile=True, autograph=False) if self._compiled else answer

    def _answer_all(self, windows: Any, targets: Any, noted: Sequence[Any]) -> list[Any]:
        """Tokens and loss, (batches of all sequences, batch, n_out), then what is noted."""
        count, batches, *shape = targets.shape
        kinds = [(tf.int32, shape), (tf.float32, shape), *((x.dtype, x.shape) for x in noted)]
        empty = [tf.TensorArray(a, count * batches, element_shape=b) for a, b in kinds]

        def sequence(i: Any, *found: Any) -> Any:
            for layer in stateful_layers(self.model):
                layer.reset_state()

            def batch(b: Any, *found: Any) -> Any:
                at = i * batches + b
                held = [tf.convert_to_tensor(variable) for variable in noted]
                for change in self._between:
                    change(at)
                answers = self._forward(windows[i, b], targets[i, b])
                pairs = zip(found, (*answers, *held), strict=True)
                return b + 1, *(array.write(at, x) for array, x in pairs)

            return i + 1, *_loop(batches, batch, *found)[1:]

        return [array.stack() for array in _loop(count, sequence, *empty)[1:]]

    def _forward(self, windows: Any, targets: Any) -> tuple[Any, Any]:
        self.passes += 1
        outputs = self.model(self.coding.encode(windows), training=False)
        return self.coding.decode(outputs), self.coding.loss(targets, outputs)


def _loop(count: int, body: Callable[..., Any], *initial: Any) -> Any:
    """Run `body` (index, values...) -> (index + 1, values...) `count` times, in order."""
    return tf.while_loop(
        lambda i, *_: i < count, body, (tf.constant(0), *initial), parallel_iterations=1
    )


def switch(*shape: int) -> Any:
    """A variable of ones."""
    return tf.Variable(tf.ones(shape), trainable=False)


@contextmanager
def switched(variant: Variant) -> Iterator[None]:
    """Take something away, and put it back."""
    kept = [(variable, variable.numpy()) for variable, _ in variant.switches]
    try:
        for variable, value in variant.switches:
            variable.assign(value)
        yield
    finally:
        for variable, value in kept:
            variable.assign(value)


def together_and_alone(layers: Iterable[Any]) -> list[tuple[str, list[Any]]]:
    """All layers with their names joined, then, if there are several, each alone."""
    every = list(layers)
    groups = [every] if every else []
    groups += [[layer] for layer in every] if len(every) > 1 else []
    return [(JOIN.join(layer.name for layer in group), group) for group in groups]
