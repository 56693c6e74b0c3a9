"""Evaluation: every trained model of an experiment on the same held-out sequences.

In: the models and records of an experiment, the held-out sequences, the histories.
Out: predictions, a readable listing, and the tables that everything after rests on.
"""


rule evaluate:
    input:
        models=of_seeds("<results>/runs/{experiment}/seed-{seed}/model.keras"),
        records=of_seeds("<results>/runs/{experiment}/seed-{seed}/run.json"),
        held_out=lambda wildcards: f"<results>/data/{task_of(wildcards)}/evaluation.npz",
        code=code("evaluate.py"),
    output:
        predictions="<results>/runs/{experiment}/predictions.npz",
        listing="<results>/runs/{experiment}/listing.txt",
    log:
        "<results>/logs/evaluate/{experiment}.log",
    benchmark:
        "<results>/benchmarks/evaluate/{experiment}.tsv"
    conda:
        "../envs/echoseq.yaml"
    threads: 1
    resources:
        mem_mb=growing(1500),
        runtime=growing(30),
    params:
        sizes=lambda wildcards: task_sizes(task_of(wildcards)),
        plan=lambda wildcards: plan(wildcards.experiment),
    script:
        "../scripts/evaluate.py"


rule summarize:
    input:
        predictions=expand("<results>/runs/{experiment}/predictions.npz", experiment=CORE),
        code=code("summarize.py"),
    output:
        seeds="<results>/tables/seeds.csv",
        summary="<results>/tables/summary.csv",
        errors="<results>/tables/errors.csv",
        echoes="<results>/tables/echoes.csv",
    log:
        "<results>/logs/summarize.log",
    conda:
        "../envs/echoseq.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    params:
        experiments=CORE,
        statistics=summary_settings(),
    script:
        "../scripts/summarize.py"


rule learning:
    input:
        histories=of_runs("<results>/runs/{experiment}/seed-{seed}/history.csv", CORE),
        records=of_runs("<results>/runs/{experiment}/seed-{seed}/run.json", CORE),
        code=code("learning.py"),
    output:
        runs="<results>/tables/runs.csv",
        learned="<results>/tables/learned.csv",
        learning="<results>/tables/learning.csv",
    log:
        "<results>/logs/learning.log",
    conda:
        "../envs/echoseq.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    params:
        success=STUDY.statistics.success,
        learned_over=STUDY.statistics.learned_over,
        confidence=STUDY.statistics.confidence,
    script:
        "../scripts/learning.py"


rule tables:
    """All tables of the study."""
    input:
        rules.describe.output.experiments,
        rules.summarize.output,
        rules.learning.output,
