"""ONNX: a file for ONNX Runtime and others."""

import logging
from pathlib import Path
from typing import Any

from echoseq.evaluation.formats.network import Network, Run


def write(network: Network, path: Path) -> None:
    """Write a network as a new file."""
    import onnx
    import tf2onnx

    logging.getLogger("tf2onnx").setLevel(logging.ERROR)
    model, _ = tf2onnx.convert.from_function(network.answer, network.signature)
    _keep_constants(model.graph, network)
    onnx.save(model, path)


def _keep_constants(graph: Any, network: Network) -> None:
    """Give a graph the constants of a network, which tf2onnx takes for inputs."""
    from onnx import numpy_helper

    captured = network.answer.get_concrete_function().graph.captures
    constants = {inside.name: value.numpy() for value, inside in captured}
    for given in [given for given in graph.input if given.name in constants]:
        graph.input.remove(given)
        graph.initializer.append(numpy_helper.from_array(constants[given.name], given.name))


def load(path: Path) -> Run:
    """The function in a file."""
    import onnxruntime

    session = onnxruntime.InferenceSession(str(path))
    names = [output.name for output in session.get_outputs()]
    return lambda given: dict(zip(names, session.run(names, dict(given))))
