"""Draw one figure from its tables, in every format."""

from importlib import import_module
from pathlib import Path

from echoseq.figures import style
from echoseq.logs import step_log

with step_log(snakemake.log[0]):
    module = import_module(f"echoseq.figures.{snakemake.params.figure}")
    tables = {name: Path(snakemake.input[name]) for name in snakemake.params.tables}
    style.render(module.draw, tables, map(Path, snakemake.output))
