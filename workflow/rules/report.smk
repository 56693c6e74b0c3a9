"""What the report shows beside the figures: its first page, and the tables as pages.

In: tables, the configuration as used, the environment. Out: text that workflow/report/landing.rst
puts together, and a page for each table. Snakemake makes the report itself: `make report`.
"""

TABLES = {
    "summary": "experiment and position",
    "seeds": "experiment, seed and position",
    "runs": "run",
    "learned": "experiment and epoch",
    "learning": "run and epoch",
    "errors": "experiment and group of answers",
    "echoes": "experiment, window and position",
}
COMPARISONS = {
    "comparisons": "experiment and position",
    "answers": "question",
}


report: "../report/landing.rst"


rule landing:
    input:
        tables=[
            *expand("<results>/tables/{table}.csv", table=TABLES),
            "<results>/tables/experiments.csv",
        ],
        config="<results>/config.yaml",
        environment="<results>/environment.json",
        experiments="<results>/tables/experiments.csv",
        summary="<results>/tables/summary.csv",
        code=code("landing.py"),
    output:
        text="<results>/report/study.rst",
        pages=table_pages(
            "<results>/report/study/{table}.html",
            TABLES | {"experiments": "experiment"},
            STUDY_PART,
        ),
    log:
        "<results>/logs/landing.log",
    conda:
        "../envs/echoseq.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=growing(5),
    params:
        confidence=f"{STUDY.statistics.confidence:.0%}",
        sequences=STUDY.evaluation.sequences,
        success=STUDY.statistics.success,
        learned_over=STUDY.statistics.learned_over,
    script:
        "../scripts/landing.py"


use rule landing as landing_extensions with:
    input:
        tables=[
            *expand("<results>/tables/extensions/{table}.csv", table=TABLES),
            *expand("<results>/tables/{table}.csv", table=COMPARISONS),
        ],
        answers="<results>/tables/answers.csv",
        code=code("landing.py"),
    output:
        text="<results>/report/extensions.rst",
        pages=table_pages(
            "<results>/report/extensions/{table}.html", TABLES | COMPARISONS, QUESTIONS_PART
        ),
    log:
        "<results>/logs/landing_extensions.log",
