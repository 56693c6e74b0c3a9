"""Pages of the report besides the figures: its first page, and the tables.

In: tables, the configuration as used, the environment. Out: text that workflow/report/landing.rst
combines, and a page and a caption for each table. Snakemake makes the report itself:
`make report`.
"""

from echoseq.provenance.environment import code_state, commit_text
from echoseq.tables.catalogue import TABLES

PAGES = {CORE_PART: [*PER_PART, "experiments"], EXTENSIONS: PER_PART + ANSWER_TABLES}
# A page of the report, with its caption; see the figures for its path.
shown_page = lambda page, name, part: report(
    f"{page}.html",
    caption=os.path.abspath(f"{page}.rst".replace("<results>", RESULTS)),
    category="Tables",
    subcategory=PARTS[part],
    labels={"table": name, "a row for each": TABLES[name].row},
)
SHOWN_TABLES = {
    part: [
        [shown_page(page, name, part), f"{page}.rst"]
        for name in names
        for page in [f"<results>/report/{part}/{name}"]
    ]
    for part, names in PAGES.items()
}


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
        pages=SHOWN_TABLES[CORE_PART],
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
        # A param, so that the page is written again for another commit.
        commit=lambda wildcards: commit_text(code_state(PROJECT, config["used"])),
    script:
        "../scripts/landing.py"


use rule landing as landing_extensions with:
    """Write the answers for the report, and the pages of all tables."""
    input:
        **with_digests(table_files(PAGES[EXTENSIONS], EXTENSIONS)),
    output:
        text="<results>/report/extensions.rst",
        pages=SHOWN_TABLES[EXTENSIONS],
    log:
        "<results>/logs/landing_extensions.log",
    params:
        commit="",
