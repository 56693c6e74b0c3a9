"""Write a part of the report's first page, and tables as pages."""

import json
from pathlib import Path

import pandas as pd
import yaml

from echoseq.files import write_text
from echoseq.landing import answers_text, study_text
from echoseq.logs import step_log
from echoseq.pages import table_page
from echoseq.provenance import code_state, commit_text

with step_log(snakemake.log[0]):
    given = snakemake.input
    for table, page in zip(given.tables, snakemake.output.pages, strict=True):
        write_text(Path(page), table_page(Path(table), name=Path(page).stem))
    if given.get("answers"):
        text = answers_text(pd.read_csv(given.answers))
    else:
        text = study_text(
            yaml.safe_load(Path(given.config).read_text(encoding="utf-8")),
            json.loads(Path(given.environment).read_text(encoding="utf-8")),
            pd.read_csv(given.experiments),
            pd.read_csv(given.summary, dtype={"position": str}),
            commit_text(code_state(Path(snakemake.scriptdir).resolve().parents[1])),
        )
    write_text(Path(snakemake.output.text), text)
