"""Training: one experiment with one seed, on one core.

In: a snapshot. Out: the model, its history, and the record of the run.
"""


rule train:
    input:
        # Ancient: a snapshot grows when another experiment of the task wants more epochs, but it
        # begins with the same sequences. What they are is determined by the code and the plan.
        snapshot=ancient(
            lambda wildcards: f"results/{wildcards.version}/data/{task_of(wildcards)}/seed-{wildcards.seed}.npz"
        ),
        code=code("train.py"),
    output:
        model="results/{version}/runs/{experiment}/seed-{seed}/model.keras",
        history="results/{version}/runs/{experiment}/seed-{seed}/history.csv",
        record="results/{version}/runs/{experiment}/seed-{seed}/run.json",
        timing="results/{version}/runs/{experiment}/seed-{seed}/timing.json",
    params:
        plan=lambda wildcards: plan(wildcards.experiment),
    log:
        "results/{version}/logs/train/{experiment}/seed-{seed}.log",
    benchmark:
        "results/{version}/benchmarks/train/{experiment}/seed-{seed}.tsv"
    threads: 1
    resources:
        mem_mb=1500,
        runtime=30,
    conda:
        "../envs/echoseq.yaml"
    script:
        "../scripts/train.py"
