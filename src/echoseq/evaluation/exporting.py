"""Trained networks as plain data, for programs without Keras."""

from base64 import b64encode
from pathlib import Path
from typing import Any

import numpy as np

from echoseq.asked import plain
from echoseq.evaluation.answering import require_digest
from echoseq.evaluation.loading import load_model
from echoseq.study.architectures import ARCHITECTURES
from echoseq.study.options import said
from echoseq.study.plan import Plan
from echoseq.training.records import read_record, require_plan


def export(model_path: Path, record_path: Path, plan: Plan) -> dict[str, Any]:
    """A trained network: what determines its answers, as JSON can hold it.

    Args:
        model_path: the model.keras of a run.
        record_path: its run.json.
        plan: as configured.

    Returns:
        What it reads, the options of its decoder, the sizes and the coding, the seed, and the
        layers that have weights, by name: the class of Keras, whether it carries state from batch
        to batch, and the weights in Keras's order, each with its shape and its float32 values,
        little-endian, in base64.

    Raises:
        EchoseqError: if a file is damaged, or the model is not the one recorded or configured.
    """
    require_plan([record_path], plan)
    record, model = read_record(record_path), load_model(model_path)
    require_digest(model, record["digest"], model_path)
    return {
        "model": plan.model,
        "read": [*plan.read],
        "options": _options(plan),
        "cells": plan.cells,
        "n_in": plan.n_in,
        "n_out": plan.n_out,
        "asked": plain(plan.task.asked or ()),
        "step": 1 if plan.overlap else plan.n_in,
        "alphabet": plan.alphabet,
        "encoding": plan.encoding,
        "batch_size": plan.batch_size,
        "seed": record["seed"],
        "parameters": record["parameters"],
        "layers": {layer.name: _layer(layer) for layer in model.layers if layer.get_weights()},
    }


def _options(plan: Plan) -> dict[str, Any]:
    """How the parts of an encoder-decoder work together, if its model has options of that."""
    if "decoder" not in ARCHITECTURES[plan.model].options:
        return {}
    output = said(plan.output, plan.attention)
    return {
        "attention": plan.attention,
        "feed": [*plan.feed],
        "output": [*output],
        "start": plan.start,
    }


def _layer(layer: Any) -> dict[str, Any]:
    inner = getattr(layer, "layer", layer)  # of TimeDistributed
    return {
        "kind": type(inner).__name__,
        "stateful": bool(getattr(layer, "stateful", False)),
        "weights": [_array(weights) for weights in layer.get_weights()],
    }


def _array(weights: np.ndarray) -> dict[str, Any]:
    values = np.ascontiguousarray(weights, np.dtype("<f4"))
    return {"shape": list(values.shape), "values": b64encode(values.tobytes()).decode("ascii")}
