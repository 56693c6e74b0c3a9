"""Layers shared by several architectures."""

from typing import Any

from echoseq.networks.backend import keras
from echoseq.networks.contract import Sizes
from echoseq.task import MISSING


def inputs(sizes: Sizes) -> list[Any]:
    """The input, followed by a Masking layer if the sizes ask for one."""
    shape = (sizes.batch_size, sizes.n_in, sizes.features)
    masking = [keras.layers.Masking(float(MISSING), name="masking")] if sizes.masking else []
    return [keras.Input(batch_shape=shape), *masking]


def recurrent(kind: Any, name: str, sizes: Sizes, steps: int, **options: Any) -> Any:
    """A recurrent layer, of a class of Keras, over a number of steps."""
    return kind(
        sizes.cells, stateful=sizes.stateful, unroll=sizes.unroll(steps), name=name, **options
    )


def lstm(name: str, sizes: Sizes, steps: int, **options: Any) -> Any:
    """An LSTM layer over a number of steps."""
    return recurrent(keras.layers.LSTM, name, sizes, steps, **options)


def answers(sizes: Sizes) -> Any:
    """One answer for each step."""
    dense = keras.layers.Dense(sizes.features, activation=sizes.activation)
    return keras.layers.TimeDistributed(dense, name="output")


def vector(sizes: Sizes) -> list[Any]:
    """All answers as one vector of n_out * features, split into one for each value."""
    layers = keras.layers
    return [
        layers.Dense(sizes.n_out * sizes.features, name="vector"),
        layers.Reshape((sizes.n_out, sizes.features), name="values"),
        layers.Activation(sizes.activation, name="output"),
    ]
