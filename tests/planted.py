"""Networks made by hand, of which it is known what each part does."""

from dataclasses import replace
from typing import Any

import numpy as np
from small import FULL

from echoseq.data.snapshots import EVALUATION, draw
from echoseq.evaluation.ablating import Ablated, Result
from echoseq.evaluation.ablations import Case
from echoseq.evaluation.switching import Network
from echoseq.networks.backend import keras
from echoseq.networks.coding import coding_of
from echoseq.study.plan import Plan

layers = keras.layers
ALPHABET, SEQUENCES = FULL.alphabet, 12
BIG = 50.0  # saturates a gate, and makes a probability 1
# Windows of one value, of which all or the one before is asked for.
SAME = replace(FULL, n_in=1, n_out=1, length=8, batch_size=4)
LAG = replace(SAME, length=9, batch_size=2, echo=(0,))
EYE, NONE = np.eye(ALPHABET, dtype=np.float32), np.zeros((ALPHABET, ALPHABET), np.float32)


def framed(plan: Plan) -> tuple[np.ndarray, np.ndarray]:
    """The held-out windows and targets, (sequences, windows, ...)."""
    drawn = draw(EVALUATION, 0, count=SEQUENCES, length=plan.length, alphabet=plan.alphabet)
    return plan.task.frame(drawn)


def network_of(model: Any, plan: Plan, *, compiled: bool = True) -> Network:
    return Network(model, coding_of(plan), plan.task, framed(plan), compiled=compiled)


def results(model: Any, plan: Plan, *ablations: str) -> dict[Case, Result]:
    found = Ablated(network_of(model, plan), ablations).results(0)
    return {one.case: one for one in found}


def accuracy(result: Result, plan: Plan) -> list[float]:
    """At each position, and of the exact match."""
    windows = framed(plan)[1].shape[1]
    return (result.correct.sum(axis=0) / (SEQUENCES * windows * result.networks)).tolist()


def share(right: np.ndarray) -> list[float]:
    """The accuracies of answers to one position."""
    return [right.mean(), right.mean()]


def window(plan: Plan) -> Any:
    return keras.Input(batch_shape=(plan.batch_size, plan.n_in, plan.alphabet))


def said(value: Any, kernel: np.ndarray, name: str = "output") -> Any:
    """An answer for each step: the value whose number is the largest, or 0 if all are zero."""
    output = layers.Dense(kernel.shape[1], activation="softmax", name=name)
    answer = output(value)
    output.set_weights([BIG * kernel, np.zeros(kernel.shape[1])])
    return answer


def gates(units: int, *, keep: bool, write: bool, kernel: Any = 0.0, recurrent: Any = 0.0) -> Any:
    """The weights of an LSTM whose gates are open or closed, whatever it reads.

    keep: whether c is kept; write: whether tanh of the input times `kernel` and of h times
    `recurrent` is added to it. h is always tanh(c).
    """
    candidate = slice(2 * units, 3 * units)
    bias = np.zeros(4 * units, np.float32)
    bias[:units] = BIG if write else -BIG
    bias[units : 2 * units] = BIG if keep else -BIG
    bias[3 * units :] = BIG
    of_input = np.zeros((ALPHABET, 4 * units), np.float32)
    of_state = np.zeros((units, 4 * units), np.float32)
    of_input[:, candidate] = kernel
    of_state[:, candidate] = recurrent
    return [BIG * of_input, BIG * of_state, bias]


# Of 20 units, the first half holds the value that was read, the second what was there before.
READ = np.concatenate([EYE, NONE], axis=1)
SHIFTED = np.block([[NONE, EYE], [NONE, NONE]])
EARLIER = np.concatenate([NONE, EYE])  # from these units to an answer
