"""Let the trained models of an experiment answer with something taken away."""

import json
from pathlib import Path

from echoseq.data.snapshots import EVALUATION, PROBES, read_snapshot
from echoseq.evaluation.ablations import write_ablations
from echoseq.logs import step_log
from echoseq.study.architectures import is_built_in
from echoseq.study.plan import Plan
from echoseq.training.records import require_plan

with step_log(snakemake.log[0]) as log:
    # Imported here, so that an error in TensorFlow is logged.
    from echoseq.evaluation.ablating import ablate_models
    from echoseq.networks.building import find_builder

    plan = Plan.from_facts(json.loads(snakemake.params.plan))
    shape = {"length": plan.length, "alphabet": plan.alphabet}
    (held_out,) = snakemake.input.held_out
    sequences = read_snapshot(Path(held_out), EVALUATION, 0, **shape)
    fitted = [read_snapshot(Path(p), PROBES, 0, **shape) for p in [snakemake.input.probes] if p]
    records = [Path(record) for record in snakemake.input.records]
    require_plan(records, plan)
    if not is_built_in(plan.model):
        find_builder(plan.model)  # of a package, too, since the configuration names it
    runs = zip(map(Path, snakemake.input.models), records)
    ablations = ablate_models(
        plan,
        runs,
        sequences,
        json.loads(snakemake.params.ablations),
        report=log.info,
        probes=fitted[0] if fitted else None,
    )
    write_ablations(Path(snakemake.output[0]), ablations)
