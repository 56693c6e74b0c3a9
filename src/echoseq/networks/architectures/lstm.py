"""An LSTM that answers each step with one output: the full echo, n_out = n_in."""

from typing import Any

from echoseq.networks.backend import keras
from echoseq.networks.contract import Sizes
from echoseq.networks.layers import answers, inputs, recurrent
from echoseq.study.options import LSTM, Layer

STEP_BY_STEP = True
USES_MASK = True
HAS_MEMORY = True
OPTIONS = ("layer",)
SENTENCE = (
    "is an LSTM layer with an output layer after every step, so that it answers each value as "
    "it reads it"
)


def build(sizes: Sizes, layer: Layer = LSTM) -> Any:
    """Build the model, untrained."""
    return keras.Sequential(
        [
            *inputs(sizes),
            recurrent(layer, layer.cell, sizes, sizes.n_in, return_sequences=True),
            answers(sizes),
        ],
        name="lstm",
    )
