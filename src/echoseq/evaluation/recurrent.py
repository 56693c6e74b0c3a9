"""Recurrent layers of a model, stepped by their cells, for those who want a state at each step."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from echoseq.networks.backend import tf


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
