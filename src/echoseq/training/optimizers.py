"""Optimizers of Keras's, built as a plan names them."""

from typing import Any

from echoseq.networks.backend import keras
from echoseq.study.optimizers import Named, Optimizer, Schedule


def build_optimizer(optimizer: Optimizer, learning_rate: float | Schedule) -> Any:
    """A new optimizer, which has not seen any weights."""
    rate: Any = learning_rate
    if isinstance(learning_rate, Schedule):
        rate = build_schedule(learning_rate)
    return optimizer_class(optimizer)(learning_rate=rate, **_options(optimizer))


def build_schedule(schedule: Schedule) -> Any:
    """A function from the number of a weight update, counted from 0, to the learning rate."""
    return schedule_class(schedule)(**_options(schedule))


def optimizer_class(optimizer: Optimizer) -> Any:
    """The class of Keras's that has the name of an optimizer."""
    return getattr(keras.optimizers, optimizer.name)


def schedule_class(schedule: Schedule) -> Any:
    """The class of Keras's that has the name of a schedule."""
    return getattr(keras.optimizers.schedules, schedule.name)


def _options(named: Named) -> dict[str, Any]:
    return {key: list(v) if isinstance(v, tuple) else v for key, v in named.options}
