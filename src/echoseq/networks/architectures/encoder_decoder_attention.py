"""The encoder-decoder with attention over the encoder's outputs (Luong et al. 2015, dot products).

Each output of the decoder is compared with those of the encoder after every step; their weighted
mean is handed to the output layer beside it. The decoder itself is that of the plain model.
"""

from typing import Any

from echoseq.networks.contract import Sizes
from echoseq.networks.encoder_decoders import Parts, encoder_decoder

STEP_BY_STEP = False
USES_MASK = True
HAS_MEMORY = True
OPTIONS = ()
SENTENCE = (
    "is the encoder-decoder whose output layer also gets the first layer's outputs after every "
    "step, averaged by attention (dot products with the second layer's output)"
)


def build(sizes: Sizes) -> Any:
    """Build the model, untrained."""
    return encoder_decoder("encoder_decoder_attention", sizes, Parts(attention="dot"))
