"""Layers shared by several architectures."""

from typing import Any

from echoseq.networks.backend import keras
from echoseq.networks.contract import Sizes
from echoseq.study.options import GRU, LSTM, SIMPLE, Layer

CLASSES = {LSTM.cell: "LSTM", GRU.cell: "GRU", SIMPLE.cell: "SimpleRNN"}


def inputs(sizes: Sizes) -> list[Any]:
    """The input, followed by a Masking layer if the sizes ask for one."""
    shape = (sizes.batch_size, sizes.n_in, sizes.features)
    masking = [keras.layers.Masking(sizes.filler, name="masking")] if sizes.masking else []
    return [keras.Input(batch_shape=shape), *masking]


def reading(sizes: Sizes, read: tuple[str, ...]) -> tuple[Any, Any, Any]:
    """The input of a functional model, and what its first layer reads at each step.

    Args:
        read: as in `study.options`.

    Returns:
        Windows (batch, n_in, features); the same with the place of each step beside them, a
        one-hot vector of n_in numbers, if that is read; and the mask that has to be handed on, or
        None: Keras loses it where masked values are put beside others.
    """
    window, *masking = inputs(sizes)
    value = window
    for layer in masking:
        value = layer(value)
    if "place" not in read:
        return window, value, None
    ops = keras.ops
    places = ops.zeros_like(value[..., :1]) + ops.eye(sizes.n_in)[None]
    mask = masking[0].compute_mask(window) if masking else None
    return window, keras.layers.Concatenate(name="read")([value, places]), mask


def recurrent(layer: Layer, name: str, sizes: Sizes, steps: int, **options: Any) -> Any:
    """A recurrent layer of Keras over a number of steps."""
    given = {"stateful": sizes.stateful, "unroll": sizes.unroll(steps)} | _own(layer) | options
    return getattr(keras.layers, CLASSES[layer.cell])(sizes.cells, name=name, **given)


def cell(layer: Layer, name: str, sizes: Sizes) -> Any:
    """A recurrent cell of Keras, which is called for each step."""
    kind = getattr(keras.layers, f"{CLASSES[layer.cell]}Cell")
    return kind(sizes.cells, name=name, **_own(layer))


def _own(layer: Layer) -> dict[str, bool]:
    """The options of Keras that a layer sets; its initial weights are changed once it is built."""
    return {} if layer.reset_after else {"reset_after": False}


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
