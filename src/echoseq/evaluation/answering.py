"""Trained models on held-out sequences."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from echoseq.data.by_hand import for_values
from echoseq.errors import DamagedError, EchoseqError
from echoseq.evaluation.loading import Record, import_task, load_model, load_weights
from echoseq.evaluation.predictions import Predictions, drawn_in, places_of, stored
from echoseq.networks.backend import tf
from echoseq.networks.building import stateful_layers
from echoseq.networks.coding import Coding, OneHot, coding_of
from echoseq.networks.weights import weights_digest
from echoseq.places import RECORD
from echoseq.study.architectures import is_built_in
from echoseq.study.plan import Plan
from echoseq.task import MISSING, Task
from echoseq.training.records import plan_of, read_record


def predictor_of(model: Any, path: Path) -> "Predictor":
    """A saved model as its run trained it; without a run in its folder, one-hot, oldest values.

    Raises:
        EchoseqError: if the record of the run is damaged, or the model is no model of an echo.
    """
    record = path.with_name(RECORD)
    if record.is_file():
        found = read_record(record)
        import_task(found, record)
        plan = plan_of(found, record)
        return Predictor(model, coding_of(plan), plan.task)
    alphabet = model.output_shape[-1]
    if alphabet == 1:
        raise EchoseqError(
            f"{path}: expected {RECORD} in the folder of a model of the linear representation"
        )
    _require_shapes(model)
    (_, n_in, _), (_, n_out, _) = model.input_shape, model.output_shape
    task = Task(length=n_in, alphabet=alphabet, n_in=n_in, n_out=n_out)
    return Predictor(model, OneHot(alphabet, missing=False), task)


Answers = tuple[np.ndarray, np.ndarray, np.ndarray]


def require_digest(model: Any, expected: str, path: Path) -> None:
    """Refuse a model whose weights are not those recorded by its run."""
    if weights_digest(model) != expected:
        raise DamagedError(
            f"{path}: the weights do not match the digest in run.json; train it again"
        )


class Predictor:
    """A model with a compiled forward pass; state is carried only within a sequence."""

    def __init__(self, model: Any, coding: Coding, task: Task) -> None:
        """Take a model from `building.build` or `load_model`, its coding, and what it is asked.

        Raises:
            EchoseqError: if its input and output shapes are not those of an echo.
        """
        _require_shapes(model)
        self.model = model
        self.coding = coding
        self.task = task
        self.batch_size = model.input_shape[0]
        self._answer = tf.function(self._forward, jit_compile=True, autograph=False)

    def _forward(self, windows: Any, targets: Any) -> tuple[Any, Any, Any]:
        outputs = self.model(self.coding.encode(windows), training=False)
        loss = self.coding.loss(targets, outputs)
        return self.coding.decode(outputs), loss, self.coding.distance(targets, outputs)

    def windows(
        self, windows: np.ndarray, targets: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Tokens, loss and distance, each (windows, n_out), for the windows of a sequence.

        Args:
            windows: (windows, n_in), a multiple of the model's batch size.
            targets: (windows, n_out); where they are missing, loss and distance mean nothing.
        """
        for layer in stateful_layers(self.model):
            layer.reset_state()
        batches = [
            np.split(values.astype(np.int32), len(windows) // self.batch_size)
            for values in (windows, targets)
        ]
        answers = [self._answer(*map(tf.constant, batch)) for batch in zip(*batches)]
        tokens, loss, distance = (
            np.concatenate([part.numpy() for part in parts]) for parts in zip(*answers)
        )
        return tokens, loss, distance

    def sequences(self, windows: np.ndarray, targets: np.ndarray) -> Answers:
        """Answer every window of sequences.

        Args:
            windows, targets: as the task frames them, (sequences, windows, ...).

        Returns:
            Tokens (sequences, windows, n_out) in the smallest type that holds them; loss and
            distance, means over the complete windows in which something is asked,
            (sequences, n_out).
        """
        tokens = np.empty(targets.shape, np.min_scalar_type(self.coding.alphabet - 1))
        loss, distance = (np.empty((len(targets), targets.shape[-1]), np.float32) for _ in range(2))
        scored = (targets != MISSING) & (windows != MISSING).all(axis=-1, keepdims=True)
        for i, framed in enumerate(zip(windows, targets)):
            tokens[i], of_loss, of_distance = self.windows(*framed)
            loss[i], distance[i] = (_mean(x, scored[i]) for x in (of_loss, of_distance))
        return tokens, loss, distance


def _mean(values: np.ndarray, scored: np.ndarray) -> np.ndarray:
    """Means over the windows that are scored, (n_out,); NaN where none is."""
    with np.errstate(invalid="ignore"):
        total = np.where(scored, values, np.float32(0)).sum(axis=0)
        return total / scored.sum(axis=0).astype(np.float32)


def _require_shapes(model: Any) -> None:
    shapes = model.input_shape, model.output_shape
    if not all(isinstance(s, tuple) and len(s) == 3 and all(s) for s in shapes):
        raise EchoseqError(
            "model: expected input and output of (batch, steps, features), all fixed, "
            f"got {shapes[0]} and {shapes[1]}"
        )


def models_in_turn(
    runs: Iterable[tuple[Path, Path]],
) -> Iterator[tuple[Any, Plan, Record, bool]]:
    """The trained model of each run, with its plan and its record, and whether it is another one.

    What is compiled for a built-in model serves all seeds: the next run gives it other weights.

    Args:
        runs: paths of model.keras and run.json, one pair for each seed.

    Raises:
        EchoseqError: if a file is damaged, or a model is not the one recorded by its run.
    """
    model: Any = None
    for model_path, record_path in runs:
        record = read_record(record_path)
        plan = plan_of(record, record_path)
        another = model is None or not is_built_in(plan.model)
        if another:
            import_task(record, record_path)
            model = load_model(model_path)
        else:
            load_weights(model, model_path)
        require_digest(model, record["digest"], model_path)
        yield model, plan, record, another


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
    for model, plan, record, another in models_in_turn(runs):
        if predictor is None or another:
            predictor = Predictor(model, coding_of(plan), plan.task)
            framed = plan.task.frame(sequences)
        answers.append(predictor.sequences(*framed))
        seeds.append(record["seed"])
        report(f"seed {record['seed']}: mean loss {answers[-1][1].mean():.4f}")
    assert predictor is not None
    return _predictions(predictor, seeds, sequences, framed, answers)


def _predictions(
    predictor: Predictor,
    seeds: Sequence[int],
    sequences: np.ndarray,
    framed: tuple[np.ndarray, np.ndarray],
    answers: Sequence[tuple[np.ndarray, np.ndarray, np.ndarray]],
) -> Predictions:
    """The answers of all seeds, with what was asked."""
    tokens, loss, distance = map(np.stack, zip(*answers))
    return Predictions(
        seeds=np.array(seeds),
        sequences=sequences,
        windows=stored(framed[0]),
        expected=stored(framed[1]),
        tokens=tokens,
        loss=loss,
        distance=distance,
        places=places_of(predictor.task),
        drawn=drawn_in(predictor.task),
        alphabet=np.array(predictor.coding.alphabet),
        encoding=np.array(predictor.coding.encoding),
        symbols=np.array(len(predictor.task.symbols)),
    )


def echo(predictor: Predictor, values: list[int]) -> tuple[np.ndarray, np.ndarray]:
    """Echo the user's own integers with a model.

    A saved model answers a fixed number of windows at once; the batch is filled up with copies of
    the last window, whose answers are dropped. So are those to the first windows, if they lack
    values: a state that is carried has seen them, as in training and evaluation.

    Returns:
        Targets and predicted tokens, both (windows, n_out).

    Raises:
        EchoseqError: for too few values, or values outside the model's alphabet.
    """
    given, task = np.asarray(values, dtype=np.int64), predictor.task
    complete = for_values(replace(task, keep_missing=False), given).windows
    (windows,), (targets,) = for_values(task, given).frame(given[None])
    short = -len(windows) % predictor.batch_size
    filled = (np.concatenate([x, x[-1:].repeat(short, 0)]) for x in (windows, targets))
    tokens, _, _ = predictor.windows(*filled)
    last = slice(len(windows) - complete, len(windows))
    return targets[last], tokens[last]
