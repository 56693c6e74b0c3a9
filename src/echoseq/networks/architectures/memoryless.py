"""A control without memory: the same Dense layer at every step, n_out = n_in."""

from typing import Any

from echoseq.networks.backend import keras
from echoseq.networks.contract import Sizes
from echoseq.networks.layers import answers, inputs

STEP_BY_STEP = True
USES_MASK = False
HAS_MEMORY = False
OPTIONS = ()
SENTENCE = (
    "is a control: a dense layer in place of the LSTM, the same at every step, with no "
    "way to carry a value from one step to another"
)


def build(sizes: Sizes) -> Any:
    """Build the model, untrained."""
    layers = keras.layers
    return keras.Sequential(
        [
            *inputs(sizes),
            layers.TimeDistributed(layers.Dense(sizes.cells, activation="tanh"), name="dense"),
            answers(sizes),
        ],
        name="memoryless",
    )
