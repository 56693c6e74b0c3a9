"""The encoder-decoder of the partial echo with simple recurrent layers, without gates (Elman 1990).

Their only state is the output of the last step.
"""

from typing import Any

from echoseq.networks import encoder_decoders
from echoseq.networks.backend import keras
from echoseq.networks.contract import Sizes

STEP_BY_STEP = False
USES_MASK = True
HAS_MEMORY = True
SENTENCE = "is the encoder-decoder with simple recurrent layers, which have no gates"


def build(sizes: Sizes) -> Any:
    """Build the model, untrained."""
    name = "encoder_decoder_simple_rnn"
    return encoder_decoders.encoder_decoder(keras.layers.SimpleRNN, sizes, name)
