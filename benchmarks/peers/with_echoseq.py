"""Both echoes by echoseq's compiled loop."""

import numpy as np
from work import Run, Sizes, Weights, serve

from echoseq.networks.backend import tf, versions
from echoseq.networks.building import build
from echoseq.networks.coding import coding_of
from echoseq.study.plan import Plan
from echoseq.training.loop import Trainer


def plan_of(sizes: Sizes) -> Plan:
    """The plan with these sizes."""
    return Plan(
        length=sizes.length,
        alphabet=sizes.alphabet,
        n_in=sizes.n_in,
        n_out=sizes.n_out,
        encoding="one_hot",
        framing="drop",
        model="encoder_decoder" if sizes.encoder else "lstm",
        cells=sizes.cells,
        epochs=sizes.block,
        batch_size=sizes.batch_size,
        stateful=sizes.stateful,
        masking=False,
    )


def make(sizes: Sizes, weights: Weights) -> Run:
    """Train by calling the compiled program of the loop, block by block."""
    plan = plan_of(sizes)
    model = build(plan, 0)
    model.set_weights([*weights.values()])
    trainer = Trainer(coding_of(plan), plan.task, batch_size=plan.batch_size, block=sizes.block)
    program = trainer.prepare(model)

    def run(drawn: np.ndarray) -> list[float]:
        losses: list[float] = []
        for start in range(0, len(drawn), sizes.block):
            windows = drawn[start : start + sizes.block]
            block = (tf.constant(part) for part in (windows, windows[..., : sizes.n_out]))
            losses += program.run_block(*block, tf.constant(len(windows)))[0].numpy().tolist()
        return losses

    return run


if __name__ == "__main__":
    serve(f"TensorFlow {versions()['tensorflow']}", make)
