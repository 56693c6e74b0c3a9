"""Write the page from the files of the results."""

import os
from pathlib import Path

os.environ["MPLBACKEND"] = "agg"  # as for figures, whose colours the page has

from echoseq.files import write_text
from echoseq.logs import step_log
from echoseq.tables.store import require_intact

with step_log(snakemake.log[0]) as log:
    # Imported here, so that an error in TensorFlow is logged.
    from echoseq.documents.page.content import TABLES, PageFiles, gather
    from echoseq.documents.page.writing import page_text

    given = snakemake.input
    tables = {name: Path(given[name]) for name in TABLES if given.get(name)}
    require_intact(*tables.values())
    files = zip(given.models, given.records, given.held_out, strict=True)
    networks = {
        name: dict(zip(("model", "record", "held_out"), map(Path, paths), strict=True))
        for name, paths in zip(snakemake.params.networks, files, strict=True)
    }
    text = page_text(gather(PageFiles(Path(given.config), tables, networks)))
    write_text(Path(snakemake.output[0]), text)
    log.info("%.2f MB, %d networks", len(text.encode()) / 1e6, len(networks))
