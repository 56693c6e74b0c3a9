"""Evaluation: every trained model of an experiment on the same held-out sequences.

It takes a second or two, and as many more to start, so experiments of a sweep share a job.

In: the models and records of an experiment, the held-out sequences, the histories.
Out: predictions, a readable listing, and the tables on which all later steps depend.
"""

from echoseq.study.architectures import task_files
from echoseq.study.blocks import experiment_rules, experiments_text

PER_PART = made_from("predictions", "runs")
# The held-out sequences that each experiment answers.
held_out = lambda experiments: [
    f"<results>/data/{TASK_OF[name]}/evaluation.npz" for name in experiments
]

for evaluated in experiment_rules("evaluate", SWEEP_OF, 20):

    rule:
        name:
            evaluated.name
        input:
            models=lambda wildcards, named=evaluated.named: each_run(
                "model.keras", named(wildcards)
            ),
            records=lambda wildcards, named=evaluated.named: each_run("run.json", named(wildcards)),
            held_out=lambda wildcards, named=evaluated.named: held_out(named(wildcards)),
        output:
            predictions=expand(
                "<results>/runs/{experiment}/predictions.npz", experiment=evaluated.experiments
            ),
            listings=expand(
                "<results>/runs/{experiment}/listing.txt", experiment=evaluated.experiments
            ),
        log:
            f"<results>/logs/evaluate/{evaluated.log}.log",
        benchmark:
            f"<results>/benchmarks/evaluate/{evaluated.log}.tsv"
        wildcard_constraints:
            experiment="|".join(evaluated.wildcard) or "none",
        group:
            "evaluate"
        conda:
            "../envs/echoseq.yaml"
        threads: 1
        resources:
            mem_mb=more_each_time(1500),
            runtime=more_each_time(30),
        params:
            code=lambda wildcards, named=evaluated.named: digest(
                "evaluate.py",
                *sorted({file for name in named(wildcards) for file in task_files(PLANS[name])}),
            ),
            plans=lambda wildcards, named=evaluated.named: plans_of(named(wildcards))(wildcards),
        script:
            "../scripts/evaluate.py"

    getattr(rules, evaluated.name).rule.docstring = (
        f"Let the trained models of {experiments_text(evaluated.experiments)} answer the"
        " held-out sequences."
    )


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
