"""Make tables from predictions, runs, pairs of experiments or other tables."""

import json
from pathlib import Path

from echoseq.logs import step_log
from echoseq.tables.making import make_tables, write_tables

with step_log(snakemake.log[0]):
    inputs = {
        name: [Path(p) for p in ([given] if isinstance(given, str) else given)]
        for name, given in snakemake.input.items()
    }
    outputs = {name: Path(path) for name, path in snakemake.output.items()}
    settings = json.loads(snakemake.params.settings)
    tables = make_tables(snakemake.params.source, outputs, inputs, settings)
    write_tables(outputs, tables, study=inputs.get("study", ()))
