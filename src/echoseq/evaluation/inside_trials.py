"""Trials of ablations: whether there is anything to take away, and whether it would matter."""

from collections.abc import Sequence

import numpy as np

from echoseq.data.snapshots import EVALUATION, draw
from echoseq.errors import EchoseqError
from echoseq.evaluation.ablating import Ablated
from echoseq.evaluation.switching import Network
from echoseq.networks.building import build, one_line
from echoseq.networks.coding import coding_of
from echoseq.study.ablated import FAMILIES, FAMILY_OF
from echoseq.study.plan import Plan
from echoseq.wording import listed

SEQUENCES, BATCHES = 2, 2  # of each sequence, the first batches


def try_ablations(plan: Plan, ablations: Sequence[str]) -> None:
    """Take things away from a model that is not trained.

    Raises:
        EchoseqError: the message names the model and the first ablation that cannot be made, or
            by which no answer would change.
    """
    try:
        changes = _changes(plan, ablations)
    except EchoseqError as error:
        raise EchoseqError(f"ablate: {error}") from error
    except Exception as error:  # the user's code, and Keras with it, may raise anything
        reason = f"cannot take away {listed(ablations)} ({one_line(error)})"
        raise EchoseqError(f"ablate: model {plan.model}: {reason}") from error
    for ablation in ablations:
        absent = FAMILIES[FAMILY_OF[ablation]].absent
        reason = "expected an effect, but no answer changes"
        if ablation not in changes:
            reason = f"expected {absent}, found none"
        if not changes.get(ablation):
            raise EchoseqError(f"ablate: {ablation}: model {plan.model}: {reason}")


def _changes(plan: Plan, ablations: Sequence[str]) -> dict[str, bool]:
    """Of each ablation that can be made, whether any answer changes."""
    drawn = draw(EVALUATION, 0, count=SEQUENCES, length=plan.length, alphabet=plan.alphabet)
    some = slice(BATCHES * plan.batch_size)
    windows, targets = (part[:, some] for part in plan.task.frame(drawn))
    model, coding = build(plan, 0), coding_of(plan)
    network = Network(model, coding, plan.task, (windows, targets), compiled=False)
    ablated = Ablated(network, ablations)
    intact = network.answer().loss
    found: dict[str, bool] = {}
    for variant in ablated.variants(0):
        if not found.get(variant.ablation):
            loss = ablated.answer(variant).loss
            found[variant.ablation] = not np.array_equal(loss, intact, equal_nan=True)
    return found
