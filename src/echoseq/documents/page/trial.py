"""What the page needs to let a trained network answer: its weights, and what it is."""

from pathlib import Path
from typing import Any

import pandas as pd

from echoseq.asked import called, canonical, described
from echoseq.data.snapshots import EVALUATION, read_snapshot
from echoseq.documents.page.names import network_title
from echoseq.errors import EchoseqError
from echoseq.study.architectures import ARCHITECTURES
from echoseq.study.options import described as options_text
from echoseq.study.plan import Plan
from echoseq.study.schema import Study
from echoseq.tables.columns import complete_windows
from echoseq.wording import count, percent, plural

# The architectures that networks.js computes.
COMPUTED = (
    *("encoder_decoder", "encoder_decoder_attention", "encoder_decoder_feedback"),
    *("encoder_decoder_gru", "encoder_decoder_simple_rnn", "encoder_decoder_state"),
    *("encoder_decoder_step", "encoder_decoder_teacher_forcing", "last_step"),
    *("lstm", "many_to_one", "memoryless", "one_to_one"),
)


def trial(
    name: str, study: Study, skill: pd.DataFrame, *, model: Path, record: Path, held_out: Path
) -> dict[str, Any]:
    """A network to try: weights, title, description, and the first held-out sequence.

    Args:
        name: of the experiment.
        skill: tables/skill_of_seeds.csv.
        model: model.keras of a run.
        record: its run.json.
        held_out: the sequences on which it was evaluated.

    Raises:
        EchoseqError: if the page cannot compute it, or a file is damaged.
    """
    from echoseq.evaluation.exporting import export  # loads TensorFlow

    plan = study.plan_of(name)
    if plan.model not in COMPUTED:
        raise EchoseqError(
            f"page.networks: expected networks that the page can compute ({', '.join(COMPUTED)}), "
            f"but '{name}' has {plan.model}"
        )
    network = export(model, record, plan)
    if plan.framing == "mask" and _carries(network, plan):
        raise EchoseqError(
            "page.networks: expected networks that the page can compute, but the state of "
            f"'{name}' has seen windows with missing values, which the page has not; name others"
        )
    sequences = read_snapshot(held_out, EVALUATION, 0, length=plan.length, alphabet=plan.alphabet)
    return network | {
        "name": name,
        "title": network_title(name, study),
        "lead": _lead(plan),
        "about": _about(name, network, plan, skill),
        "sequence": sequences[0].tolist(),
    }


def _carries(network: dict[str, Any], plan: Plan) -> bool:
    """Whether a state is carried from batch to batch within a sequence."""
    stateful = any(layer["stateful"] for layer in network["layers"].values())
    return stateful and plan.updates > 1


def _lead(plan: Plan) -> str:
    """What the network is asked for, in a sentence."""
    asked, n_in = plan.task.asked or (), plan.n_in
    window = f"A network reads a window of {plural(n_in, 'random integer')}"
    if len(asked) == 1:
        return f"{window} and is asked for one value: {called(asked[0], n_in)}."
    echo = canonical(asked, n_in, len(asked))
    if echo == "oldest" and ARCHITECTURES[plan.model].step_by_step:
        return f"{window}, one after the other, and is asked to repeat each as it is read."
    if isinstance(echo, str):
        return f"{window} and is asked for {described(asked, n_in)}."
    places = ", ".join(called(item, n_in) for item in asked)
    return f"{window} and is asked for {len(asked)} values, in this order: {places}."


def _about(name: str, network: dict[str, Any], plan: Plan, skill: pd.DataFrame) -> str:
    rows = complete_windows(skill)
    own = rows[(rows["experiment"] == name) & (rows["seed"] == network["seed"])]
    right = percent(own["accuracy"].iloc[0])
    options = options_text(plan.options)
    sentence = ARCHITECTURES[network["model"]].sentence
    return (
        f"The network {sentence}{f', but with options ({options})' if options else ''}. It has "
        f"{count(network['parameters'])} parameters, reads {plural(network['n_in'], 'integer')} "
        f"and echoes {described(plan.task.asked or (), plan.n_in)}. This is seed "
        f"{network['seed']} of the experiment {name}; "
        f"it answers {right} of the values of held-out sequences correctly."
    )
