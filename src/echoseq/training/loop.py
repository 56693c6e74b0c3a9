"""The training loop: many sequences in one compiled call.

It does the same as one unshuffled `model.fit` call for each sequence, with the state reset after
each, but without the overhead: encoding, updates and resets run inside one XLA program.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from echoseq.errors import EchoseqError
from echoseq.networks.backend import tf
from echoseq.networks.building import stateful_layers
from echoseq.networks.coding import Coding
from echoseq.study.optimizers import ADAM, Optimizer, Schedule
from echoseq.task import Task
from echoseq.training.checkpoints import Checkpoints, State
from echoseq.training.losses import score
from echoseq.training.optimizers import build_optimizer
from echoseq.training.teaching import Passes, passes

# Sequences in one compiled call: enough to hide its cost, few enough to show progress.
BLOCK = 100

Progress = Callable[[int, float, float], None]
Stop = Callable[[np.ndarray], bool]
Teach = Callable[[Any], Any]


@dataclass(frozen=True)
class History:
    """Loss (nats, or squared error) and accuracy of every epoch, float32, (epochs,).

    The losses of a model's own, such as regularizers, are added to the loss. Of a model that is
    taught, the loss is that with the targets before each answer, the accuracy that without.
    """

    loss: np.ndarray
    accuracy: np.ndarray


class Trainer:
    """Trains models of one architecture in one way, one after the other, with one program.

    Tracing and compiling take longer than many runs, and the program is the same for every seed. It
    works on the variables of the model that was trained first; these hold the values of each other
    model while it is trained.
    """

    def __init__(
        self,
        coding: Coding,
        task: Task,
        *,
        batch_size: int,
        optimizer: Optimizer = ADAM,
        learning_rate: float | Schedule = 0.001,
        block: int = BLOCK,
        teach: Teach | None = None,
    ) -> None:
        """Set up; nothing is traced or compiled before the first model is trained.

        Args:
            coding: what the models read and write, and their loss.
            task: what is asked of them; missing targets carry no loss.
            batch_size: windows in a weight update.
            learning_rate: of the optimizer, or a schedule of it by weight updates.
            block: sequences in one compiled call; it does not change the result.
            teach: from a model to the one that is also given targets, from `building.teacher`.
        """
        self._optimizer = optimizer, learning_rate
        self._coding = coding
        self._task = task
        self._block = block
        self._teach = teach
        self._batches = (task.windows // batch_size, batch_size)
        self._program: _Program | None = None

    def prepare(self, model: Any) -> "_Program":
        """Compile the program, if this is the first model."""
        if self._program is None:
            optimizer = build_optimizer(*self._optimizer)
            fresh = self._batches[0] == 1
            taught = self._teach(model) if self._teach else None
            self._program = _compile(model, self._coding, optimizer, taught=taught, fresh=fresh)
            self._program.run_block(*self._framed(()))
        return self._program

    def train(
        self,
        model: Any,
        sequences: np.ndarray,
        *,
        stop: Stop | None = None,
        progress: Progress | None = None,
        checkpoints: Checkpoints | None = None,
    ) -> History:
        """Train a model in place, one epoch for each sequence, or fewer if it is to stop.

        Args:
            model: an untrained model from `building.build`, always of the same plan.
            sequences: integers, shape (epochs, length).
            stop: after each block: whether to, from the accuracy of all epochs so far, (epochs,).
            progress: called after each block with the epochs done, and its mean loss and accuracy.
            checkpoints: to resume from and to save to; they do not change the result.

        Raises:
            EchoseqError: if the loss stops being a finite number.
        """
        program = self.prepare(model)
        variables, of_first = program.take(model)
        loss, accuracy = (np.empty(len(sequences), np.float32) for _ in range(2))
        done = _resume(checkpoints, variables, loss, accuracy)

        def ended(done: int) -> bool:
            return done == len(sequences) or (stop is not None and stop(accuracy[:done]))

        while not ended(done):
            part = sequences[done : done + self._block]
            start, done = done, done + len(part)
            loss[start:done], accuracy[start:done] = self._epochs(program, part, start)
            if checkpoints is not None and checkpoints.due(ended(done)):
                checkpoints.save(done, _state(variables, loss[:done], accuracy[:done]))
            if progress is not None:
                progress(done, *(float(part[start:done].mean()) for part in (loss, accuracy)))
        program.give_back(model, of_first)
        return History(loss[:done], accuracy[:done])

    def _epochs(
        self, program: "_Program", sequences: np.ndarray, start: int
    ) -> tuple[np.ndarray, np.ndarray]:
        """The loss and accuracy of the next epochs, one for each sequence of a block.

        Args:
            start: epochs before them.
        """
        results = program.run_block(*self._framed(sequences))
        loss, accuracy = (result.numpy()[: len(sequences)] for result in results)
        _require_finite(loss, start)
        return loss, accuracy

    def _framed(self, sequences: Sequence[Any] | np.ndarray) -> tuple[Any, Any, Any]:
        """Windows, targets and the number of sequences of a block, which is filled with zeros.

        Windows are (block, batches, batch, n_in), targets (block, batches, batch, n_out).
        """
        count, task = len(sequences), self._task
        windows, targets = (
            np.zeros((self._block, *self._batches, steps), np.int32)
            for steps in (task.n_in, task.n_out)
        )
        if count:
            for block, values in zip((windows, targets), task.frame(np.asarray(sequences))):
                block[:count] = values.reshape(count, *block.shape[1:])
        return tf.constant(windows), tf.constant(targets), tf.constant(count)


def _resume(
    checkpoints: Checkpoints | None, variables: list[Any], loss: np.ndarray, accuracy: np.ndarray
) -> int:
    """Put back the last checkpoint, if there is one; returns the epochs that it had done."""
    state = checkpoints.load() if checkpoints is not None else None
    if state is None:
        return 0
    done = len(state["loss"])
    loss[:done], accuracy[:done] = state["loss"], state["accuracy"]
    _assign(variables, [state[f"variable_{i}"] for i in range(len(variables))])
    return done


def _state(variables: list[Any], loss: np.ndarray, accuracy: np.ndarray) -> State:
    """Everything that the remaining epochs need, and the history so far.

    The state of stateful layers is not included: it is reset before each sequence.
    """
    values = {f"variable_{i}": value for i, value in enumerate(_values(variables))}
    return {**values, "loss": loss, "accuracy": accuracy}


def _values(variables: list[Any]) -> list[np.ndarray]:
    return [variable.numpy() for variable in variables]


def _assign(variables: list[Any], values: list[np.ndarray]) -> None:
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)


@dataclass(frozen=True)
class _Program:
    """A compiled block of epochs, and the variables that it works on.

    weights: all variables of the model; the state of layers is reset before each sequence.
    optimizer: its variables; `untrained` holds their initial values.
    """

    run_block: Any
    weights: list[Any]
    optimizer: list[Any]
    untrained: list[np.ndarray]

    def take(self, model: Any) -> tuple[list[Any], list[np.ndarray]]:
        """Begin with the values of a model, and an optimizer that has done nothing.

        Returns:
            All variables, as checkpoints hold them, and what the weights were before.
        """
        variables, before = self.weights + self.optimizer, _values(self.weights)
        _assign(variables, _values(model.variables) + self.untrained)
        return variables, before

    def give_back(self, model: Any, before: list[np.ndarray]) -> None:
        """Give a model what the weights are, and these what they were before."""
        trained = _values(self.weights)
        _assign(self.weights, before)
        _assign(model.variables, trained)


def _compile(model: Any, coding: Coding, optimizer: Any, *, taught: Any, fresh: bool) -> _Program:
    optimizer.build(model.trainable_variables)
    return _Program(
        run_block=_compile_block(model, optimizer, coding, taught=taught, fresh=fresh),
        weights=[*model.variables],
        optimizer=[*optimizer.variables],
        untrained=_values(optimizer.variables),
    )


def _compile_block(model: Any, optimizer: Any, coding: Coding, *, taught: Any, fresh: bool) -> Any:
    """A compiled function (windows, targets, count) -> losses, accuracies (block,).

    Windows and targets are (block, batches, batch, ...). Only the first `count` sequences are used,
    so a shorter last block needs no second program.

    Args:
        taught: the same layers, also given targets, or None.
        fresh: whether every batch begins with a state of zero.
    """
    learn = passes(model, coding, taught=taught, fresh=fresh)
    run_sequence = _sequence(model, _update(model, optimizer, coding, learn))

    @tf.function(jit_compile=True, autograph=False)
    def run_block(windows: Any, targets: Any, count: Any) -> tuple[Any, Any]:
        def run_one(i: Any, losses: Any, accuracies: Any) -> tuple[Any, Any, Any]:
            loss, accuracy = run_sequence(windows[i], targets[i])
            losses = tf.tensor_scatter_nd_update(losses, [[i]], [loss])
            accuracies = tf.tensor_scatter_nd_update(accuracies, [[i]], [accuracy])
            return i + 1, losses, accuracies

        empty = tf.zeros(windows.shape[0])
        _, losses, accuracies = _loop(count, run_one, empty, empty)
        return losses, accuracies

    return run_block


def _update(model: Any, optimizer: Any, coding: Coding, learn: Passes) -> Callable[..., Any]:
    """A weight update, from the windows (batch, n_in) and targets (batch, n_out) of a batch."""
    weights = model.trainable_variables

    def update(windows: Any, targets: Any) -> tuple[Any, Any, Any]:
        """One weight update; returns the summed loss and hits of a batch, and the number of values.

        Missing targets do not count. The losses of the model's own (regularizers, `add_loss`) are
        part of the loss, as in Keras.
        """
        with tf.GradientTape() as tape:
            loss, hits, count = score(targets, *learn(windows, targets), coding)
            objective = loss / tf.maximum(count, 1.0)
            if penalties := [tf.reduce_sum(penalty) for penalty in model.losses]:
                objective += tf.add_n(penalties)
                loss = objective * count  # what Keras reports
        model._clear_losses()
        optimizer.apply(tape.gradient(objective, weights), weights)
        return loss, hits, count

    return update


def _sequence(model: Any, update: Callable[..., Any]) -> Callable[..., Any]:
    """All updates of a sequence, from its windows and targets, (batches, batch, ...)."""
    stateful = stateful_layers(model)

    def run_sequence(windows: Any, targets: Any) -> tuple[Any, Any]:
        for layer in stateful:
            layer.reset_state()

        def run_batch(i: Any, *sums: Any) -> tuple[Any, ...]:
            return i + 1, *(a + b for a, b in zip(sums, update(windows[i], targets[i])))

        zero = tf.constant(0.0)
        _, loss, hits, count = _loop(windows.shape[0], run_batch, zero, zero, zero)
        return loss / count, hits / count

    return run_sequence


def _loop(count: Any, body: Callable[..., Any], *initial: Any) -> Any:
    """Run `body` (index, values...) -> (index + 1, values...) `count` times, in order."""
    return tf.while_loop(
        lambda i, *_: i < count, body, (tf.constant(0), *initial), parallel_iterations=1
    )


def _require_finite(losses: np.ndarray, start: int) -> None:
    bad = np.flatnonzero(~np.isfinite(losses))
    if bad.size:
        epoch = start + int(bad[0]) + 1
        value = "infinite" if math.isinf(losses[bad[0]]) else "not a number"
        raise EchoseqError(f"training: the loss became {value} in epoch {epoch}")
