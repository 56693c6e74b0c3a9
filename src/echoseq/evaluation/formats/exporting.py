"""Trained networks exported, if what was written answers as the model does."""

import importlib
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from echoseq.data.snapshots import TRAINING, draw
from echoseq.errors import EchoseqError
from echoseq.evaluation.answering import Predictor
from echoseq.evaluation.formats.catalogue import FORMATS
from echoseq.evaluation.formats.network import Network, Run, answered
from echoseq.extras import require_extra
from echoseq.networks.backend import tf
from echoseq.networks.building import one_line, stateful_layers
from echoseq.wholes import whole

SEQUENCES = 3  # in a row
TOLERANCE = 1e-4  # of an output; other programs add up in another order, which is up to 4e-6


@dataclass(frozen=True)
class Compared:
    """An exported network beside the model: values answered alike, and how far outputs differ."""

    values: int
    same: int
    difference: float

    @property
    def alike(self) -> bool:
        """Whether it answers as the model does; not if an output is not a number."""
        return self.same == self.values and self.difference <= TOLERANCE

    def __str__(self) -> str:
        return (
            f"{self.same} of {self.values} values alike in {SEQUENCES} sequences in a row, outputs "
            f"that differ by up to {self.difference:.1e}"
        )


def export_model(predictor: Predictor, kind: str, target: Path) -> Compared:
    """Write a network in a format, and try what was written before it is kept.

    Args:
        kind: one of `FORMATS`.
        target: a new file, or a new folder for a SavedModel.

    Raises:
        EchoseqError: if the target exists, a package of the format is not installed, the format
            cannot hold the network, or it answers otherwise than the model. Nothing is left of the
            target then.
    """
    require_extra(kind, *FORMATS[kind])
    writer = importlib.import_module(f"echoseq.evaluation.formats.{kind}")
    with whole(target) as path:
        try:
            network = Network(predictor.model)
            writer.write(network, path)
            compared = compare(writer.load(path), network, predictor)
        except Exception as error:  # converters and runtimes raise anything
            raise EchoseqError(f"--to {kind}: {one_line(error)}; nothing was exported") from error
        if not compared.alike:
            raise EchoseqError(
                f"--to {kind}: expected the answers of the model, got {compared}; "
                "nothing was exported"
            )
    return compared


def compare(run: Run, network: Network, predictor: Predictor) -> Compared:
    """Let an exported network and the model answer sequences in a row.

    Each sequence is read twice without a reset, so that a network whose windows are one batch also
    has something to carry.
    """
    shapes = {spec.name: tuple(spec.shape) for spec in network.signature[1:]}
    sequences = _batches(predictor)
    expected = np.stack([_expected(predictor.model, batches) for batches in sequences])
    found = np.stack([answered(run, batches, shapes) for batches in sequences])
    if found.shape != expected.shape:
        raise ValueError(f"expected outputs of shape {expected.shape}, got {found.shape}")
    tokens = [predictor.coding.decode(tf.constant(x)).numpy() for x in (expected, found)]
    difference = float(np.abs(expected - found).max())
    same = int((tokens[0] == tokens[1]).sum())
    return Compared(tokens[0].size, same, math.inf if math.isnan(difference) else difference)


def _batches(predictor: Predictor) -> np.ndarray:
    """Windows of sequences as the network reads them, (sequences, batches, batch_size, ...)."""
    task = predictor.task
    sizes = {"count": SEQUENCES, "length": task.length, "alphabet": task.alphabet}
    windows, _ = task.frame(draw(TRAINING, 0, **sizes))
    twice = np.concatenate([windows, windows], axis=1).astype(np.int32)
    encoded = predictor.coding.encode(tf.constant(twice.reshape(-1, twice.shape[-1]))).numpy()
    return encoded.reshape(SEQUENCES, -1, predictor.batch_size, *encoded.shape[1:])


def _expected(model: Any, batches: np.ndarray) -> np.ndarray:
    for layer in stateful_layers(model):
        layer.reset_state()
    return np.concatenate([model(batch, training=False).numpy() for batch in batches])
