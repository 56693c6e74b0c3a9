"""Let every trained model of an experiment answer the held-out sequences."""

import json
from pathlib import Path

from echoseq.data.snapshots import EVALUATION, read_snapshot
from echoseq.evaluation.listing import listing
from echoseq.evaluation.predictions import write_predictions
from echoseq.files import write_text
from echoseq.logs import step_log
from echoseq.study.architectures import is_built_in
from echoseq.study.plan import Plan
from echoseq.training.records import require_plan

with step_log(snakemake.log[0]) as log:
    # Imported here, so that an error in TensorFlow is logged.
    from echoseq.evaluation.answering import evaluate_models
    from echoseq.networks.building import find_builder

    plan = Plan.from_facts(json.loads(snakemake.params.plan))
    sequences = read_snapshot(
        Path(snakemake.input.held_out), EVALUATION, 0, length=plan.length, alphabet=plan.alphabet
    )
    records = [Path(record) for record in snakemake.input.records]
    require_plan(records, plan)
    if not is_built_in(plan.model):
        find_builder(plan.model)  # of a package, too, since the configuration names it
    runs = zip(map(Path, snakemake.input.models), records)
    predictions = evaluate_models(runs, sequences, report=log.info)
    write_predictions(Path(snakemake.output.predictions), predictions)
    text = listing(snakemake.wildcards.experiment, predictions)
    write_text(Path(snakemake.output.listing), text)
