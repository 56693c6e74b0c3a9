"""The states of an encoder after each step of a window."""

from typing import Any

import numpy as np

from echoseq.errors import EchoseqError
from echoseq.evaluation.recurrent import of_windows, recurrent_layer, stepped
from echoseq.evaluation.states import Reader
from echoseq.networks.backend import tf
from echoseq.networks.coding import Coding

OF = "the encoder"
STATES = {
    "h": "the output of the encoder, which is all that a plain decoder gets",
    "c": "the cell state of the encoder, if it is an LSTM",
}
STEP = "values of the window that have been read (a later one cannot be known)"
READING = True

LAYER = "encoder"  # the name of the layer that reads the window


def reader(model: Any, coding: Coding) -> Reader:
    """A function that steps the encoder of a model through windows, in a compiled program.

    The layer itself gives its states after the last step only. They are zero at the beginning of
    each window.

    Raises:
        EchoseqError: if it has no recurrent layer of that name that reads the input itself.
    """
    layer = recurrent_layer(model, LAYER)
    if layer is None:
        names = ", ".join(layer.name for layer in model.layers)
        raise EchoseqError(
            f"model {model.name}: expected a recurrent layer named {LAYER} to probe, got {names}"
        )
    if layer.input is not model.inputs[0]:
        raise EchoseqError(f"model {model.name}: expected no layer before {LAYER}")

    def steps(windows: Any) -> Any:
        inputs = coding.encode(windows)
        states = layer.cell.get_initial_state(batch_size=windows.shape[0])
        return stepped(layer.cell, inputs, states)

    run = tf.function(steps, jit_compile=True, autograph=False)

    def states(windows: np.ndarray) -> dict[str, np.ndarray]:
        flat = tf.constant(windows.reshape(-1, windows.shape[-1]).astype(np.int32))
        return of_windows(run(flat).numpy(), STATES, windows)

    return states
