"""Verification: published runs trained again, in another folder, by the rules of the study.

In: results/published/<version>/, the configuration. Out: files in results/verify/<version>/, which
the last step removes if all are the same, so that the next verification trains again.
"""

from echoseq.provenance.shares import by_experiment
from echoseq.provenance.verification import verifiable
from echoseq.study.blocks import ANY

VERIFY = f"results/verify/{STUDY.version}"
# The seeds of each published experiment to train again, determined only when needed.
verified = cache(lambda: by_experiment(verifiable(Path(PUBLISHED), STUDY)))
verified_seeds = lambda experiment: verified().get(experiment, [])


use rule snapshot_seed as verify_snapshot with:
    """Draw the training sequences of a published run again."""
    pathvars:
        results=VERIFY,
    wildcard_constraints:
        seed=ANY,


use rule held_out as verify_held_out with:
    """Draw the held-out sequences of a published version again."""
    pathvars:
        results=VERIFY,


use rule train_seed as verify_train with:
    """Train a published run again."""
    pathvars:
        results=VERIFY,
    wildcard_constraints:
        seed=ANY,


use rule evaluate_experiment as verify_evaluate with:
    """Let the models that were trained again answer the held-out sequences."""
    input:
        models=lambda wildcards: each_run("model.keras", [wildcards.experiment], verified_seeds),
        records=lambda wildcards: each_run("run.json", [wildcards.experiment], verified_seeds),
        held_out=lambda wildcards: held_out([wildcards.experiment]),
    pathvars:
        results=VERIFY,
    wildcard_constraints:
        experiment="|".join(EXPERIMENTS),


use rule summarize as verify_summarize with:
    """Make the tables of accuracy from the answers of models that were trained again."""
    input:
        predictions=lambda wildcards: predictions(verified()),
    pathvars:
        results=VERIFY,


# If there is nothing to verify, it has no input, and its script reports why. It removes the outputs
# of other jobs, so it cannot share a cluster job with them.
rule verify:
    """Train published runs again and report whether they are the same."""
    input:
        lambda wildcards: f"{VERIFY}/tables/seeds.csv" if verified() else [],
    log:
        f"{VERIFY}/logs/verify.log",
    localrule: True
    conda:
        "../envs/echoseq.yaml"
    threads: 1
    resources:
        mem_mb=more_each_time(500),
        runtime=more_each_time(10),
    params:
        trained=VERIFIED,
        published=PUBLISHED,
        study=inert_json(STUDY.model_dump(mode="json")),
    script:
        "../scripts/verify.py"
