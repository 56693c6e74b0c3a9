"""Trust: what a version is made of, and its publication.

In: all files of a version. Out: manifest.json; with `publish`, results/published/<version>/.
"""


rule manifest:
    """List every file of the version with its digest."""
    input:
        files_of(CORE),
        rules.tables.input,
        rules.figures.input,
        rules.paper.output,
        rules.describe.output.config,
        environment=rules.describe.output.environment,
        lock=LOCK,
        code=code("manifest.py"),
    output:
        "<results>/manifest.json",
    log:
        "<results>/logs/manifest.log",
    conda:
        "../envs/echoseq.yaml"
    threads: 1
    resources:
        mem_mb=more_each_time(500),
        runtime=more_each_time(10),
    params:
        study=canonical_json(STUDY.resolved()),
    script:
        "../scripts/manifest.py"


# The extensions are no input of the manifest, or the study would make them. They write it again
# when they are done; the note says for which exact files.
use rule manifest as manifest_extensions with:
    input:
        files_of(EXPERIMENTS),
        EXTENDED,
        "<results>/manifest.json",
        environment=rules.describe.output.environment,
        lock=LOCK,
        code=code("manifest.py"),
    output:
        "<results>/logs/manifest_extensions.txt",
    log:
        "<results>/logs/manifest_extensions.log",


# What is published is no output of the rule: Snakemake deletes outputs before it makes them again.
# On a cluster it runs in the main process, which has the records of all jobs by then.
rule publish:
    """Keep the small files of this version for good, in results/published/."""
    input:
        manifest="<results>/manifest.json",
    log:
        "<results>/logs/publish.log",
    conda:
        "../envs/echoseq.yaml"
    threads: 1
    resources:
        mem_mb=more_each_time(500),
        runtime=more_each_time(10),
    params:
        target=PUBLISHED,
    script:
        "../scripts/publish.py"
