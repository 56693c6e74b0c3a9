"""Write the manifest of the version from its files."""

import json
from pathlib import Path

from echoseq.files import file_digest, write_json, write_text
from echoseq.layout import LOGS, MANIFEST
from echoseq.logs import step_log
from echoseq.provenance.environment import code_state, promises_bits
from echoseq.provenance.manifest import build_manifest, files_of
from echoseq.provenance.schema import read_environment
from echoseq.study.reading import load

with step_log(snakemake.log[0]) as log:
    folder = Path(snakemake.input.environment).parent
    environment = read_environment(Path(snakemake.input.environment))
    configuration = json.loads(snakemake.params.study)
    manifest = build_manifest(
        folder,
        paths=files_of(folder, load(configuration)),
        configuration=configuration,
        code=code_state(Path(snakemake.scriptdir).resolve().parents[1], snakemake.config["used"]),
        lock_digest=file_digest(Path(snakemake.input.lock)),
        environment=environment,
        bits_promised=promises_bits(environment),
    )
    notes = [Path(path) for path in snakemake.output if Path(path).name != MANIFEST]
    if not notes or (folder / MANIFEST).exists():  # or else the study lists these files as well
        write_json(folder / MANIFEST, manifest)
    # Notes of other steps are written again too, or they would be older than the manifest.
    others = sorted((folder / LOGS).glob("manifest_*.txt")) if notes else []
    for note in dict.fromkeys([*notes, *others]):
        write_text(note, f"{manifest['digest']}\n")
    log.info("%d files, digest %s", len(manifest["files"]), manifest["digest"])
