"""Draw one snapshot of random integer sequences."""

import json
from pathlib import Path

from echoseq.data.snapshots import write_snapshot
from echoseq.logs import step_log

with step_log(snakemake.log[0]) as log:
    sizes = json.loads(snakemake.params.sizes)
    seed = int(snakemake.wildcards.get("seed", 0))
    count = snakemake.params.sequences
    write_snapshot(Path(snakemake.output[0]), snakemake.params.purpose, seed, count=count, **sizes)
    log.info("drew %d sequences: %s, seed %d", count, snakemake.params.purpose, seed)
