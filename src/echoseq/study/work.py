"""How much there is to do: what takes long starts first, or cores wait for it at the end."""

from math import log2

from echoseq.study.plan import Plan


def priority(plan: Plan) -> int:
    """Of the training of a run: higher the longer it can take, by its multiplications.

    Counted are those of a recurrent layer that reads all windows, in all epochs. The scale is
    logarithmic, since one of Snakemake's schedulers adds priorities up.
    """
    multiplications = plan.epochs * plan.task.windows * plan.n_in * plan.cells**2
    return round(10 * log2(multiplications))
