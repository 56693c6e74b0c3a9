"""Optimizers and schedules, tried before any job starts: TensorFlow is loaded if there are any.

What Keras would refuse would cost a job; what it ignores, or does only at the end of `fit`, would
make a run another than the one that is described.
"""

from collections.abc import Mapping

from echoseq.study.mistakes import Mistake, refusal
from echoseq.study.optimizers import ADAM, Optimizer, Schedule
from echoseq.study.plan import Plan

Choice = tuple[Optimizer, float | Schedule]


def check_optimizers(plans: Mapping[str, Plan]) -> None:
    """Refuse optimizers and schedules that cannot be built, or do not do what they say.

    Adam without options, with a number as the learning rate, is known. Each other choice is tried
    once, for the experiment that trains longest.

    Args:
        plans: by the name of the experiment.

    Raises:
        EchoseqError: a line for each mistake, with its key in the experiment.
    """
    chosen: dict[Choice, str] = {}
    for name in sorted(plans, key=lambda name: _updates(plans[name])):
        choice = plans[name].optimizer, plans[name].learning_rate
        if choice[0] != ADAM or isinstance(choice[1], Schedule):
            chosen[choice] = name
    if not chosen:
        return
    from echoseq.evaluation.optimizer_trials import mistakes

    found = [
        Mistake(f"experiments.{name}.{key}", reason)
        for choice, name in chosen.items()
        for key, reason in mistakes(*choice, _updates(plans[name]))
    ]
    if found:
        raise refusal(found, {})


def _updates(plan: Plan) -> int:
    return plan.epochs * plan.updates
