"""Train one experiment with one seed, or with several in turn."""

import json
from pathlib import Path

from echoseq.logs import step_log
from echoseq.snapshots import TRAINING, read_snapshot

with step_log(snakemake.log[0]) as log:
    # Imported here, so that a fault of TensorFlow is in the log.
    from echoseq.runs import Keeping, Run, train_runs

    plan = json.loads(snakemake.params.plan)
    sizes = {key: plan[key] for key in ("length", "alphabet")}
    checkpoints = Path(snakemake.params.checkpoints)
    runs = [
        Run(
            seed,
            read_snapshot(Path(snapshot), TRAINING, seed, **sizes),
            folder=Path(record).parent,
            checkpoints=checkpoints / Path(record).parent.name,
        )
        for seed, snapshot, record in zip(
            snakemake.params.seeds, snakemake.input.snapshots, snakemake.output.records, strict=True
        )
    ]
    records = train_runs(
        snakemake.wildcards.experiment,
        plan,
        runs,
        keeping=Keeping(
            snakemake.config["execution"]["checkpoint_seconds"],
            [Path(module) for module in snakemake.input.code],
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
