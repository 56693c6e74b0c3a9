"""Figures: drawn from stored tables, without TensorFlow.

In: tables. Out: every figure as PDF, SVG and PNG, and its caption as text.
"""


rule learning_curves:
    input:
        learning="<results>/tables/learning.csv",
        experiments="<results>/tables/experiments.csv",
        code=code("echoseq.figures.learning_curves"),
    output:
        in_report("<results>/figures/learning_curves.{format}", STUDY_PART),
    log:
        "<results>/logs/figures/learning_curves.log",
    conda:
        "../envs/echoseq.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        figure="learning_curves",
        tables=["learning", "experiments"],
    script:
        "../scripts/figure.py"


use rule learning_curves as position_accuracy with:
    input:
        seeds="<results>/tables/seeds.csv",
        summary="<results>/tables/summary.csv",
        code=code("echoseq.figures.position_accuracy"),
    output:
        in_report("<results>/figures/position_accuracy.{format}", STUDY_PART),
    log:
        "<results>/logs/figures/position_accuracy.log",
    params:
        figure="position_accuracy",
        tables=["seeds", "summary"],


use rule learning_curves as task with:
    input:
        experiments="<results>/tables/experiments.csv",
        runs="<results>/tables/runs.csv",
        code=code("echoseq.figures.task"),
    output:
        in_report("<results>/figures/task.{format}", STUDY_PART),
    log:
        "<results>/logs/figures/task.log",
    params:
        figure="task",
        tables=["experiments", "runs"],


use rule learning_curves as learned_by_epoch with:
    input:
        learned="<results>/tables/learned.csv",
        code=code("echoseq.figures.learned_by_epoch"),
    output:
        in_report("<results>/figures/learned_by_epoch.{format}", STUDY_PART),
    log:
        "<results>/logs/figures/learned_by_epoch.log",
    params:
        figure="learned_by_epoch",
        tables=["learned"],


use rule learning_curves as error_anatomy with:
    input:
        errors="<results>/tables/errors.csv",
        code=code("echoseq.figures.error_anatomy"),
    output:
        in_report("<results>/figures/error_anatomy.{format}", STUDY_PART),
    log:
        "<results>/logs/figures/error_anatomy.log",
    params:
        figure="error_anatomy",
        tables=["errors"],


use rule learning_curves as echoes with:
    input:
        echoes="<results>/tables/echoes.csv",
        code=code("echoseq.figures.echoes"),
    output:
        in_report("<results>/figures/echoes.{format}", STUDY_PART),
    log:
        "<results>/logs/figures/echoes.log",
    params:
        figure="echoes",
        tables=["echoes"],


rule figures:
    """All figures of the study."""
    input:
        rules.task.output,
        rules.learning_curves.output,
        rules.position_accuracy.output,
        rules.learned_by_epoch.output,
        rules.error_anatomy.output,
        rules.echoes.output,
