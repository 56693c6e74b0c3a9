"""ONNX: a file for ONNX Runtime and others."""

import logging
from pathlib import Path

from echoseq.evaluation.formats.network import Network, Run


def write(network: Network, path: Path) -> None:
    """Write a network as a new file."""
    import tf2onnx

    logging.getLogger("tf2onnx").setLevel(logging.ERROR)
    tf2onnx.convert.from_function(network.answer, network.signature, output_path=str(path))


def load(path: Path) -> Run:
    """The function in a file."""
    import onnxruntime

    session = onnxruntime.InferenceSession(str(path))
    names = [output.name for output in session.get_outputs()]
    return lambda given: dict(zip(names, session.run(names, dict(given))))
