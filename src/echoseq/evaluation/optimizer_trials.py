"""Trials of optimizers and schedules: they are built, and update a few weights."""

import inspect
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np

from echoseq.names import unknown_key
from echoseq.networks.backend import keras, tf
from echoseq.networks.building import one_line
from echoseq.study.optimizers import Named, Optimizer, Schedule
from echoseq.training.optimizers import (
    build_optimizer,
    build_schedule,
    optimizer_class,
    schedule_class,
)

UPDATES = 3  # of a trial
SAMPLE = 100  # weight updates whose learning rate is looked at
HIGHEST = 10  # learning rate

CLIPS = ("clipnorm", "clipvalue", "global_clipnorm")
LISTS = {"boundaries", "values"}  # the study refuses empty ones
# Numbers may not be negative, except for these.
SIGNED = {"beta_2_decay", "learning_rate_power", "muon_a", "muon_b", "muon_c"}
POSITIVE = {*CLIPS, "decay_steps", "first_decay_steps", "initial_learning_rate", "ns_steps"}
SHARES = {"beta_1", "beta_2", "adam_beta_1", "adam_beta_2", "rho", "momentum"}
# Options that Keras ignores without another one.
NEEDED = {
    ("SGD", "nesterov"): "momentum",
    ("CosineDecay", "warmup_steps"): "warmup_target",
    ("CosineDecay", "warmup_target"): "warmup_steps",
}
AVERAGED = "Keras puts averages in the place of weights at the end of `fit`, which each sequence is"
REFUSED = {
    "learning_rate": "expected next to `optimizer`, as learning_rate of the experiment",
    "name": "expected no such option: the optimizer of a run has no other name",
    "use_ema": f"expected no averaging: {AVERAGED}",
    "ema_momentum": f"expected no averaging: {AVERAGED}",
    "ema_overwrite_frequency": f"expected no averaging: {AVERAGED}",
    "loss_scale_factor": "expected no scaling: it is for numbers of half precision, and all that "
    "is computed here is float32",
    "gradient_accumulation_steps": "expected a larger batch_size instead: every batch is a weight "
    "update here, and is counted as one",
    "exclude_layers": "expected no names of layers: Keras numbers them in each process",
    "exclude_embeddings": "expected no such option: models read vectors, not integers to embed",
}

# Optimizers that do not do in `fit` what they do wherever else Keras applies them.
UNLIKE = {
    "ScheduleFreeAdamW": "expected another optimizer: Keras's `fit` sets what ScheduleFreeAdamW "
    "averages back before each update, so that training elsewhere is not that of `fit`"
}

Found = Iterator[tuple[str, str]]


def mistakes(optimizer: Optimizer, learning_rate: float | Schedule, updates: int) -> Found:
    """What is wrong with an optimizer and its learning rate: keys of an experiment, and why.

    Args:
        updates: weight updates of a run.
    """
    if optimizer.name in UNLIKE:
        yield "optimizer", UNLIKE[optimizer.name]
        return
    found = [*_under("optimizer", _options(optimizer, optimizer_class(optimizer)))]
    if isinstance(learning_rate, Schedule):
        found += _under("learning_rate", _options(learning_rate, schedule_class(learning_rate)))
        found += _together(optimizer)
    if not found and isinstance(learning_rate, Schedule):
        found += _under("learning_rate", _rates(learning_rate, updates))
    yield from found or _under("optimizer", _updating(optimizer, learning_rate))


def _under(path: str, found: Found) -> Found:
    """Mistakes with the keys at which they are in an experiment."""
    for key, reason in found:
        yield (f"{path}.{key}" if key else path), reason


def _options(named: Named, kind: Any) -> Found:
    """Options that Keras does not have, ignores, or would take for something else."""
    signature = inspect.signature(kind).parameters.values()
    known = {p.name: p.default for p in signature if p.kind is not p.VAR_KEYWORD}
    given = named.given
    own = [key for key in known if key not in REFUSED]
    for key, value in given.items():
        if key in REFUSED and key in known:
            yield key, REFUSED[key]
        elif key not in known:
            yield key, unknown_key(key, own, given)
        elif reason := _value(key, value, known[key]):
            yield key, reason
        elif (other := NEEDED.get((named.name, key))) and value and not given.get(other):
            yield key, f"expected {other} as well, without which Keras ignores it"
    for key, default in known.items():
        if default is inspect.Parameter.empty and key not in given:
            yield key, "expected a value, got none"
    for key in [clip for clip in CLIPS if clip in given][1:]:
        yield key, f"expected only one of {', '.join(CLIPS)}"
    yield from _pieces(given)


