"""Pages of the report besides the figures: its first page, and the tables.

In: tables, the configuration as used, the environment. Out: text that workflow/report/landing.rst
combines, and a page and a caption for each table. Snakemake makes the report itself:
`make report`.
"""

PAGES = {CORE_PART: [*PER_PART, "experiments"], EXTENSIONS: PER_PART + ANSWER_TABLES}


report: "../report/landing.rst"


rule landing:
    """Write the text of the first page of the report, and the pages of the study's tables."""
    input:
        **with_digests(table_files(PAGES[CORE_PART])),
        config="<results>/config.yaml",
        environment="<results>/environment.json",
    output:
        text="<results>/report/study.rst",
        details="<results>/report/details.rst",
        pages=[shown_table(name, CORE_PART) for name in PAGES[CORE_PART]],
    log:
        "<results>/logs/landing.log",
    conda:
        "../envs/echoseq.yaml"
    threads: 1
    resources:
        mem_mb=more_each_time(1000),
        runtime=more_each_time(5),
    params:
        code=code("landing.py"),
        study=inert_json(STUDY.resolved()),
    script:
        "../scripts/landing.py"


use rule landing as landing_extensions with:
    """Write the answers for the report, and the pages of all tables."""
    input:
        **with_digests(table_files(PAGES[EXTENSIONS], EXTENSIONS)),
    output:
        text="<results>/report/extensions.rst",
        pages=[shown_table(name, EXTENSIONS) for name in PAGES[EXTENSIONS]],
    log:
        "<results>/logs/landing_extensions.log",
