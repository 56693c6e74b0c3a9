"""What encoder-decoders have in common: one layer reads the window, another writes the answers."""

from typing import Any

from echoseq.networks.backend import keras
from echoseq.networks.contract import Sizes
from echoseq.networks.layers import answers, inputs, recurrent


def encoder_decoder(kind: Any, sizes: Sizes, name: str) -> Any:
    """The encoder-decoder of the partial echo, with recurrent layers of a class of Keras."""
    return keras.Sequential(
        [
            *inputs(sizes),
            recurrent(kind, "encoder", sizes, sizes.n_in),
            keras.layers.RepeatVector(sizes.n_out, name="repeat"),
            recurrent(kind, "decoder", sizes, sizes.n_out, return_sequences=True),
            answers(sizes),
        ],
        name=name,
    )


def encode(sizes: Sizes, **options: Any) -> tuple[Any, Any]:
    """The input of a model, and what its encoder, an LSTM, says of it.

    Args:
        options: of the LSTM layer.
    """
    window, *masking = inputs(sizes)
    value = window
    for layer in masking:
        value = layer(value)
    return window, recurrent(keras.layers.LSTM, "encoder", sizes, sizes.n_in, **options)(value)
