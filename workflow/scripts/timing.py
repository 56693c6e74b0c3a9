"""Gather the measured seconds of every run."""

import json
from pathlib import Path

import pandas as pd

from echoseq.files import write_table
from echoseq.logs import step_log
from echoseq.training.files import seed_of

with step_log(snakemake.log[0]):
    rows = []
    for path in map(Path, snakemake.input.timings):
        run = {"experiment": path.parents[1].name, "seed": seed_of(path.parent)}
        rows.append(run | json.loads(path.read_text(encoding="utf-8")))
    write_table(Path(snakemake.output[0]), pd.DataFrame(rows))
