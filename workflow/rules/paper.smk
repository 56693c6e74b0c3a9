"""The paper: prose from paper/, everything else from the results of this version.

In: configuration, environment, tables, figures with their captions; of the extensions when they
are made. Out: paper.pdf.
"""

import shlex

ANSWER_TABLES = ["answers", "comparisons"]
ANSWER_FIGURES = ["differences", "cost", "longer_echoes"]

# The paper says what is there and never runs the extensions itself. It is set anew when they
# appear, because its inputs change.
ANSWERED = all(
    Path(RESULTS, path).exists()
    for path in [
        *expand("tables/{table}.csv", table=ANSWER_TABLES),
        *expand(
            "figures/{figure}.{format}",
            figure=ANSWER_FIGURES,
            format=["svg", "txt"],
        ),
    ]
)

# What a reader has to add to a command to get this configuration.
OVERLAID = [os.path.relpath(path, workflow.basedir) for path in workflow.overwrite_configfiles]
GIVEN = [f"{key}={value}" for key, value in workflow.config_settings.config.items()]


rule paper:
    input:
        source=[
            os.path.relpath(f"{workflow.basedir}/paper/{file}")
            for file in ["paper.typ", "layout.typ", "references.yml"]
        ],
        config="<results>/config.yaml",
        environment="<results>/environment.json",
        tables=expand(
            "<results>/tables/{table}.csv",
            table=["experiments", "summary", "errors", "runs"]
            + (ANSWER_TABLES if ANSWERED else []),
        ),
        figures=expand(
            "<results>/figures/{figure}.{format}",
            figure=[
                "task",
                "learning_curves",
                "learned_by_epoch",
                "position_accuracy",
                "error_anatomy",
                "echoes",
            ]
            + (ANSWER_FIGURES if ANSWERED else []),
            format=["svg", "txt"],
        ),
        code=code("paper.py"),
    output:
        "<results>/paper.pdf",
    log:
        "<results>/logs/paper.log",
    conda:
        "../envs/echoseq.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        options=shlex.join(
            (["--configfile", *OVERLAID] if OVERLAID else [])
            + (["--config", *GIVEN] if GIVEN else [])
        ),
    script:
        "../scripts/paper.py"
