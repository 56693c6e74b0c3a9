"""Compare experiments with their bases, seed by seed."""

from pathlib import Path

import pandas as pd

from echoseq.integrity import write_table
from echoseq.logs import step_log
from echoseq.predictions import read_predictions
from echoseq.statistics import comparison_table, corrected

with step_log(snakemake.log[0]) as log:
    params = snakemake.params
    tables = []
    pairs = zip(
        params.experiments, snakemake.input.predictions, params.bases, snakemake.input.bases
    )
    for experiment, ours, base, theirs in pairs:
        tables.append(
            comparison_table(
                (experiment, read_predictions(Path(ours))),
                (base, read_predictions(Path(theirs))),
                confidence=params.confidence,
                resamples=params.resamples,
            )
        )
        log.info("%s compared with %s", experiment, base)
    write_table(Path(snakemake.output[0]), corrected(pd.concat(tables)))
