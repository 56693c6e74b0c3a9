"""The paper: prose from paper/, everything else from the results of this version.

In: configuration, environment, tables, figures with their captions; of the extensions when they
are made, and never before: it is set anew when they appear. Out: paper.pdf.
"""

import shlex

PAPER = os.path.relpath(f"{workflow.basedir}/paper")
SAID = [CORE_PART, EXTENSIONS] if ANSWERED else [CORE_PART]
SAID_FROM = ["experiments", "summary", "errors", "runs"] + (ANSWER_TABLES if ANSWERED else [])

# What a reader has to add to a command to get this configuration.
OVERLAID = [os.path.relpath(path, workflow.basedir) for path in workflow.overwrite_configfiles]
GIVEN = [f"{key}={value}" for key, value in workflow.config_settings.config.items()]


rule paper:
    """Set the paper."""
    input:
        source=expand(f"{PAPER}/{{file}}", file=["paper.typ", "layout.typ", "references.yml"]),
        config="<results>/config.yaml",
        environment="<results>/environment.json",
        tables=expand("<results>/tables/{table}.csv", table=SAID_FROM),
        figures=[path for part in SAID for path in figure_files(part, ["svg", "txt"])],
        code=code("paper.py"),
    output:
        "<results>/paper.pdf",
    log:
        "<results>/logs/paper.log",
    conda:
        "../envs/echoseq.yaml"
    threads: 1
    resources:
        mem_mb=more_each_time(1000),
        runtime=more_each_time(5),
    params:
        options=shlex.join(
            (["--configfile", *OVERLAID] if OVERLAID else [])
            + (["--config", *GIVEN] if GIVEN else [])
        ),
    script:
        "../scripts/paper.py"
