"""Evaluation: every trained model of an experiment on the same held-out sequences.

In: the models and records of an experiment, the held-out sequences, the histories.
Out: predictions, a readable listing, and the tables on which all later steps depend.
"""

from echoseq.study.architectures import task_files

PER_PART = made_from("predictions", "runs")


rule evaluate_experiment:
    """Let the trained models of an experiment answer the held-out sequences."""
    input:
        models=lambda wildcards: each_run("model.keras", [wildcards.experiment]),
        records=lambda wildcards: each_run("run.json", [wildcards.experiment]),
        held_out=lambda wildcards: f"<results>/data/{TASK_OF[wildcards.experiment]}/evaluation.npz",
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
        code=code_with(task_files, "evaluate.py"),
        plan=lambda wildcards: PLANS[wildcards.experiment].text,
    script:
        "../scripts/evaluate.py"


rule evaluate:
    """Let every trained model of the study answer the held-out sequences."""
    input:
        predictions(CORE),


rule summarize:
    """Make the tables of accuracy and of errors from the predictions of the study."""
    input:
        predictions=predictions(CORE),
    output:
        **with_digests(table_files(made_from("predictions"))),
    log:
        "<results>/logs/summarize.log",
    conda:
        "../envs/echoseq.yaml"
    threads: 1
    resources:
        mem_mb=more_each_time(1000),
        runtime=more_each_time(10),
    params:
        **table_params("predictions"),
    script:
        "../scripts/tables.py"


use rule summarize as learning with:
    """Make the tables of training from the records and histories of the study."""
    input:
        histories=each_run("history.csv", CORE),
        records=each_run("run.json", CORE),
    output:
        **with_digests(table_files(made_from("runs"))),
    log:
        "<results>/logs/learning.log",
    params:
        **table_params("runs"),
        plans=plans_of(CORE),


rule tables:
    """All tables of the study."""
    input:
        *table_files(["experiments", *PER_PART]).values(),
