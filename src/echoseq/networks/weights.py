"""The weights of a model: initial values, and their digest."""

from typing import Any

import numpy as np

from echoseq.files import array_digest


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


def set_recurrent_kernels(model: Any, stream: np.random.Generator) -> None:
    """Redraw the recurrent kernels, with the same bits on every processor."""
    for weight in model.trainable_variables:
        if weight.name == "recurrent_kernel":
            weight.assign(orthogonal(*weight.shape, stream=stream))
