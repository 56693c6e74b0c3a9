"""Figures: drawn from stored tables, without TensorFlow.

In: tables. Out: every figure as PDF, SVG and PNG.
"""


rule learning_curves:
    input:
        learning="results/{version}/tables/learning.csv",
        experiments="results/{version}/tables/experiments.csv",
        code=code("echoseq.figures.learning_curves"),
    output:
        expand("results/{{version}}/figures/learning_curves.{format}", format=FORMATS),
    params:
        figure="learning_curves",
        tables=["learning", "experiments"],
    log:
        "results/{version}/logs/figures/learning_curves.log",
    threads: 1
    resources:
        mem_mb=1000,
        runtime=5,
    conda:
        "../envs/echoseq.yaml"
    script:
        "../scripts/figure.py"


use rule learning_curves as position_accuracy with:
    input:
        seeds="results/{version}/tables/seeds.csv",
        summary="results/{version}/tables/summary.csv",
        code=code("echoseq.figures.position_accuracy"),
    output:
        expand("results/{{version}}/figures/position_accuracy.{format}", format=FORMATS),
    params:
        figure="position_accuracy",
        tables=["seeds", "summary"],
    log:
        "results/{version}/logs/figures/position_accuracy.log",


use rule learning_curves as echoes with:
    input:
        echoes="results/{version}/tables/echoes.csv",
        code=code("echoseq.figures.echoes"),
    output:
        expand("results/{{version}}/figures/echoes.{format}", format=FORMATS),
    params:
        figure="echoes",
        tables=["echoes"],
    log:
        "results/{version}/logs/figures/echoes.log",


rule figures:
    """All figures of the study."""
    input:
        expand(
            "results/{version}/figures/{figure}.{format}",
            version=STUDY.version,
            figure=["learning_curves", "position_accuracy", "echoes"],
            format=FORMATS,
        ),
