"""Write a part of the report's first page, and the pages and captions of tables."""

import json
from pathlib import Path

import yaml

from echoseq.documents.pages import table_caption, table_page
from echoseq.documents.report import answers_text, caption_settings, details_text, study_text
from echoseq.files import write_text
from echoseq.logs import step_log
from echoseq.provenance.schema import read_environment
from echoseq.tables.columns import read_table
from echoseq.tables.store import require_intact

with step_log(snakemake.log[0]):
    given, study = snakemake.input, json.loads(snakemake.params.study)
    pages = [Path(page) for page in snakemake.output.pages[::2]]
    require_intact(*(Path(given[page.stem]) for page in pages))
    for page in pages:
        write_text(page, table_page(Path(given[page.stem]), name=page.stem))
        write_text(page.with_suffix(".rst"), table_caption(page.stem, caption_settings(study)))
    if given.get("answers"):
        text = answers_text(read_table(Path(given.answers)))
    else:
        summary = read_table(Path(given.summary))
        text = study_text(
            yaml.safe_load(Path(given.config).read_text(encoding="utf-8")),
            summary,
            snakemake.params.commit,
        )
        environment = read_environment(Path(given.environment))
        details = details_text(environment, read_table(Path(given.experiments)), summary)
        write_text(Path(snakemake.output.details), details)
    write_text(Path(snakemake.output.text), text)
