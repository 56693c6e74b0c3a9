"""What a valid configuration may do otherwise than its author expects, each in one line."""

from echoseq.asked import before
from echoseq.study.claim_rules import undecidable
from echoseq.study.claims import LEAST_SEEDS
from echoseq.study.memory import memory, of_machine, size
from echoseq.study.schema import PUBLISHED, Study


def hints(study: Study, machine: int | None = None) -> list[str]:
    """Lines about a study, each with the key that it is about.

    Args:
        machine: bytes of memory, by default those of this one.
    """
    return [
        *_comparisons(study),
        *_before_the_window(study),
        *_too_large(study, machine or of_machine()),
    ]


def _comparisons(study: Study) -> list[str]:
    return [
        f"experiments.{name}.compare_to: only `extensions` makes comparisons, the study does not"
        for name in sorted(study.names(extensions=False))
        if study.experiments[name].compare_to is not None
    ]


def claim_hints(study: Study) -> list[str]:
    """Of claims alone: which are sure to stay undecided, so for who asks, not at every start."""
    paths = ", ".join(undecidable(study))
    return [f"{paths}: fewer than {LEAST_SEEDS} seeds, which decide no claim"] if paths else []


def _before_the_window(study: Study) -> list[str]:
    """Experiments that ask for values that their networks have not seen when they answer.

    Row i of a batch inherits the state of the window as many windows earlier as the batch has.
    """
    lines = []
    for name in sorted(study.experiments):
        plan = study.plan_of(name)
        if not before(plan.task.asked or ()) or (plan.stateful and plan.batch_size == 1):
            continue
        if study.target_of(name) == PUBLISHED:  # where others did so
            continue
        why = f"batch_size: {plan.batch_size}" if plan.stateful else "stateful: false"
        lines.append(
            f"experiments.{name}: the task asks for values before the window, which reach a "
            f"network in the carried state alone, with batch_size: 1; it has {why}"
        )
    return lines


def _too_large(study: Study, machine: int) -> list[str]:
    taken = {name: memory(study.plan_of(name)) for name in sorted(study.experiments)}
    return [
        f"experiments.{name}: a run takes about {size(amount)} of memory, this machine has "
        f"{size(machine)}"
        for name, amount in taken.items()
        if amount > machine
    ]
