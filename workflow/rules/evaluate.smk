"""Evaluation: every trained model of an experiment on the same held-out sequences.

In: the models and records of an experiment, the held-out sequences, the histories.
Out: predictions, a readable listing, and the tables that everything after rests on.
"""


rule evaluate:
    input:
        models=expand(
            "results/{{version}}/runs/{{experiment}}/seed-{seed}/model.keras", seed=SEEDS
        ),
        records=expand(
            "results/{{version}}/runs/{{experiment}}/seed-{seed}/run.json", seed=SEEDS
        ),
        held_out=lambda wildcards: f"results/{wildcards.version}/data/{task_of(wildcards)}/evaluation.npz",
        code=code("evaluate.py"),
    output:
        predictions="results/{version}/runs/{experiment}/predictions.npz",
        listing="results/{version}/runs/{experiment}/listing.txt",
    params:
        sizes=lambda wildcards: task_sizes(task_of(wildcards)),
    log:
        "results/{version}/logs/evaluate/{experiment}.log",
    benchmark:
        "results/{version}/benchmarks/evaluate/{experiment}.tsv"
    threads: 1
    resources:
        mem_mb=1500,
        runtime=30,
    conda:
        "../envs/echoseq.yaml"
    script:
        "../scripts/evaluate.py"


rule summarize:
    input:
        predictions=expand(
            "results/{{version}}/runs/{experiment}/predictions.npz", experiment=EXPERIMENTS
        ),
        code=code("summarize.py"),
    output:
        seeds="results/{version}/tables/seeds.csv",
        summary="results/{version}/tables/summary.csv",
        echoes="results/{version}/tables/echoes.csv",
    params:
        experiments=EXPERIMENTS,
        statistics=canonical_json(STUDY.statistics.model_dump()),
    log:
        "results/{version}/logs/summarize.log",
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
    conda:
        "../envs/echoseq.yaml"
    script:
        "../scripts/summarize.py"


rule learning:
    input:
        histories=expand(
            "results/{{version}}/runs/{experiment}/seed-{seed}/history.csv",
            experiment=EXPERIMENTS,
            seed=SEEDS,
        ),
        records=expand(
            "results/{{version}}/runs/{experiment}/seed-{seed}/run.json",
            experiment=EXPERIMENTS,
            seed=SEEDS,
        ),
        code=code("learning.py"),
    output:
        runs="results/{version}/tables/runs.csv",
        learning="results/{version}/tables/learning.csv",
    log:
        "results/{version}/logs/learning.log",
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
    conda:
        "../envs/echoseq.yaml"
    script:
        "../scripts/learning.py"


rule tables:
    """All tables of the study."""
    input:
        expand(
            "results/{version}/tables/{table}.csv",
            version=STUDY.version,
            table=["experiments", "seeds", "summary", "echoes", "runs", "learning"],
        ),
