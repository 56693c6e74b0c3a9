"""Verification: published runs trained again, elsewhere, by the rules of the study.

In: results/published/<version>/, the configuration. Out: files in results/verify/<version>/, which
the last step removes when all is the same, so that the next verification trains anew.
"""


use rule snapshot as verify_snapshot with:
    output:
        "<verify>/data/{task}/seed-{seed}.npz",
    log:
        "<verify>/logs/snapshot/{task}/seed-{seed}.log",


use rule held_out as verify_held_out with:
    output:
        "<verify>/data/{task}/evaluation.npz",
    log:
        "<verify>/logs/snapshot/{task}/evaluation.log",


use rule train as verify_train with:
    input:
        snapshots=lambda wildcards: [
            f"<verify>/data/{task_of(wildcards)}/seed-{wildcards.seed}.npz"
        ],
        own_model=own_model,
        code=code("train.py"),
    output:
        models=["<verify>/runs/{experiment}/seed-{seed}/model.keras"],
        histories=["<verify>/runs/{experiment}/seed-{seed}/history.csv"],
        records=["<verify>/runs/{experiment}/seed-{seed}/run.json"],
        timings=["<verify>/runs/{experiment}/seed-{seed}/timing.json"],
    log:
        "<verify>/logs/train/{experiment}/seed-{seed}.log",
    benchmark:
        "<verify>/benchmarks/train/{experiment}/seed-{seed}.tsv"
    params:
        seeds=lambda wildcards: [int(wildcards.seed)],
        plan=lambda wildcards: plan(wildcards.experiment),
        checkpoints=f"{VERIFIED}/checkpoints/{{experiment}}",


use rule evaluate as verify_evaluate with:
    input:
        models=of_verified_seeds("<verify>/runs/{experiment}/seed-{seed}/model.keras"),
        records=of_verified_seeds("<verify>/runs/{experiment}/seed-{seed}/run.json"),
        held_out=lambda wildcards: f"<verify>/data/{task_of(wildcards)}/evaluation.npz",
        code=code("evaluate.py"),
    output:
        predictions="<verify>/runs/{experiment}/predictions.npz",
        listing="<verify>/runs/{experiment}/listing.txt",
    log:
        "<verify>/logs/evaluate/{experiment}.log",
    benchmark:
        "<verify>/benchmarks/evaluate/{experiment}.tsv"


use rule summarize as verify_summarize with:
    input:
        predictions=of_verified("<verify>/runs/{experiment}/predictions.npz"),
        code=code("summarize.py"),
    output:
        seeds="<verify>/tables/seeds.csv",
        summary="<verify>/tables/summary.csv",
        errors="<verify>/tables/errors.csv",
        echoes="<verify>/tables/echoes.csv",
    log:
        "<verify>/logs/summarize.log",
    params:
        experiments=lambda wildcards: sorted(verified_runs()),
        statistics=summary_settings(),


localrules:
    verify,


# With nothing to verify it has no input, and its script says why. It removes the outputs of other
# jobs, so it cannot share a cluster's job with them.
rule verify:
    """Train published runs again and say whether they are the same."""
    input:
        records=of_verified("<verify>/runs/{experiment}/seed-{seed}/run.json"),
        seeds=lambda wildcards: "<verify>/tables/seeds.csv" if verified_runs() else [],
    log:
        "<verify>/logs/verify.log",
    conda:
        "../envs/echoseq.yaml"
    threads: 1
    resources:
        mem_mb=growing(500),
        runtime=growing(10),
    params:
        trained=VERIFIED,
        published=PUBLISHED,
        study=canonical_json(STUDY.model_dump(mode="json")),
    script:
        "../scripts/verify.py"
