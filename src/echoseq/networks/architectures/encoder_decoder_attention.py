"""The encoder-decoder with attention over the encoder's outputs (Luong et al. 2015, dot products).

Each output of the decoder is compared with those of the encoder after every step; their weighted
mean is handed to the output layer beside it. The decoder itself is that of the plain model.
"""

from typing import Any

from echoseq.networks.backend import keras
from echoseq.networks.contract import Sizes
from echoseq.networks.encoder_decoders import encode
from echoseq.networks.layers import answers, lstm

STEP_BY_STEP = False
USES_MASK = True
HAS_MEMORY = True
SENTENCE = (
    "is the encoder-decoder whose output layer also gets the first layer's outputs after every "
    "step, averaged by attention (dot products with the second layer's output)"
)


def build(sizes: Sizes) -> Any:
    """Build the model, untrained."""
    layers = keras.layers
    window, read = encode(sizes, return_sequences=True)
    repeated = layers.RepeatVector(sizes.n_out, name="repeat")(read[:, -1])
    decoded = lstm("decoder", sizes, sizes.n_out, return_sequences=True)(repeated)
    attended = layers.Attention(name="attention")([decoded, read])
    both = layers.Concatenate(name="both")([decoded, attended])
    return keras.Model(window, answers(sizes)(both), name="encoder_decoder_attention")
