"""The states of an encoder after each step of a window."""

from typing import Any

import numpy as np

from echoseq.errors import EchoseqError
from echoseq.networks.backend import tf
from echoseq.networks.coding import Coding

ENCODER = "encoder"  # the name of the layer that reads the window
NAMES = ("h", "c")  # the output of the last step; and the cell state, if it is an LSTM


class Encoder:
    """The encoder of a model, stepped through windows by its cell, in a compiled program.

    The layer itself gives its states after the last step only.
    """

    def __init__(self, model: Any, coding: Coding) -> None:
        """Take a model, and the coding of its input.

        Raises:
            EchoseqError: if it has no recurrent layer of that name that reads the input itself.
        """
        layer = next((layer for layer in model.layers if layer.name == ENCODER), None)
        if layer is None or not hasattr(layer, "cell"):
            names = ", ".join(layer.name for layer in model.layers)
            raise EchoseqError(
                f"model {model.name}: expected a recurrent layer named {ENCODER} to probe, got "
                f"{names}"
            )
        if layer.input is not model.inputs[0]:
            raise EchoseqError(f"model {model.name}: expected no layer before {ENCODER}")
        self.model = model
        self._cell = layer.cell
        self._coding = coding
        self._run = tf.function(self._steps, jit_compile=True, autograph=False)

    def _steps(self, windows: Any) -> Any:
        inputs = self._coding.encode(windows)
        states = tf.nest.flatten(self._cell.get_initial_state(batch_size=windows.shape[0]))
        found = []
        for step in range(inputs.shape[1]):
            _, states = self._cell(inputs[:, step], states, training=False)
            states = tf.nest.flatten(states)
            found.append(tf.stack(states))
        return tf.stack(found, axis=1)

    def states(self, windows: np.ndarray) -> dict[str, np.ndarray]:
        """The states after each step, from zero at the beginning of each window.

        Args:
            windows: integers, (sequences, windows, n_in).

        Returns:
            By name (h, and c of an LSTM), float32, (n_in, sequences, windows, cells).
        """
        sequences, per_sequence, n_in = windows.shape
        flat = tf.constant(windows.reshape(-1, n_in).astype(np.int32))
        states = self._run(flat).numpy()
        shape = (len(states), n_in, sequences, per_sequence, states.shape[-1])
        return dict(zip(NAMES, states.reshape(shape)))
