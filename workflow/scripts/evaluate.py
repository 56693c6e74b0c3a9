"""Let every trained model of an experiment answer the held-out sequences."""

import json
from pathlib import Path

from echoseq.files import write_text
from echoseq.listing import listing
from echoseq.logs import step_log
from echoseq.predictions import write_predictions
from echoseq.records import require_plan
from echoseq.snapshots import EVALUATION, read_snapshot

with step_log(snakemake.log[0]) as log:
    # Imported here, so that a fault of TensorFlow is in the log.
    from echoseq.evaluation import evaluate_models

    sizes = json.loads(snakemake.params.sizes)
    sequences = read_snapshot(Path(snakemake.input.held_out), EVALUATION, 0, **sizes)
    records = [Path(record) for record in snakemake.input.records]
    require_plan(records, json.loads(snakemake.params.plan))
    runs = zip(map(Path, snakemake.input.models), records)
    predictions = evaluate_models(runs, sequences, report=log.info)
    write_predictions(Path(snakemake.output.predictions), predictions)
    text = listing(snakemake.wildcards.experiment, predictions)
    write_text(Path(snakemake.output.listing), text)
