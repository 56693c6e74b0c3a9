"""Train one experiment with one seed."""

import json
from pathlib import Path

from echoseq.logs import step_log
from echoseq.snapshots import TRAINING, read_snapshot

with step_log(snakemake.log[0]) as log:
    # Imported here, so that a fault of TensorFlow is in the log.
    from echoseq.runs import Keeping, train_run

    plan = json.loads(snakemake.params.plan)
    seed = int(snakemake.wildcards.seed)
    sizes = {key: plan[key] for key in ("length", "alphabet")}
    keeping = Keeping(
        Path(snakemake.params.checkpoints),
        snakemake.config["execution"]["checkpoint_seconds"],
        [Path(module) for module in snakemake.input.code],
    )
    record = train_run(
        snakemake.wildcards.experiment,
        seed,
        plan,
        read_snapshot(Path(snakemake.input.snapshot), TRAINING, seed, **sizes),
        folder=Path(snakemake.output.model).parent,
        keeping=keeping,
        progress=lambda *done: log.info("epoch %d: loss %.4f, accuracy %.4f", *done),
    )
    log.info("%d parameters, weights %s", record["parameters"], record["digest"])
