"""Training: one experiment with one seed, on one core.

In: a snapshot. Out: the model, its history, and the record of the run. On the way, checkpoints,
which are no output, since Snakemake deletes those before it runs a job again.
"""


rule train:
    input:
        snapshot=lambda wildcards: f"<results>/data/{task_of(wildcards)}/seed-{wildcards.seed}.npz",
        own_model=own_model,
        code=code("train.py"),
    output:
        model="<results>/runs/{experiment}/seed-{seed}/model.keras",
        history="<results>/runs/{experiment}/seed-{seed}/history.csv",
        record="<results>/runs/{experiment}/seed-{seed}/run.json",
        timing="<results>/runs/{experiment}/seed-{seed}/timing.json",
    log:
        "<results>/logs/train/{experiment}/seed-{seed}.log",
    benchmark:
        "<results>/benchmarks/train/{experiment}/seed-{seed}.tsv"
    conda:
        "../envs/echoseq.yaml"
    threads: 1
    resources:
        mem_mb=growing(1800),
        runtime=growing(10),
    params:
        plan=lambda wildcards: plan(wildcards.experiment),
        checkpoints=f"{RESULTS}/checkpoints/{{experiment}}/seed-{{seed}}",
    script:
        "../scripts/train.py"
