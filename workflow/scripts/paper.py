"""Typeset the paper from the files of the results."""

from pathlib import Path

from echoseq.documents.paper import PaperFiles, compile_paper, gather
from echoseq.files import write_atomically
from echoseq.logs import step_log
from echoseq.tables.store import require_intact

with step_log(snakemake.log[0]):
    require_intact(*map(Path, snakemake.input.tables))
    sources = PaperFiles(
        config=Path(snakemake.input.config),
        environment=Path(snakemake.input.environment),
        tables={Path(path).stem: Path(path) for path in snakemake.input.tables},
        figures=[Path(path) for path in snakemake.input.figures if path.endswith(".pdf")],
        options=snakemake.params.options,
        rules=snakemake.params.rules,
        own=snakemake.params.own,
    )
    pdf = compile_paper(Path(snakemake.input.source[0]).parent, gather(sources), sources)
    write_atomically(Path(snakemake.output[0]), lambda part: part.write_bytes(pdf))
