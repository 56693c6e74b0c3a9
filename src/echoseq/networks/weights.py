"""The weights of a model: initial values, and their digest."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from echoseq.files import array_digest
from echoseq.networks.backend import keras
from echoseq.study.options import LSTM, Layer


def weights_digest(model: Any) -> str:
    """SHA-256 of the weights, in the model's order, without states and optimizer."""
    return array_digest(model.get_weights())


def orthogonal(rows: int, columns: int, *, stream: np.random.Generator) -> np.ndarray:
    """A random matrix with orthonormal rows, uniform among them, float32, rows <= columns.

    It has the distribution of Keras's orthogonal initializer, whose QR decomposition depends on the
    processor's cache. The Gram-Schmidt method is applied twice to each row for accuracy, with sums
    in a fixed order.
    """
    basis = np.empty((rows, columns))
    for i, drawn in enumerate(stream.standard_normal((rows, columns))):
        rest = drawn
        for _ in range(2):
            shares = (basis[:i] * rest).sum(axis=1)
            rest = rest - (shares[:, None] * basis[:i]).sum(axis=0)
        basis[i] = rest / np.sqrt((rest * rest).sum())
    return basis.astype(np.float32)


@contextmanager
def orthogonal_from(stream: np.random.Generator) -> Iterator[None]:
    """Let Keras's orthogonal initializer draw from a stream while a model is built.

    The bits are then the same on every processor. It keeps its gain; one with a seed of its own
    stays as it is, like every other initializer.
    """
    initializer = keras.initializers.Orthogonal
    of_keras = initializer.__call__

    def draw(self: Any, shape: tuple[int, ...], dtype: Any = None) -> Any:
        if self.get_config()["seed"] is not None or len(shape) < 2:
            return of_keras(self, shape, dtype)
        rows, columns = math.prod(shape[:-1]), shape[-1]
        drawn = orthogonal(*sorted((rows, columns)), stream=stream)
        values = drawn.T if rows > columns else drawn
        return keras.ops.convert_to_tensor(self.gain * values.reshape(shape), dtype)

    initializer.__call__ = draw
    try:
        yield
    finally:
        initializer.__call__ = of_keras


def begin(layer: Any, asked: Layer, stream: np.random.Generator) -> None:
    """Give a recurrent layer that is built the initial weights that are asked for.

    Nothing but these changes: they come after all weights have been drawn.

    Args:
        layer: of Keras, or a cell of its.
        stream: for a kernel that is not orthogonal.
    """
    cell = getattr(layer, "cell", layer)
    kernel, units = cell.recurrent_kernel, cell.units
    values = keras.ops.convert_to_numpy(kernel)
    if asked.recurrent_initializer != LSTM.recurrent_initializer:
        values = glorot_uniform(*kernel.shape, stream=stream)
    kernel.assign(np.float32(asked.recurrent_gain) * values)
    if asked.forget_bias != LSTM.forget_bias:
        bias = keras.ops.convert_to_numpy(cell.bias).copy()
        bias[units : 2 * units] = asked.forget_bias  # after those of the input gate
        cell.bias.assign(bias)


def glorot_uniform(rows: int, columns: int, *, stream: np.random.Generator) -> np.ndarray:
    """A random matrix, uniform from -a to a with a = sqrt(6 / (rows + columns)), float32.

    Of the distribution of Keras's initializer of this name (Glorot and Bengio 2010).
    """
    most = math.sqrt(6 / (rows + columns))
    return stream.uniform(-most, most, (rows, columns)).astype(np.float32)
