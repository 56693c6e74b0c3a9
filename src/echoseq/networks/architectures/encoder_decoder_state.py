"""The encoder-decoder whose decoder starts from the state in which the encoder ends.

Nothing else differs from the plain one: the decoder still reads the repeated encoding, and the
initial weights are the same. What it starts from is always the encoder's h and c, so only the
encoder carries a state from batch to batch.
"""

from typing import Any

from echoseq.networks.contract import Sizes
from echoseq.networks.encoder_decoders import Parts, encoder_decoder

STEP_BY_STEP = False
USES_MASK = True
HAS_MEMORY = True
OPTIONS = ()
SENTENCE = (
    "is the encoder-decoder whose second layer starts from the last state of the first, its h "
    "and c, instead of zeros"
)


def build(sizes: Sizes) -> Any:
    """Build the model, untrained."""
    return encoder_decoder("encoder_decoder_state", sizes, Parts(start="encoder"))
