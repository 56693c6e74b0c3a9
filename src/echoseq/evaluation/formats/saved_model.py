"""TensorFlow's SavedModel: a folder with one signature, `serving_default`."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from echoseq.evaluation.formats.network import Arrays, Network, Run
from echoseq.networks.backend import tf

SIGNATURE = "serving_default"


def write(network: Network, path: Path) -> None:
    """Write a network as a new folder."""
    tf.saved_model.save(network, str(path), signatures={SIGNATURE: network.answer})


def load(path: Path) -> Run:
    """The function in a folder."""
    loaded = tf.saved_model.load(str(path))

    def run(given: Mapping[str, np.ndarray]) -> Arrays:
        tensors = {name: tf.constant(value) for name, value in given.items()}
        found = loaded.signatures[SIGNATURE](**tensors)
        return {name: value.numpy() for name, value in found.items()}

    return run
