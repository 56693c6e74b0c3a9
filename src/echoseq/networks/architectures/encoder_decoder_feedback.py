"""The encoder-decoder whose decoder is fed its own previous answer.

The answer is fed as it is, the probabilities of all values, in training as in evaluation. Feeding
the right value in training (teacher forcing, Williams and Zipser 1989) would let the training loss
speak of another task than the one that is evaluated, as in `encoder_decoder_teacher_forcing`; and
probabilities, unlike the most probable value, let gradients through.
"""

from typing import Any

from echoseq.networks.contract import Sizes
from echoseq.networks.encoder_decoders import Parts, encoder_decoder

STEP_BY_STEP = False
USES_MASK = True
HAS_MEMORY = True
OPTIONS = ()
SENTENCE = (
    "is the encoder-decoder whose second layer is also fed its own previous answer, the "
    "probabilities of all values, in training as in evaluation"
)


def build(sizes: Sizes) -> Any:
    """Build the model, untrained.

    Its decoder is a cell, called once for each value. It carries no state from batch to batch.
    """
    parts = Parts(feed=("encoding", "answer"))
    return encoder_decoder("encoder_decoder_feedback", sizes, parts)
