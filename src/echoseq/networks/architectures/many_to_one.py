"""An LSTM that reads the window step by step and writes all answers as one vector."""

from typing import Any

from echoseq.networks.backend import keras
from echoseq.networks.contract import Sizes
from echoseq.networks.layers import inputs, lstm, vector

STEP_BY_STEP = False
USES_MASK = True
HAS_MEMORY = True
SENTENCE = "reads with an LSTM layer and writes all answers as one vector"


def build(sizes: Sizes) -> Any:
    """Build the model, untrained."""
    return keras.Sequential(
        [*inputs(sizes), lstm("lstm", sizes, sizes.n_in), *vector(sizes)],
        name="many_to_one",
    )
