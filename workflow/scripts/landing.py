"""Write a part of the report's first page, and tables as pages with their captions."""

import json
from pathlib import Path

import pandas as pd
import yaml

from echoseq.documents.pages import table_caption, table_page
from echoseq.documents.report import answers_text, caption_settings, study_text
from echoseq.files import write_text
from echoseq.logs import step_log
from echoseq.tables.columns import read_table
from echoseq.versions.environment import code_state, commit_text

with step_log(snakemake.log[0]):
    given, study = snakemake.input, json.loads(snakemake.params.study)
    for table, page, caption in zip(
        given.tables, snakemake.output.pages, snakemake.output.captions, strict=True
    ):
        name = Path(table).stem
        write_text(Path(page), table_page(Path(table), name=name))
        write_text(Path(caption), table_caption(name, caption_settings(study)))
    if given.get("answers"):
        text = answers_text(pd.read_csv(given.answers))
    else:
        text = study_text(
            yaml.safe_load(Path(given.config).read_text(encoding="utf-8")),
            json.loads(Path(given.environment).read_text(encoding="utf-8")),
            read_table(Path(given.experiments)),
            read_table(Path(given.summary)),
            commit_text(code_state(Path(snakemake.scriptdir).resolve().parents[1])),
        )
    write_text(Path(snakemake.output.text), text)
