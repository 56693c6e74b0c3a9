"""Sequence to sequence (Sutskever et al. 2014), trained with teacher forcing.

The decoder starts from the encoder's last h and c, and reads nothing but what was said before: at
the first step a start symbol; after that, in evaluation its own previous answer, the probabilities
of all values; in training the previous target (teacher forcing, Williams and Zipser 1989). Its
input has features + 1 numbers, of which the last is 1 at the first step and 0 after it. A target
that is not asked for is fed as zeros. In the linear coding the value itself is fed, so that a
target that is not asked for is like a 0.

So the loss of the history is that of another task than the one that is evaluated. The accuracy is
not: it is the share of values that are right when the network is fed its own answers.
"""

from typing import Any

from echoseq.networks.backend import keras
from echoseq.networks.contract import Sizes
from echoseq.networks.encoder_decoders import Parts, encode

STEP_BY_STEP = False
USES_MASK = True
HAS_MEMORY = True
OPTIONS = ()
SENTENCE = (
    "reads the window with one LSTM layer and hands its last state to a second, which writes: "
    "after a start symbol it is fed the previous target in training (teacher forcing), and its "
    "own previous answer, the probabilities of all values, in evaluation"
)


def build(sizes: Sizes) -> Any:
    """Build the model, untrained: fed its own answers."""
    layers = keras.layers
    window, _, _, state = encode(sizes, Parts(start="encoder"))
    cell = layers.LSTMCell(sizes.cells, name="decoder")
    output = layers.Dense(sizes.features, activation=sizes.activation, name="output")
    written = _write(window, state, (cell, output), sizes.n_out)
    return keras.Model(window, written, name="encoder_decoder_teacher_forcing")


def build_taught(model: Any, sizes: Sizes) -> Any:
    """The model as it is trained, with the same layers: fed the previous targets.

    Args:
        model: from `build`, also one that was saved and loaded.

    Returns:
        A model of windows (batch_size, n_in, features), and of the targets before each answer
        (batch_size, n_out, features), zeros where there is none.
    """
    previous = keras.Input(batch_shape=(sizes.batch_size, sizes.n_out, sizes.features))
    (window,), (_, *state) = model.inputs, model.get_layer("encoder").output
    decoder = model.get_layer("decoder"), model.get_layer("output")
    written = _write(window, state, decoder, sizes.n_out, previous)
    return keras.Model([window, previous], written, name="taught")


def _write(
    window: Any, state: list[Any], decoder: tuple[Any, Any], n_out: int, previous: Any = None
) -> Any:
    """All answers (batch, n_out, features), after the targets before them or after one another."""
    ops, join, (cell, output) = keras.ops, keras.layers.Concatenate, decoder
    first, later = ops.ones_like(window[:, 0, :1]), ops.zeros_like(window[:, 0, :1])
    said, written = ops.zeros_like(window[:, 0]), []
    for place in range(n_out):
        before = said if previous is None else previous[:, place]
        decoded, state = cell(join()([before, later if place else first]), state)
        said = output(decoded)
        written.append(said)
    return ops.stack(written, axis=1)
