"""Let the trained models of experiments answer the held-out sequences."""

import json
from pathlib import Path

from echoseq.data.snapshots import EVALUATION, read_snapshot
from echoseq.evaluation.listing import listing
from echoseq.evaluation.predictions import write_predictions
from echoseq.files import write_text
from echoseq.logs import step_log
from echoseq.places import experiment_of
from echoseq.study.architectures import is_built_in
from echoseq.study.plan import Plan
from echoseq.training.records import require_plan

with step_log(snakemake.log[0]) as log:
    # Imported here, so that an error in TensorFlow is logged.
    from echoseq.evaluation.answering import evaluate_models
    from echoseq.networks.building import find_builder

    plans = json.loads(snakemake.params.plans)
    runs = [*zip(map(Path, snakemake.input.models), map(Path, snakemake.input.records))]
    outputs = zip(
        map(Path, snakemake.input.held_out),
        map(Path, snakemake.output.predictions),
        map(Path, snakemake.output.listings),
        strict=True,
    )
    for held_out, predictions_path, listing_path in outputs:
        experiment = experiment_of(predictions_path)
        plan = Plan.from_facts(plans[experiment])
        shape = {"length": plan.length, "alphabet": plan.alphabet}
        sequences = read_snapshot(held_out, EVALUATION, 0, **shape)
        own = [(m, r) for m, r in runs if experiment_of(m.parent) == experiment]
        require_plan([record for _, record in own], plan)
        if not is_built_in(plan.model):
            find_builder(plan.model)  # of a package, too, since the configuration names it
        log.info("evaluating %s", experiment)
        predictions = evaluate_models(own, sequences, report=log.info)
        write_predictions(predictions_path, predictions)
        write_text(listing_path, listing(experiment, predictions))
