"""Draw one snapshot of random integer sequences."""

from pathlib import Path

from echoseq.data.snapshots import write_snapshot
from echoseq.logs import step_log

with step_log(snakemake.log[0]) as log:
    params, seed = snakemake.params, int(snakemake.wildcards.get("seed", 0))
    shape = {"count": params.sequences, "length": params.length, "alphabet": params.alphabet}
    write_snapshot(Path(snakemake.output[0]), params.purpose, seed, **shape)
    log.info("drew %d sequences: %s, seed %d", params.sequences, params.purpose, seed)
