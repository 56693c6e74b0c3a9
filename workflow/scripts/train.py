"""Train one experiment with one seed."""

import json
from pathlib import Path

from echoseq.logs import step_log
from echoseq.runs import train_run
from echoseq.snapshots import TRAINING, read_snapshot

with step_log(snakemake.log[0]) as log:
    plan = json.loads(snakemake.params.plan)
    seed = int(snakemake.wildcards.seed)
    sizes = {key: plan[key] for key in ("length", "alphabet")}
    sequences = read_snapshot(Path(snakemake.input.snapshot), TRAINING, seed, **sizes)

    def report(done: int, loss: float, accuracy: float) -> None:
        log.info("epoch %d of %d: loss %.4f, accuracy %.4f", done, plan["epochs"], loss, accuracy)

    folder = Path(snakemake.output.model).parent
    record = train_run(snakemake.wildcards.experiment, seed, plan, sequences, folder, report)
    log.info("weights %s", record["digest"])
