"""Ablations: the answers of trained models from which something is taken away.

In: models and records of the experiments that ask for it, the held-out sequences, and those for
probes where these are fitted. Out: the answers, and the tables of them.
"""

from echoseq.study.ablated import family_files, needs_probes

ABLATED = STUDY.ablated()  # what is taken away from the networks of an experiment
ABLATION_TABLES = made_from("ablations")


rule ablate:
    """Let the networks of an experiment answer the held-out sequences with something taken away."""
    input:
        models=lambda wildcards: each_run("model.keras", [wildcards.experiment]),
        records=lambda wildcards: each_run("run.json", [wildcards.experiment]),
        held_out=lambda wildcards: held_out([wildcards.experiment]),
        probes=lambda wildcards: (
            f"<results>/data/{TASK_OF[wildcards.experiment]}/probes.npz"
            if needs_probes(ABLATED[wildcards.experiment])
            else []
        ),
    output:
        "<results>/runs/{experiment}/ablations.npz",
    log:
        "<results>/logs/ablate/{experiment}.log",
    benchmark:
        "<results>/benchmarks/ablate/{experiment}.tsv"
    wildcard_constraints:
        experiment="|".join(ABLATED) or "none",
    conda:
        "../envs/echoseq.yaml"
    threads: 1
    resources:
        mem_mb=more_each_time(2000),
        runtime=more_each_time(30),
    params:
        code=lambda wildcards: digest(
            "ablate.py",
            *task_files(PLANS[wildcards.experiment]),
            *family_files(ABLATED[wildcards.experiment]),
        ),
        ablations=lambda wildcards: inert_json(ABLATED[wildcards.experiment]),
        plan=lambda wildcards: PLANS[wildcards.experiment].text,
    script:
        "../scripts/ablate.py"


use rule summarize as summarize_ablations with:
    """Make the tables of what ablated networks answer."""
    input:
        ablations=expand("<results>/runs/{experiment}/ablations.npz", experiment=ABLATED),
    output:
        **with_digests(table_files(ABLATION_TABLES)),
    log:
        "<results>/logs/summarize_ablations.log",
    params:
        **table_params("ablations"),
