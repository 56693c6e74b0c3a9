"""The encoder-decoder whose decoder is told which value to write, as a one-hot vector."""

from typing import Any

from echoseq.networks.backend import keras
from echoseq.networks.contract import Sizes
from echoseq.networks.encoder_decoders import encode
from echoseq.networks.layers import answers, lstm

STEP_BY_STEP = False
USES_MASK = True
HAS_MEMORY = True
SENTENCE = (
    "is the encoder-decoder whose second layer is also told, as a one-hot vector, which value is "
    "to be written"
)


def build(sizes: Sizes) -> Any:
    """Build the model, untrained."""
    layers, ops = keras.layers, keras.ops
    window, encoded = encode(sizes)
    steps = ops.tile(ops.eye(sizes.n_out)[None], (sizes.batch_size, 1, 1))
    told = layers.Concatenate(name="told")([layers.RepeatVector(sizes.n_out)(encoded), steps])
    decoded = lstm("decoder", sizes, sizes.n_out, return_sequences=True)(told)
    return keras.Model(window, answers(sizes)(decoded), name="encoder_decoder_step")
