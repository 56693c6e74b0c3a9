"""Make tables from predictions, runs, pairs of experiments or other tables."""

import json
from pathlib import Path

from echoseq.logs import step_log
from echoseq.tables.making import make_tables, write_tables

with step_log(snakemake.log[0]):
    inputs = {
        name: [Path(p) for p in ([given] if isinstance(given, str) else given)]
        for name, given in snakemake.input.items()
        if name != "digests"
    }
    outputs = {n: Path(path) for n, path in snakemake.output.items() if n != "digests"}
    settings = json.loads(snakemake.params.settings)
    plans = json.loads(getattr(snakemake.params, "plans", "{}"))
    tables = make_tables(snakemake.params.source, outputs, inputs, settings, plans)
    write_tables(outputs, tables, study=inputs.get("study", ()))
