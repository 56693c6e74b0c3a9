"""An LSTM that reads the window and one that writes n_out values: the partial echo."""

from typing import Any

from echoseq.networks import encoder_decoders
from echoseq.networks.backend import keras
from echoseq.networks.contract import Sizes

STEP_BY_STEP = False
USES_MASK = True
HAS_MEMORY = True
SENTENCE = (
    "reads the window with one LSTM layer, repeats its last output once for each value to be "
    "echoed, and writes with a second LSTM layer and an output layer after every step"
)


def build(sizes: Sizes) -> Any:
    """Build the model, untrained."""
    return encoder_decoders.encoder_decoder(keras.layers.LSTM, sizes, "encoder_decoder")
