"""Train one experiment with one seed, or with several in turn."""

import json
from pathlib import Path

from echoseq.data.snapshots import TRAINING, read_snapshot
from echoseq.logs import step_log
from echoseq.places import checkpoint_folder, seed_of
from echoseq.study.plan import Plan

with step_log(snakemake.log[0]) as log:
    # Imported here, so that an error in TensorFlow is logged.
    from echoseq.training.runs import CheckpointSettings, NewRun, train_runs

    plan = Plan.from_facts(json.loads(snakemake.params.plan))
    folders = [Path(record).parent for record in snakemake.output.records]
    runs = []
    for snapshot, folder in zip(snakemake.input.snapshots, folders, strict=True):
        seed = seed_of(folder)
        sequences = read_snapshot(
            Path(snapshot), TRAINING, seed, length=plan.length, alphabet=plan.alphabet
        )
        runs.append(NewRun(seed, sequences, folder, checkpoint_folder(folder)))
    records = train_runs(
        snakemake.wildcards.experiment,
        plan,
        runs,
        checkpointing=CheckpointSettings(
            snakemake.config["execution"]["checkpoint_seconds"], snakemake.params.code
        ),
        progress=lambda *done: log.info("epoch %d: loss %.4f, accuracy %.4f", *done),
    )
    for record in records:
        log.info(
            "seed %d: %d parameters, weights %s",
            record["seed"],
            record["parameters"],
            record["digest"],
        )
