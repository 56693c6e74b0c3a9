"""Copy runs from experiments that train in the same way."""

import shutil

from echoseq.logs import step_log

with step_log(snakemake.log[0]) as log:
    for source, copy in zip(snakemake.input, snakemake.output, strict=True):
        shutil.copyfile(source, copy)
    log.info("copied %d files", len(snakemake.output))
