"""A control that sees only the last step of the window and cannot carry anything to it."""

from typing import Any

from echoseq.networks.backend import keras
from echoseq.networks.contract import Sizes
from echoseq.networks.layers import inputs, vector

STEP_BY_STEP = False
USES_MASK = False
HAS_MEMORY = False
OPTIONS = ()
SENTENCE = "is a control that sees only the last value of the window"


def build(sizes: Sizes) -> Any:
    """Build the model, untrained."""
    layers = keras.layers
    return keras.Sequential(
        [
            *inputs(sizes),
            layers.Cropping1D((sizes.n_in - 1, 0), name="last_step"),
            layers.Flatten(name="flat"),
            layers.Dense(sizes.cells, activation="tanh", name="dense"),
            *vector(sizes),
        ],
        name="last_step",
    )
