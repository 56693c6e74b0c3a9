"""An LSTM that answers each step with one output: the full echo, n_out = n_in."""

from typing import Any

from echoseq.networks.backend import keras
from echoseq.networks.contract import Sizes
from echoseq.networks.layers import answers, inputs, reading, recurrent
from echoseq.study.options import LSTM, Layer

STEP_BY_STEP = True
USES_MASK = True
HAS_MEMORY = True
OPTIONS = ("read", "layer")
SENTENCE = (
    "is an LSTM layer with an output layer after every step, so that it answers each value as "
    "it reads it"
)


def build(sizes: Sizes, layer: Layer = LSTM, read: tuple[str, ...] = ("value",)) -> Any:
    """Build the model, untrained."""
    steps = recurrent(layer, layer.cell, sizes, sizes.n_in, return_sequences=True)
    if read == ("value",):
        return keras.Sequential([*inputs(sizes), steps, answers(sizes)], name="lstm")
    window, told, mask = reading(sizes, read)
    read_out = steps(told) if mask is None else steps(told, mask=mask)
    return keras.Model(window, answers(sizes)(read_out), name="lstm")
