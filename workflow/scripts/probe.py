"""Probe the states of the trained models of an experiment."""

import json
from pathlib import Path

from echoseq.data.snapshots import PROBES, read_snapshot
from echoseq.evaluation.readouts import write_readouts
from echoseq.logs import step_log
from echoseq.study.plan import Plan
from echoseq.training.records import require_plan

with step_log(snakemake.log[0]) as log:
    # Imported here, so that an error in TensorFlow is logged.
    from echoseq.evaluation.probing import probe_models

    plan = Plan.from_facts(json.loads(snakemake.params.plan))
    sequences = read_snapshot(
        Path(snakemake.input.sequences), PROBES, 0, length=plan.length, alphabet=plan.alphabet
    )
    records = [Path(record) for record in snakemake.input.records]
    require_plan(records, plan)
    runs = zip(map(Path, snakemake.input.models), records)
    sets = json.loads(snakemake.params.states)
    readouts = probe_models(plan, runs, sequences, sets, report=log.info)
    write_readouts(Path(snakemake.output[0]), readouts)
