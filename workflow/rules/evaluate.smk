"""Evaluation: every trained model of an experiment on the same held-out sequences.

In: the models and records of an experiment, the held-out sequences, the histories.
Out: predictions, a readable listing, and the tables that everything after rests on.
"""


rule evaluate:
    """Let the trained models of an experiment answer the held-out sequences."""
    input:
        models=lambda wildcards: each_run("model.keras", seeds_of([wildcards.experiment])),
        records=lambda wildcards: each_run("run.json", seeds_of([wildcards.experiment])),
        held_out=held_out,
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
        mem_mb=more_each_time(1500),
        runtime=more_each_time(30),
    params:
        plan=plan,
    script:
        "../scripts/evaluate.py"


rule summarize:
    """Make the tables of accuracy and of errors from the predictions of the study."""
    input:
        predictions=predictions(CORE),
        code=code_of_tables("predictions", FROM_PREDICTIONS),
    output:
        **table_files(FROM_PREDICTIONS),
    log:
        "<results>/logs/summarize.log",
    conda:
        "../envs/echoseq.yaml"
    threads: 1
    resources:
        mem_mb=more_each_time(1000),
        runtime=more_each_time(10),
    params:
        source="predictions",
        settings=settings(FROM_PREDICTIONS),
    script:
        "../scripts/tables.py"


use rule summarize as learning with:
    input:
        histories=each_run("history.csv", seeds_of(CORE)),
        records=each_run("run.json", seeds_of(CORE)),
        code=code_of_tables("runs", FROM_RUNS),
    output:
        **table_files(FROM_RUNS),
    log:
        "<results>/logs/learning.log",
    params:
        source="runs",
        settings=settings(FROM_RUNS),


rule tables:
    """All tables of the study."""
    input:
        *table_files(["experiments", *PER_PART]).values(),
