"""Recurrent layers of a model, stepped by their cells, for those who want a state at each step."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from echoseq.networks.backend import keras, tf


def recurrent_layer(model: Any, name: str) -> Any | None:
    """The recurrent layer of a name; None if there is none, or only a bare cell."""
    layer = next((layer for layer in model.layers if layer.name == name), None)
    return layer if hasattr(layer, "cell") else None


def stepped(cell: Any, inputs: Any, states: Any) -> Any:
    """The states of a cell after each step, to be compiled.

    Args:
        inputs: (windows, steps, features).
        states: before the first step.

    Returns:
        (states, steps, windows, cells).
    """
    states, found = tf.nest.flatten(states), []
    for step in range(inputs.shape[1]):
        _, states = cell(inputs[:, step], states, training=False)
        states = tf.nest.flatten(states)
        found.append(tf.stack(states))
    return tf.stack(found, axis=1)


def of_windows(
    states: np.ndarray, names: Iterable[str], windows: np.ndarray
) -> dict[str, np.ndarray]:
    """States by name, (steps, sequences, windows, cells).

    Args:
        states: (states, steps, sequences times windows, cells).
        names: as many as states, or more.
        windows: that they belong to, (sequences, windows, n_in).
    """
    shape = (*states.shape[:2], *windows.shape[:2], states.shape[-1])
    return dict(zip(names, states.reshape(shape)))


def recurrent_layers(model: Any) -> list[Any]:
    """The recurrent layers of a model, also those inside others, whose states are vectors."""
    layers = model._flatten_layers(include_self=False)
    found = [layer for layer in layers if isinstance(layer, keras.layers.RNN)]
    return [layer for layer in found if state_sizes(layer)]


def bare_cells(model: Any) -> list[Any]:
    """The cells that a model calls step by step itself, without a layer around them."""
    layers = model._flatten_layers(include_self=False)
    inside = {id(cell) for layer in layers if hasattr(layer, "cell") for cell in _parts(layer.cell)}
    return [layer for layer in layers if id(layer) not in inside and _is_cell(layer)]


def named_cells(model: Any) -> dict[str, Any]:
    """All cells of a model by the names of their layers; of stacked ones, each with a number."""
    found: dict[str, Any] = {}
    for layer in recurrent_layers(model):
        cells = getattr(layer.cell, "cells", None) or [layer.cell]
        numbered = {f"{layer.name} {i + 1}": cell for i, cell in enumerate(cells)}
        found |= numbered if len(cells) > 1 else {layer.name: layer.cell}
    found |= {cell.name: cell for cell in bare_cells(model)}
    return {name: cell for name, cell in found.items() if len(set(state_sizes(cell))) == 1}


def state_sizes(layer: Any) -> list[int]:
    """The lengths of the states of a recurrent layer or of a cell; none if they are no vectors."""
    sizes = keras.tree.flatten(getattr(layer, "cell", layer).state_size)
    return sizes if all(isinstance(size, int) for size in sizes) else []


def is_lstm(layer: Any) -> bool:
    """Whether the states of a layer, or of a cell, are the h and c of an LSTM."""
    return isinstance(getattr(layer, "cell", layer), keras.layers.LSTMCell)


def _parts(cell: Any) -> list[Any]:
    """A cell, and those that are stacked in it."""
    return [cell, *(cell._flatten_layers(include_self=False) if _is_layer(cell) else [])]


def _is_layer(cell: Any) -> bool:
    return isinstance(cell, keras.layers.Layer)


def _is_cell(layer: Any) -> bool:
    if isinstance(layer, keras.layers.RNN) or not hasattr(layer, "state_size"):
        return False
    return bool(state_sizes(layer))
