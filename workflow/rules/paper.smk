"""The paper: prose from paper/, everything else from the results of this version.

In: configuration, environment, tables, figures with their captions; those of the extensions, and of
what others published, once they exist, when the paper is typeset again. Out: paper.pdf.
"""

import shlex

# Whether the extensions have been made: paper and report include them if so, but never make them.
ANSWERED = all(
    Path(path.replace("<results>", RESULTS)).exists()
    for path in [*table_files(ANSWER_TABLES).values(), *FIGURE_FILES[EXTENSIONS]]
)
PAPER = [PROJECT / "paper" / file for file in ("paper.typ", "layout.typ", "references.yml")]
PAPER_PARTS = [CORE_PART, EXTENSIONS] if ANSWERED else [CORE_PART]
PAPER_TABLES = table_files(["experiments", "summary", "errors", "runs", "seeds"])
if ANSWERED:
    PAPER_TABLES |= table_files(
        ["answers", "comparisons", "needs", "runs", "sizes", "skill", "slopes"], EXTENSIONS
    )
    PAPER_TABLES |= table_files(CLAIM_TABLES)
if BESIDE:
    PAPER_PARTS.append(BESIDE_PART)
    PAPER_TABLES |= table_files(["published", "published_claims"])

# What a reader has to add to a command, in this folder, to get this workflow and configuration.
MAIN = os.path.relpath(workflow.main_snakefile)
CONFIG_FILES = [os.path.relpath(path) for path in workflow.overwrite_configfiles]
CONFIG_VALUES = [f"{key}={value}" for key, value in workflow.config_settings.config.items()]
OPTIONS = shlex.join(
    ([] if MAIN in ("Snakefile", "workflow/Snakefile") else ["--snakefile", MAIN])
    + (["--configfile", *CONFIG_FILES] if CONFIG_FILES else [])
    + ["--replace-workflow-config"] * workflow.config_settings.replace_workflow_config
    + (["--config", *CONFIG_VALUES] if CONFIG_VALUES else [])
)


rule paper:
    """Typeset the paper, paper.pdf, from the results."""
    input:
        source=sources(PAPER),
        config="<results>/config.yaml",
        environment="<results>/environment.json",
        tables=list(PAPER_TABLES.values()),
        digests=digests_of(PAPER_TABLES.values()),
        figures=[
            p for part in PAPER_PARTS for p in FIGURE_FILES[part] if p.endswith((".pdf", ".txt"))
        ],
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
        code=code("paper.py"),
        options=lambda wildcards: OPTIONS,  # a text of the user's, in which {x} is no wildcard
        rules=workflow.modifier.modify_rulename("*"),
        own={name: figure.part for name, figure in OWN_FIGURES.items()},
    script:
        "../scripts/paper.py"
