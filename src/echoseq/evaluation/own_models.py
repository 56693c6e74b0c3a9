"""The user's own models, tried before any job starts. TensorFlow is loaded only if there are any.

A model that cannot be trained, saved, loaded and asked again would cost the run; one that is
changed or ignored on the way would make it wrong.
"""

from collections.abc import Mapping
from dataclasses import replace

from echoseq.errors import EchoseqError
from echoseq.study.architectures import is_built_in
from echoseq.study.optimizers import ADAM
from echoseq.study.plan import Plan


def check_own_models(plans: Mapping[str, Plan]) -> None:
    """Refuse models of the user's own with which the study cannot do what it will.

    Each is tried once for each task; with other numbers of cells or of windows in a batch, it is
    only built and asked.

    Args:
        plans: by the name of the experiment.

    Raises:
        EchoseqError: if one fails; the message names the experiment and the reason.
    """
    own = {name: plan for name, plan in plans.items() if not is_built_in(plan.model)}
    if not own:
        return
    from echoseq.evaluation.trials import try_answering, try_model

    tried: set[Plan] = set()
    for name, plan in own.items():
        sizes = untrained(plan)
        kind = replace(sizes, cells=0, batch_size=0)
        try:
            if kind not in tried:
                try_model(sizes)
            elif sizes not in tried:
                try_answering(sizes)
        except EchoseqError as error:
            raise EchoseqError(f"experiments.{name}.{error}") from error
        tried |= {sizes, kind}


def untrained(plan: Plan) -> Plan:
    """A plan without what a model does not depend on."""
    return replace(
        plan,
        epochs=1,
        until="epochs",
        success=None,
        learned_over=None,
        optimizer=ADAM,
        learning_rate=0.001,
    )
