"""A small network and its training, for the tests of what trains and answers."""

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np

from echoseq.data.snapshots import TRAINING, draw
from echoseq.networks.building import teacher
from echoseq.networks.coding import Coding, coding_of
from echoseq.study.plan import Plan
from echoseq.training.loop import BLOCK, History, Trainer

# Trained in a second; 9 windows.
FULL = Plan(
    length=12,
    alphabet=10,
    n_in=4,
    n_out=4,
    encoding="one_hot",
    framing="drop",
    model="lstm",
    cells=6,
    epochs=30,
    batch_size=3,
    stateful=True,
    masking=False,
)
PARTIAL = replace(FULL, model="encoder_decoder", n_out=2, batch_size=9)


def sequences(plan: Plan, epochs: int, seed: int = 0) -> np.ndarray:
    """What a run of the plan would train on."""
    return draw(TRAINING, seed, count=epochs, length=plan.length, alphabet=plan.alphabet)


@cache
def trainer(plan: Plan, *, coding: Coding | None = None, block: int = BLOCK) -> Trainer:
    """Of all tests that train such a network: to compile its program takes seconds."""
    return Trainer(
        coding or coding_of(plan),
        plan.task,
        batch_size=plan.batch_size,
        optimizer=plan.optimizer,
        learning_rate=plan.learning_rate,
        block=block,
        teach=teacher(plan),
    )


def train(
    plan: Plan,
    model: Any,
    training: np.ndarray,
    *,
    coding: Coding | None = None,
    block: int = BLOCK,
    **options: Any,
) -> History:
    """Train a model in place."""
    same_program = replace(plan, epochs=1)
    return trainer(same_program, coding=coding, block=block).train(model, training, **options)
