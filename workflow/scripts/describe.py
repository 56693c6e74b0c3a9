"""Write the configuration as used, and the environment; or the table of experiments."""

import json
from pathlib import Path

import yaml

from echoseq.files import write_json, write_text
from echoseq.logs import step_log
from echoseq.provenance.environment import environment
from echoseq.study.reading import load
from echoseq.tables.experiments import make
from echoseq.tables.store import write_table

with step_log(snakemake.log[0]):
    resolved = json.loads(snakemake.params.study)
    made = snakemake.output
    if made.get("experiments"):
        write_table(Path(made.experiments), make(load(resolved)))
    else:
        text = yaml.safe_dump(resolved, sort_keys=False, allow_unicode=True)
        write_text(Path(made.config), text)
        write_json(Path(made.environment), environment())