def _value(key: str, value: Any, default: Any) -> str | None:
    """What was expected of an option, if it has another value."""
    expected = _kind(key, default)
    if expected != _kind("boundaries" if isinstance(value, tuple) else "", value):
        return f"expected {expected}, got {_shown(value)}"
    low, high = min(_numbers(value)), max(_numbers(value))
    if key in POSITIVE and low <= 0:
        return f"expected more than 0, got {_shown(value)}"
    if key in SHARES and not 0 <= low <= high <= 1:
        return f"expected 0 to 1, got {_shown(value)}"
    if low < 0 and key not in SIGNED:
        return f"expected 0 or more, got {_shown(value)}"
    return None


def _numbers(value: Any) -> tuple[float, ...]:
    return value if isinstance(value, tuple) else (value,)


def _shown(value: Any) -> str:
    return json.dumps(value)


def _kind(key: str, default: Any) -> str:
    if key in LISTS:
        return "a list of numbers"
    return "true or false" if isinstance(default, bool) else "a number"


def _pieces(given: Mapping[str, Any]) -> Found:
    """Pieces of a constant rate that do not fit together."""
    boundaries, values = (given.get(key) for key in ("boundaries", "values"))
    if not isinstance(boundaries, tuple) or not isinstance(values, tuple):
        return
    if len(values) != len(boundaries) + 1:
        expected = f"one more than the {len(boundaries)} of boundaries"
        yield "values", f"expected {expected}, got {len(values)}"
    if any(a >= b for a, b in pairwise(boundaries)):
        yield "boundaries", f"expected each larger than the one before, got {[*boundaries]}"


def _together(optimizer: Optimizer) -> Found:
    """An option that Keras ignores if the learning rate has a schedule."""
    if optimizer.given.get("relative_step"):
        yield (
            "optimizer.relative_step",
            "expected a number as learning_rate: with a schedule, Keras ignores it",
        )


def _rates(schedule: Schedule, updates: int) -> Found:
    """Learning rates of a run that cannot be used."""
    steps = np.unique(np.linspace(0, updates - 1, SAMPLE).astype(int))
    try:
        schedule_of = build_schedule(schedule)
        rates = [float(schedule_of(tf.constant(step, tf.int64))) for step in steps]
    except Exception as error:  # Keras may raise anything
        yield _named(schedule, error), one_line(error)
        return
    for step, rate in zip(steps, rates, strict=True):
        if not 0 <= rate <= HIGHEST:  # nor if it is not a number
            yield (
                "",
                f"expected rates from 0 to {HIGHEST}, got {rate:g} in weight update {step + 1}",
            )
            return
    if not any(rates):
        yield "", "expected a rate of more than 0, got none"


def _updating(optimizer: Optimizer, learning_rate: float | Schedule) -> Found:
    """An optimizer with which weights do not stay finite numbers, or that cannot be built."""
    try:
        if _stays_finite(optimizer, learning_rate):
            return
        culprits = [
            key for key in optimizer.given if _stays_finite(_without(optimizer, key), learning_rate)
        ]
    except Exception as error:  # Keras may raise anything
        yield _named(optimizer, error), one_line(error)
        return
    yield (
        culprits[0] if culprits else "",
        f"expected weights that stay finite numbers, but they are not after {UPDATES} updates",
    )


def _stays_finite(optimizer: Optimizer, learning_rate: float | Schedule) -> bool:
    """Whether weights are finite after a few updates, compiled as in training.

    One weight has a gradient of zero, as those of integers have that a batch does not contain.
    """
    built = build_optimizer(optimizer, learning_rate)
    weights = [keras.Variable(a, dtype="float32") for a in (np.eye(3, 4), np.zeros(4))]
    gradients = [tf.constant(np.linspace(-1, 1, w.shape[-1]), tf.float32) for w in weights]
    gradients = [tf.broadcast_to(tf.nn.relu(g), w.shape) for g, w in zip(gradients, weights)]
    built.build(weights)
    update = tf.function(lambda: built.apply(gradients, weights), jit_compile=True, autograph=False)
    for _ in range(UPDATES):
        update()
    return all(np.isfinite(weight.numpy()).all() for weight in weights)


def _without(optimizer: Optimizer, key: str) -> Optimizer:
    return replace(optimizer, options=tuple(o for o in optimizer.options if o[0] != key))


def _named(named: Named, error: Exception) -> str:
    """The option that an error of Keras's is about, if its message names one."""
    return next((key for key in named.given if key in str(error)), "")
