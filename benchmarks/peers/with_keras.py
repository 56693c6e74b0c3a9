"""Both echoes in Keras, one `fit` call per sequence: on the backend that KERAS_BACKEND names."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy as np
from work import BETA_1, BETA_2, EPSILON, RATE, Run, Sizes, Weights, serve, windows


def model_of(sizes: Sizes, weights: Weights) -> keras.Model:
    """The network as one would write it, stateful."""
    layers = keras.layers
    recurrent = {"stateful": sizes.stateful}
    if keras.backend.backend() == "torch":
        recurrent["use_cudnn"] = False  # or a stateful LSTM cannot be fitted, even on a CPU
    inputs = keras.Input(batch_shape=(sizes.batch_size, sizes.n_in, sizes.alphabet))
    last = layers.LSTM(sizes.cells, return_sequences=True, **recurrent)
    stack = [last]
    if sizes.encoder:
        encoder = layers.LSTM(sizes.cells, **recurrent)
        stack = [encoder, layers.RepeatVector(sizes.n_out), last]
    output = layers.TimeDistributed(layers.Dense(sizes.alphabet, activation="softmax"))
    model = keras.Sequential([inputs, *stack, output])
    model.set_weights([*weights.values()])
    adam = keras.optimizers.Adam(RATE, BETA_1, BETA_2, EPSILON)
    model.compile(loss="categorical_crossentropy", optimizer=adam, metrics=["accuracy"])
    return model


def make(sizes: Sizes, weights: Weights) -> Run:
    """Train by drawing, framing and encoding a sequence, `fit`, and resetting the state."""
    model = model_of(sizes, weights)
    one_hot = np.eye(sizes.alphabet, dtype=np.float32)
    stateful = [layer for layer in model.layers if getattr(layer, "stateful", False)]

    def epoch(sequence: np.ndarray) -> float:
        encoded = one_hot[windows(sizes, sequence[None]).reshape(-1, sizes.n_in)]
        history = model.fit(
            encoded,
            encoded[:, : sizes.n_out],
            epochs=1,
            batch_size=sizes.batch_size,
            verbose=0,
            shuffle=False,
        )
        for layer in stateful:
            layer.reset_state()
        return history.history["loss"][0]

    return lambda drawn: [epoch(sequence) for sequence in drawn]


def version() -> str:
    """Of Keras and of its backend."""
    backend = keras.backend.backend()
    found = __import__(backend).__version__
    names = {"tensorflow": "TensorFlow", "jax": "JAX", "torch": "PyTorch"}
    return f"Keras {keras.__version__} on {names[backend]} {found}"


if __name__ == "__main__":
    serve(version(), make, framed=False)
