"""An LSTM that reads the window as the features of one step and writes one vector."""

from typing import Any

from echoseq.networks.backend import keras
from echoseq.networks.contract import Sizes
from echoseq.networks.layers import inputs, recurrent, vector
from echoseq.study.options import LSTM, Layer

STEP_BY_STEP = False
USES_MASK = False
HAS_MEMORY = True
OPTIONS = ("layer",)
SENTENCE = "gives the LSTM layer the whole window in a single step and writes one vector"


def build(sizes: Sizes, layer: Layer = LSTM) -> Any:
    """Build the model, untrained."""
    layers = keras.layers
    return keras.Sequential(
        [
            *inputs(sizes),
            layers.Reshape((1, sizes.n_in * sizes.features), name="one_step"),
            recurrent(layer, layer.cell, sizes, 1),
            *vector(sizes),
        ],
        name="one_to_one",
    )
