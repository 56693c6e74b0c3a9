"""Draw snapshots of random integer sequences: of training seeds, or the held-out ones."""

from pathlib import Path

from echoseq.data.snapshots import TRAINING, write_snapshot
from echoseq.logs import step_log
from echoseq.places import seed_of

with step_log(snakemake.log[0]) as log:
    params = snakemake.params
    shape = {"count": params.sequences, "length": params.length, "alphabet": params.alphabet}
    for path in map(Path, snakemake.output):
        seed = seed_of(path) if params.purpose == TRAINING else 0
        write_snapshot(path, params.purpose, seed, **shape)
        log.info("drew %d sequences: %s, seed %d", params.sequences, params.purpose, seed)
