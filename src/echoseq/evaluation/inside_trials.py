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

SEQUENCES, BATCHES = 2, 2  # of each sequence, the first batches


def try_ablations(plan: Plan, ablations: Sequence[str]) -> None:
    """Take things away from a model that is not trained.

    Raises:
        EchoseqError: the message names the model and the first ablation that cannot be made, or
            by which no answer would change.
    """
    for ablation in ablations:
        try:
            found = _changes(plan, ablation)
        except EchoseqError as error:
            raise EchoseqError(f"ablate: {ablation}: {error}") from error
        except Exception as error:  # the user's code, and Keras with it, may raise anything
            raise _refused(plan, ablation, f"cannot do it ({one_line(error)})") from error
        if not found:
            absent = FAMILIES[FAMILY_OF[ablation]].absent
            raise _refused(plan, ablation, f"expected {absent}, found none")
        if not any(found):
            raise _refused(plan, ablation, "expected an effect, but no answer changes")


def _changes(plan: Plan, ablation: str) -> list[bool]:
    """Of each way to do it, whether any answer changes."""
    drawn = draw(EVALUATION, 0, count=SEQUENCES, length=plan.length, alphabet=plan.alphabet)
    some = slice(BATCHES * plan.batch_size)
    windows, targets = (part[:, some] for part in plan.task.frame(drawn))
    model, coding = build(plan, 0), coding_of(plan)
    network = Network(model, coding, plan.task, (windows, targets), compiled=False)
    ablated = Ablated(network, [ablation])
    intact, found = network.answer(), []
    for variant in ablated.variants(0):
        found.append(not np.array_equal(ablated.answer(variant).loss, intact.loss, equal_nan=True))
        if found[-1]:
            break
    return found


def _refused(plan: Plan, ablation: str, reason: str) -> EchoseqError:
    return EchoseqError(f"ablate: {ablation}: model {plan.model}: {reason}")
