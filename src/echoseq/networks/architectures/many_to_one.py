"""An LSTM that reads the window step by step and writes all answers as one vector."""

from typing import Any

from echoseq.networks.backend import keras
from echoseq.networks.contract import Sizes
from echoseq.networks.layers import inputs, recurrent, vector
from echoseq.study.options import LSTM, Layer

STEP_BY_STEP = False
USES_MASK = True
HAS_MEMORY = True
OPTIONS = ("layer",)
SENTENCE = "reads with an LSTM layer and writes all answers as one vector"


def build(sizes: Sizes, layer: Layer = LSTM) -> Any:
    """Build the model, untrained."""
    return keras.Sequential(
        [*inputs(sizes), recurrent(layer, layer.cell, sizes, sizes.n_in), *vector(sizes)],
        name="many_to_one",
    )
