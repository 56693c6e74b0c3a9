"""The states of a decoder after each of its steps, where it is a layer and no bare cell."""

from typing import Any

import numpy as np

from echoseq.evaluation.recurrent import of_windows, recurrent_layer, stepped
from echoseq.evaluation.states import Reader
from echoseq.networks.backend import keras, tf
from echoseq.networks.building import stateful_layers
from echoseq.networks.coding import Coding

OF = "the decoder"
STATES = {
    "decoder h": "the output of the decoder",
    "decoder c": "the cell state of the decoder, if it is an LSTM",
}
STEP = "values that have been written"
READING = False

LAYER = "decoder"  # the name of the layer that writes the answer


def reader(model: Any, coding: Coding) -> Reader | None:
    """A function that steps the decoder of a model through what it gets, in a compiled program.

    It begins with the state that the model gives it, or with zero. Windows are read in batches of
    the model's size, each from a state of zero.

    Returns:
        None if the model has no recurrent layer of that name.
    """
    layer = recurrent_layer(model, LAYER)
    if layer is None:
        return None
    before = keras.Model(model.inputs, layer.input)

    def steps(windows: Any) -> Any:
        inputs, *states = tf.nest.flatten(before(coding.encode(windows), training=False))
        zero = layer.cell.get_initial_state(batch_size=windows.shape[0])
        return stepped(layer.cell, inputs, states or zero)

    run = tf.function(steps, jit_compile=True, autograph=False)

    def of_batch(batch: np.ndarray) -> np.ndarray:
        for stateful in stateful_layers(model):
            stateful.reset_state()
        return run(tf.constant(batch.astype(np.int32))).numpy()

    def states(windows: np.ndarray) -> dict[str, np.ndarray]:
        batches = windows.reshape(-1, model.input_shape[0], windows.shape[-1])
        found = np.concatenate([of_batch(batch) for batch in batches], axis=2)
        return of_windows(found, STATES, windows)

    return states
