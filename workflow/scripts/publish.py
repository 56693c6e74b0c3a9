"""Publish the version, with its provenance."""

from pathlib import Path

from echoseq.logs import step_log
from echoseq.provenance.jobs import read_jobs
from echoseq.provenance.manifest import read_manifest
from echoseq.provenance.publishing import publish

with step_log(snakemake.log[0]) as log:
    folder = Path(snakemake.input.manifest).parent
    outputs = [f"{folder.as_posix()}/{path}" for path in read_manifest(folder)["files"]]
    message = publish(
        folder,
        Path(snakemake.params.target),
        workflow=Path(snakemake.scriptdir).resolve().parents[1] / "Snakefile",
        jobs=read_jobs(Path(".snakemake/metadata"), outputs),
        sources=map(Path, snakemake.input.own),
    )
    log.info("%s", message)
    print(message)
