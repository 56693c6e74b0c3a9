"""What is done to the insides of models, tried before any job starts.

Probes need states that a model has, and ablations need something that can be taken away and
matters. Of built-in models most of that is known; TensorFlow is loaded only to try the rest.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence

from echoseq.errors import EchoseqError
from echoseq.evaluation.own_models import untrained
from echoseq.study.ablated import KNOWN
from echoseq.study.options import OPTIONS
from echoseq.study.plan import Plan
from echoseq.study.probed import have_states


def check_insides(
    plans: Mapping[str, Plan],
    probed: Collection[str],
    sets: Sequence[str],
    ablated: Mapping[str, Sequence[str]],
) -> None:
    """Refuse probes of states that a model does not have, and ablations that would do nothing.

    Args:
        plans: by the name of the experiment.
        probed: the experiments that will be probed.
        sets: of states that will be read.
        ablated: what will be taken away, by the name of the experiment.

    Raises:
        EchoseqError: if one fails; the message names the experiment and the reason.
    """
    tried: set[tuple[Plan, str, Sequence[str]]] = set()
    for name, what, names in _unknown(plans, probed, sets, ablated):
        plan = untrained(plans[name])
        if (plan, what, names) in tried:
            continue
        tried.add((plan, what, names))
        from echoseq.evaluation.inside_trials import try_ablations
        from echoseq.evaluation.trials import try_states

        try:
            {"states": try_states, "ablations": try_ablations}[what](plan, names)
        except EchoseqError as error:
            raise EchoseqError(f"experiments.{name}.{error}") from error


def _unknown(
    plans: Mapping[str, Plan],
    probed: Collection[str],
    sets: Sequence[str],
    ablated: Mapping[str, Sequence[str]],
) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """The experiments with what is to be tried: sets of states, or ablations."""
    for name, plan in plans.items():
        model = plan.model if plan.options == OPTIONS else ""  # nothing is known with options
        if name in probed and not have_states(model, sets):
            yield name, "states", tuple(sets)
        asked = tuple(x for x in ablated.get(name, ()) if model not in KNOWN[x])
        if asked:
            yield name, "ablations", asked
