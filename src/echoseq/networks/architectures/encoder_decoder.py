"""An LSTM that reads the window and one that writes n_out values: the partial echo."""

from typing import Any

from echoseq.networks.contract import Sizes
from echoseq.networks.encoder_decoders import Parts, encoder_decoder

STEP_BY_STEP = False
USES_MASK = True
HAS_MEMORY = True
OPTIONS = ("read", "encoder", "decoder", "attention", "feed", "output", "start")
SENTENCE = (
    "reads the window with one LSTM layer, repeats its last output once for each value to be "
    "echoed, and writes with a second LSTM layer and an output layer after every step"
)


def build(sizes: Sizes, **options: Any) -> Any:
    """Build the model, untrained, with options of it by name."""
    return encoder_decoder("encoder_decoder", sizes, Parts(**options))
