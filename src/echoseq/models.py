"""The architectures: plain Keras, one builder function for each.

A builder takes the sizes of the task and of the model and returns an untrained model with input
(batch_size, n_in, alphabet) and output (batch_size, n_out, alphabet), a softmax over the alphabet.
"""

from collections.abc import Callable
from typing import Any

from echoseq import streams
from echoseq.backend import keras

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
    return BUILDERS[plan["model"]](**sizes)


def stateful_layers(model: Any) -> list[Any]:
    """The layers that carry state from batch to batch."""
    return [layer for layer in model.layers if getattr(layer, "stateful", False)]


def _lstm_layer(name: str, cells: int, steps: int, **options: Any) -> Any:
    return keras.layers.LSTM(
        cells, stateful=True, unroll=steps <= UNROLL_LIMIT, name=name, **options
    )
