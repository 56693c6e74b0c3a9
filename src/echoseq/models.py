"""The architectures: plain Keras, one builder function for each.

A builder takes the sizes of the task and of the model and returns an untrained model with input
(batch_size, n_in, alphabet) and output (batch_size, n_out, alphabet), a softmax over the alphabet.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from echoseq import streams
from echoseq.backend import keras
from echoseq.files import array_digest

# An unrolled LSTM compiles to a program without a loop, a third faster; a long one compiles slowly.
UNROLL_LIMIT = 32


def lstm(*, n_in: int, n_out: int, alphabet: int, cells: int, batch_size: int) -> Any:
    """An LSTM that answers each step with one output: the full echo, n_out = n_in."""
    assert n_out == n_in
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input(batch_shape=(batch_size, n_in, alphabet)),
            _lstm_layer("lstm", cells, n_in, return_sequences=True),
            layers.TimeDistributed(layers.Dense(alphabet, activation="softmax"), name="output"),
        ],
        name="lstm",
    )


def encoder_decoder(*, n_in: int, n_out: int, alphabet: int, cells: int, batch_size: int) -> Any:
    """An LSTM that reads the window and one that writes n_out values: the partial echo."""
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input(batch_shape=(batch_size, n_in, alphabet)),
            _lstm_layer("encoder", cells, n_in),
            layers.RepeatVector(n_out, name="repeat"),
            _lstm_layer("decoder", cells, n_out, return_sequences=True),
            layers.TimeDistributed(layers.Dense(alphabet, activation="softmax"), name="output"),
        ],
        name="encoder_decoder",
    )


BUILDERS: dict[str, Callable[..., Any]] = {"lstm": lstm, "encoder_decoder": encoder_decoder}


def build(plan: dict[str, Any], seed: int) -> Any:
    """Build the model of a training plan, with initial weights that depend on the seed alone."""
    keras.utils.set_random_seed(streams.integer_seed("weights", seed))
    sizes = {key: plan[key] for key in ("n_in", "n_out", "alphabet", "cells", "batch_size")}
    model = BUILDERS[plan["model"]](**sizes)
    _set_recurrent_kernels(model, streams.generator("recurrent weights", seed))
    return model


def weights_digest(model: Any) -> str:
    """SHA-256 of the weights, in the model's order; states and optimizer left out."""
    return array_digest(model.get_weights())


def orthogonal(rows: int, columns: int, *, stream: np.random.Generator) -> np.ndarray:
    """A random matrix with orthonormal rows, uniform among them, float32, rows <= columns.

    The same distribution as Keras's orthogonal initializer, whose QR decomposition depends on the
    processor's cache. This is Gram and Schmidt's method, every row twice for accuracy, with sums
    in one fixed order.
    """
    basis = np.empty((rows, columns))
    for i, drawn in enumerate(stream.standard_normal((rows, columns))):
        rest = drawn
        for _ in range(2):
            shares = (basis[:i] * rest).sum(axis=1)
            rest = rest - (shares[:, None] * basis[:i]).sum(axis=0)
        basis[i] = rest / np.sqrt((rest * rest).sum())
    return basis.astype(np.float32)


def _set_recurrent_kernels(model: Any, stream: np.random.Generator) -> None:
    for weight in model.trainable_variables:
        if weight.name == "recurrent_kernel":
            weight.assign(orthogonal(*weight.shape, stream=stream))


def stateful_layers(model: Any) -> list[Any]:
    """The layers that carry state from batch to batch."""
    return [layer for layer in model.layers if getattr(layer, "stateful", False)]


def _lstm_layer(name: str, cells: int, steps: int, **options: Any) -> Any:
    return keras.layers.LSTM(
        cells, stateful=True, unroll=steps <= UNROLL_LIMIT, name=name, **options
    )
