"""What only a trial can tell of the plans of a study, before any job starts."""

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType

from echoseq.data.own_tasks import check_own_tasks
from echoseq.evaluation.insides import check_insides
from echoseq.evaluation.optimizers import check_optimizers
from echoseq.evaluation.own_models import check_own_models
from echoseq.study.plan import Plan

NOTHING: Mapping[str, Sequence[str]] = MappingProxyType({})


def check_plans(
    plans: Mapping[str, Plan],
    probed: Collection[str] = (),
    sets: Sequence[str] = (),
    ablated: Mapping[str, Sequence[str]] = NOTHING,
) -> None:
    """Refuse tasks, optimizers and models with which the study cannot do what it will.

    TensorFlow is loaded only if there are some that need it.

    Args:
        plans: by the name of the experiment.
        probed: the experiments that will be probed.
        sets: of states that will be read.
        ablated: what will be taken away, by the name of the experiment.

    Raises:
        EchoseqError: the message names the experiment and the reason.
    """
    check_own_tasks(plans)
    check_optimizers(plans)
    check_own_models(plans)
    check_insides(plans, probed, sets, ablated)
