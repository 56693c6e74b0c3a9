"""Trained models on held-out sequences."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np

from echoseq.data.sequences import frame, require_alphabet
from echoseq.errors import DamagedError, EchoseqError
from echoseq.evaluation.loading import load_model, load_weights
from echoseq.evaluation.predictions import Predictions
from echoseq.networks.backend import tf
from echoseq.networks.building import stateful_layers
from echoseq.networks.coding import Coding, OneHot, coding_of
from echoseq.networks.weights import weights_digest
from echoseq.places import RECORD
from echoseq.study.architectures import is_built_in
from echoseq.training.records import plan_of, read_record


def coding_of_model(model: Any, path: Path) -> Coding:
    """The coding of a saved model: that of the run in its folder, or one-hot if there is none.

    Raises:
        EchoseqError: if the record of the run is damaged.
    """
    record = path.with_name(RECORD)
    if record.is_file():
        return coding_of(plan_of(read_record(record), record))
    alphabet = model.output_shape[-1]
    if alphabet == 1:
        raise EchoseqError(
            f"{path}: expected {RECORD} in the folder of a model of the linear representation"
        )
    return OneHot(alphabet, missing=False)


def require_digest(model: Any, expected: str, path: Path) -> None:
    """Refuse a model whose weights are not those recorded by its run."""
    if weights_digest(model) != expected:
        raise DamagedError(
            f"{path}: the weights do not match the digest in run.json; train it again"
        )


class Predictor:
    """A model with a compiled forward pass; state is carried only within a sequence."""

    def __init__(self, model: Any, coding: Coding) -> None:
        """Take a model from `building.build` or `load_model`, and its coding.

        Raises:
            EchoseqError: if its input and output shapes are not those of an echo.
        """
        shapes = model.input_shape, model.output_shape
        if not all(isinstance(s, tuple) and len(s) == 3 and all(s) for s in shapes):
            raise EchoseqError(
                "model: expected input and output of (batch, steps, features), all fixed, "
                f"got {shapes[0]} and {shapes[1]}"
            )
        self.model = model
        self.coding = coding
        self.batch_size, self.n_in, _ = model.input_shape
        self.n_out = model.output_shape[1]
        self._answer = tf.function(self._forward, jit_compile=True, autograph=False)

    def _forward(self, windows: Any) -> tuple[Any, Any, Any]:
        outputs = self.model(self.coding.encode(windows), training=False)
        targets = windows[:, : self.n_out]
        loss = self.coding.loss(targets, outputs)
        return self.coding.decode(outputs), loss, self.coding.distance(targets, outputs)

    def windows(self, windows: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Tokens, loss and distance, each (windows, n_out), for the windows of a sequence.

        The number of windows (windows, n_in) must be a multiple of the model's batch size.
        """
        for layer in stateful_layers(self.model):
            layer.reset_state()
        batches = np.split(windows.astype(np.int32), len(windows) // self.batch_size)
        answers = [self._answer(tf.constant(batch)) for batch in batches]
        tokens, loss, distance = (
            np.concatenate([part.numpy() for part in parts]) for parts in zip(*answers)
        )
        return tokens, loss, distance

    def sequences(self, sequences: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Answer every window of the sequences, shape (sequences, length).

        Returns:
            Tokens (sequences, windows, n_out) in the type of the sequences; loss and distance,
            means over the complete windows, (sequences, n_out).
        """
        keep_missing = self.coding.missing
        windows, targets = frame(sequences, self.n_in, self.n_out, keep_missing=keep_missing)
        complete = slice(self.n_in - 1 if keep_missing else 0, None)
        tokens = np.empty(targets.shape, sequences.dtype)
        loss, distance = (np.empty((len(sequences), self.n_out), np.float32) for _ in range(2))
        for i, sequence_windows in enumerate(windows):
            tokens[i], window_loss, window_distance = self.windows(sequence_windows)
            loss[i] = window_loss[complete].mean(axis=0)
            distance[i] = window_distance[complete].mean(axis=0)
        return tokens, loss, distance


def evaluate_models(
    runs: Iterable[tuple[Path, Path]],
    sequences: np.ndarray,
    report: Callable[[str], object],
) -> Predictions:
    """Let the models of one experiment answer the same sequences, one after the other.

    Args:
        runs: paths of model.keras and run.json, one pair for each seed.
        sequences: held-out integers, (sequences, length).
        report: called with a line for each model.

    Raises:
        EchoseqError: if a file is damaged, or a model is not the one recorded by its run.
    """
    predictor: Predictor | None = None
    seeds, answers = [], []
    for model_path, record_path in runs:
        record = read_record(record_path)
        plan = plan_of(record, record_path)
        if predictor is None or not is_built_in(plan.model):
            predictor = Predictor(load_model(model_path), coding_of(plan))
        else:  # compiled once; the other seeds differ only in their weights
            load_weights(predictor.model, model_path)
        require_digest(predictor.model, record["digest"], model_path)
        answers.append(predictor.sequences(sequences))
        seeds.append(record["seed"])
        report(f"seed {record['seed']}: mean loss {answers[-1][1].mean():.4f}")
    assert predictor is not None
    tokens, loss, distance = map(np.stack, zip(*answers))
    return Predictions(
        seeds=np.array(seeds),
        sequences=sequences,
        tokens=tokens,
        loss=loss,
        distance=distance,
        n_in=np.array(predictor.n_in),
        alphabet=np.array(predictor.coding.alphabet),
        keep_missing=np.array(predictor.coding.missing),
        encoding=np.array(predictor.coding.encoding),
    )


def echo(predictor: Predictor, values: list[int]) -> tuple[np.ndarray, np.ndarray]:
    """Echo the user's own integers with a model.

    A saved model answers a fixed number of windows at once; the batch is filled up with copies of
    the last window, whose answers are dropped.

    Returns:
        Windows (windows, n_in) and predicted tokens (windows, n_out).

    Raises:
        EchoseqError: for too few values, or values outside the model's alphabet.
    """
    windows, _ = frame(np.asarray(values, dtype=np.int64), predictor.n_in, predictor.n_out)
    require_alphabet(windows, predictor.coding.alphabet)
    filled = np.concatenate([windows, windows[-1:].repeat(-len(windows) % predictor.batch_size, 0)])
    tokens, _, _ = predictor.windows(filled)
    return windows, tokens[: len(windows)]
