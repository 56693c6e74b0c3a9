"""An LSTM that reads the window and one that writes n_out values: the partial echo."""

from typing import Any

from echoseq.networks.backend import keras
from echoseq.networks.contract import Sizes
from echoseq.networks.layers import answers, inputs, lstm

STEP_BY_STEP = False
USES_MASK = True
HAS_MEMORY = True
SENTENCE = (
    "reads the window with one LSTM layer, repeats its last output once for each value to be "
    "echoed, and writes with a second LSTM layer and an output layer after every step"
)


def build(sizes: Sizes) -> Any:
    """Build the model, untrained."""
    return keras.Sequential(
        [
            *inputs(sizes),
            lstm("encoder", sizes, sizes.n_in),
            keras.layers.RepeatVector(sizes.n_out, name="repeat"),
            lstm("decoder", sizes, sizes.n_out, return_sequences=True),
            answers(sizes),
        ],
        name="encoder_decoder",
    )
