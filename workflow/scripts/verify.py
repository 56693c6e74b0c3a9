"""Check the runs that were trained again against the published ones."""

import json
from pathlib import Path

from echoseq.errors import EchoseqError
from echoseq.files import remove_folder
from echoseq.logs import step_log
from echoseq.places import DATA, RUNS, TABLES
from echoseq.provenance.environment import environment
from echoseq.provenance.verification import runs_to_train, verify
from echoseq.study.reading import load

with step_log(snakemake.log[0]) as log:
    params = snakemake.params
    published = Path(params.published)
    study = load(json.loads(params.study))
    runs_to_train(published, study)  # raises an error if there is nothing to compare
    verdict = verify(
        Path(params.trained),
        published,
        environment(),
        study.verify.tolerance,
        share=study.verify.share,
        study=study,
    )
    if not verdict.same:
        raise EchoseqError(f"{verdict.line} (remove {params.trained} to train again)")
    log.info("%s", verdict.line)
    for part in (DATA, RUNS, TABLES):  # or the next verification would train nothing
        remove_folder(Path(params.trained, part))
    print(f"verified: {verdict.line}")
