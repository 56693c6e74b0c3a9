"""The encoder-decoder of the partial echo with gated recurrent units (Cho et al. 2014)."""

from typing import Any

from echoseq.networks import encoder_decoders
from echoseq.networks.backend import keras
from echoseq.networks.contract import Sizes

STEP_BY_STEP = False
USES_MASK = True
HAS_MEMORY = True
SENTENCE = "is the encoder-decoder with GRU layers instead of LSTM layers"


def build(sizes: Sizes) -> Any:
    """Build the model, untrained."""
    return encoder_decoders.encoder_decoder(keras.layers.GRU, sizes, "encoder_decoder_gru")
