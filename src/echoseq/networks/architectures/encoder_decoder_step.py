"""The encoder-decoder whose decoder is told which value to write, as a one-hot vector."""

from typing import Any

from echoseq.networks.contract import Sizes
from echoseq.networks.encoder_decoders import Parts, encoder_decoder

STEP_BY_STEP = False
USES_MASK = True
HAS_MEMORY = True
OPTIONS = ()
SENTENCE = (
    "is the encoder-decoder whose second layer is also told, as a one-hot vector, which value is "
    "to be written"
)


def build(sizes: Sizes) -> Any:
    """Build the model, untrained."""
    return encoder_decoder("encoder_decoder_step", sizes, Parts(feed=("encoding", "step")))
