"""The encoder-decoder of the partial echo with gated recurrent units (Cho et al. 2014)."""

from typing import Any

from echoseq.networks.contract import Sizes
from echoseq.networks.encoder_decoders import Parts, encoder_decoder
from echoseq.study.options import GRU

STEP_BY_STEP = False
USES_MASK = True
HAS_MEMORY = True
OPTIONS = ()
SENTENCE = "is the encoder-decoder with GRU layers instead of LSTM layers"


def build(sizes: Sizes) -> Any:
    """Build the model, untrained."""
    return encoder_decoder("encoder_decoder_gru", sizes, Parts(encoder=GRU, decoder=GRU))
