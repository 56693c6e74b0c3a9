"""What only a trial can tell of the plans of a study, before any job starts."""

from collections.abc import Collection, Mapping, Sequence

from echoseq.data.own_tasks import check_own_tasks
from echoseq.evaluation.optimizers import check_optimizers
from echoseq.evaluation.own_models import check_own_models
from echoseq.study.plan import Plan


def check_plans(
    plans: Mapping[str, Plan], probed: Collection[str] = (), sets: Sequence[str] = ()
) -> None:
    """Refuse tasks, optimizers and models with which the study cannot do what it will.

    TensorFlow is loaded only if there are some that need it.

    Args:
        plans: by the name of the experiment.
        probed: the experiments that will be probed.
        sets: of states that will be read.

    Raises:
        EchoseqError: the message names the experiment and the reason.
    """
    check_own_tasks(plans)
    check_optimizers(plans)
    check_own_models(plans, probed, sets)
