"""The page: networks that compute in a browser, charts and answers, in one HTML file.

In: configuration and tables; models, records and held-out sequences of the networks that it shows;
the files in documents/page/. Out: page.html. Where the configuration has questions, the page needs
the extensions.
"""

from echoseq.package import package_folder

PAGE_PART = EXTENSIONS if ADDED or PROBED else CORE_PART
PAGE_TABLES = table_files(
    ["experiments", "learning", "runs", "skill_of_seeds", "summary"], PAGE_PART
)
if PAGE_PART == EXTENSIONS:
    PAGE_TABLES |= table_files(["answers", "needs", "sizes", "slopes", *CLAIM_TABLES])
if BESIDE:
    PAGE_TABLES |= table_files(["published"])
PAGE_FILES = sorted((package_folder() / "documents/page").glob("*.[hcj]*"))  # not Python
SHOWN = STUDY.shown()
FIRST_SEEDS = {name: STUDY.seeds_of(name)[:1] for name in SHOWN}


rule write_page:
    """Write page.html: networks that compute in a browser, charts and answers."""
    input:
        **with_digests(PAGE_TABLES),
        config="<results>/config.yaml",
        models=each_run("model.keras", SHOWN, FIRST_SEEDS.get),
        records=each_run("run.json", SHOWN, FIRST_SEEDS.get),
        held_out=[f"<results>/data/{TASK_OF[name]}/evaluation.npz" for name in SHOWN],
        files=sources(PAGE_FILES),
    output:
        "<results>/page.html",
    log:
        "<results>/logs/page.log",
    conda:
        "../envs/echoseq.yaml"
    threads: 1
    resources:
        mem_mb=more_each_time(2000),
        runtime=more_each_time(10),
    params:
        code=code("page.py"),
        networks=SHOWN,
    script:
        "../scripts/page.py"


# Like the extensions, the page rewrites the manifest, and is not an input of it. It rewrites their
# note as well, or they would be due again.
use rule manifest as manifest_page with:
    """Write the manifest again, with the page."""
    input:
        "<results>/manifest.json",
        rules.write_page.output,
        notes=rules.manifest_extensions.output if PAGE_PART == EXTENSIONS else [],
        environment=rules.describe.output.environment,
        lock=LOCK,
    output:
        "<results>/logs/manifest_page.txt",
    log:
        "<results>/logs/manifest_page.log",


rule page:
    """The page to play with the networks, and its place in the manifest."""
    input:
        rules.write_page.output,
        rules.manifest_page.output,
