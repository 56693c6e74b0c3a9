"""Draw one figure from its tables, in every format, and write its caption, also for the report."""

import os
from importlib import import_module
from pathlib import Path

os.environ["MPLBACKEND"] = "agg"  # the user's may need a screen, or be unknown to matplotlib here

from echoseq.escaping import rst_paragraph
from echoseq.figures import style
from echoseq.files import write_text
from echoseq.logs import step_log
from echoseq.own import find_in_working_directory
from echoseq.tables.store import require_intact

with step_log(snakemake.log[0]):
    find_in_working_directory()  # for figures of the user's own
    module = import_module(snakemake.params.module)
    tables = {name: Path(snakemake.input[name]) for name in module.TABLES}
    require_intact(*tables.values())
    *pictures, caption, shown = map(Path, snakemake.output)
    style.render(module.draw, tables, pictures)
    style.write_caption(module.caption, tables, caption)
    write_text(shown, rst_paragraph(caption.read_text(encoding="utf-8")) + "\n")
