"""LiteRT, formerly TensorFlow Lite: a file with one signature, `serving_default`."""

import tempfile
from pathlib import Path

from echoseq.evaluation.formats import saved_model
from echoseq.evaluation.formats.network import Network, Run
from echoseq.networks.backend import tf


def write(network: Network, path: Path) -> None:
    """Write a network as a new file."""
    with tempfile.TemporaryDirectory() as folder:
        saved_model.write(network, Path(folder))
        converter = tf.lite.TFLiteConverter.from_saved_model(folder)
        path.write_bytes(converter.convert())


def load(path: Path) -> Run:
    """The function in a file."""
    from ai_edge_litert.interpreter import Interpreter

    runner = Interpreter(str(path)).get_signature_runner(saved_model.SIGNATURE)
    return lambda given: runner(**given)
