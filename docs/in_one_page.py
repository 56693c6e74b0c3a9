"""echoseq in one page: draw, frame, build, train, score; no workflow, no files.

`python docs/in_one_page.py` trains an LSTM of 20 cells and a control without memory, in seconds.
At each step of a window of five integers they are asked for the one before: the LSTM can carry it
from step to step, the control sees the current one alone. At the first step it lies outside the
window, and nobody can know it: with all windows in one batch, no state is carried to the next.
"""

import numpy as np

from echoseq.data.snapshots import EVALUATION, TRAINING, draw
from echoseq.evaluation.answering import Predictor
from echoseq.networks.building import build
from echoseq.networks.coding import coding_of
from echoseq.statistics.counts import count_correct
from echoseq.study.plan import Plan
from echoseq.training.runs import trainer_of

SEED = 0

# Everything that determines a run but its seed; keys as in config/README.md.
LSTM = {
    "length": 25,
    "alphabet": 10,
    "n_in": 5,
    "n_out": 5,
    "echo": [0, 1, 2, 3, 4],  # 1 is the oldest integer of the window, 0 the one before it
    "encoding": "one_hot",
    "framing": "drop",
    "model": "lstm",
    "cells": 20,
    "epochs": 1000,
    "batch_size": 20,
    "stateful": True,
    "masking": False,
}
CONTROL = LSTM | {"model": "memoryless"}


def accuracy(plan: Plan) -> np.ndarray:
    """Train a network, and return its accuracy at each place of the answer, (n_out,)."""
    # 1. Draw: integers by purpose and seed, (epochs, length). Each epoch is one new sequence.
    sequences = draw(TRAINING, SEED, count=plan.epochs, length=plan.length, alphabet=plan.alphabet)

    # 2. Frame: windows (sequences, windows, n_in), and what is asked of each.
    windows, targets = plan.task.frame(sequences[:1])
    print(f"{plan.model}: {windows.shape[1]} windows, the first {windows[0, 0]} => {targets[0, 0]}")

    # 3. Build: a plain Keras model, with initial weights that depend on the seed alone.
    model = build(plan, SEED)

    # 4. Train: all epochs in one compiled program; `model` then has the trained weights.
    history = trainer_of(plan).train(model, sequences)
    print(f"  loss {history.loss[0]:.2f} -> {history.loss[-100:].mean():.2f} nats")

    # 5. Score: held-out sequences, the state carried within each; answers against targets.
    held_out = draw(EVALUATION, SEED, count=100, length=plan.length, alphabet=plan.alphabet)
    windows, targets = plan.task.frame(held_out)
    tokens, _, _ = Predictor(model, coding_of(plan), plan.task).sequences(windows, targets)
    return count_correct(tokens[None], targets).accuracy[0, :-1]


def main() -> None:
    """Train both, and print what they reach."""
    for keys in (LSTM, CONTROL):
        found = accuracy(Plan.from_facts(keys))
        print("  accuracy at each place:", " ".join(f"{share:.3f}" for share in found))


if __name__ == "__main__":
    main()
