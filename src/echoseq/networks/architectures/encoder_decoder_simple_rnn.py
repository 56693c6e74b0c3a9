"""The encoder-decoder of the partial echo with simple recurrent layers, without gates (Elman 1990).

Their only state is the output of the last step.
"""

from typing import Any

from echoseq.networks.contract import Sizes
from echoseq.networks.encoder_decoders import Parts, encoder_decoder
from echoseq.study.options import SIMPLE

STEP_BY_STEP = False
USES_MASK = True
HAS_MEMORY = True
OPTIONS = ()
SENTENCE = "is the encoder-decoder with simple recurrent layers, which have no gates"


def build(sizes: Sizes) -> Any:
    """Build the model, untrained."""
    parts = Parts(encoder=SIMPLE, decoder=SIMPLE)
    return encoder_decoder("encoder_decoder_simple_rnn", sizes, parts)
