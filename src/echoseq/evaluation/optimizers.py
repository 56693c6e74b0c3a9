"""Optimizers and schedules, tried before any job starts: TensorFlow is loaded if there are any.

What Keras would refuse would cost a job; what it ignores, or does only at the end of `fit`, would
make a run another than the one that is described.
"""

from collections.abc import Mapping

from echoseq.study.mistakes import Mistake, refusal
from echoseq.study.optimizers import ADAM, Optimizer, Schedule
from echoseq.study.plan import Plan

Choice = tuple[Optimizer, float | Schedule]
# Options of an exponential decay that need no trial, with the values that they may have.
DECAY = {"initial_learning_rate": (1e-9, 10), "decay_rate": (1e-9, 1), "decay_steps": (1, 1e9)}
LOWEST = 1e-9  # rate at the end that needs no trial


def check_optimizers(plans: Mapping[str, Plan]) -> None:
    """Refuse optimizers and schedules that cannot be built, or do not do what they say.

    Adam is known, with a number or an exponential decay as its learning rate and an epsilon of
    its own, so that the study itself starts without TensorFlow. Each other choice is tried once,
    for the experiment that trains longest.

    Args:
        plans: by the name of the experiment.

    Raises:
        EchoseqError: a line for each mistake, with its key in the experiment.
    """
    chosen: dict[Choice, str] = {}
    for name in sorted(plans, key=lambda name: _updates(plans[name])):
        choice = plans[name].optimizer, plans[name].learning_rate
        if not (_known_optimizer(choice[0]) and _known_rate(choice[1], _updates(plans[name]))):
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


def _known_optimizer(optimizer: Optimizer) -> bool:
    if optimizer == ADAM:
        return True
    given = optimizer.given
    return (
        optimizer.name == ADAM.name
        and set(given) == {"epsilon"}
        and _within(given["epsilon"], 1e-12, 1)
    )


def _known_rate(rate: float | Schedule, updates: int) -> bool:
    if not isinstance(rate, Schedule):
        return True
    given = rate.given
    if rate.name != "ExponentialDecay" or set(given) != set(DECAY):
        return False
    if not all(_within(given[key], *bounds) for key, bounds in DECAY.items()):
        return False
    first, share, steps = (float(given[key]) for key in DECAY)  # type: ignore[arg-type]
    return first * share ** (updates / steps) >= LOWEST


def _within(value: object, low: float, high: float) -> bool:
    return isinstance(value, int | float) and low <= value <= high


def _updates(plan: Plan) -> int:
    return plan.epochs * plan.updates
