"""The manifest of a version, and its publication.

In: all files of a version. Out: manifest.json; with `publish`, results/published/<version>/.
"""

# Data, runs and predictions, of the study and of all experiments.
MADE = {
    part: [
        *sorted(
            {
                f"<results>/data/{TASK_OF[name]}/{file}.npz"
                for name in names
                for file in ["evaluation", *(f"seed-{seed}" for seed in STUDY.seeds_of(name))]
            }
        ),
        *(path for file in RUN_FILES for path in each_run(file, names)),
        *predictions(names),
        *expand("<results>/runs/{experiment}/listing.txt", experiment=names),
    ]
    for part, names in {CORE_PART: CORE, EXTENSIONS: ASKED}.items()
}


rule manifest:
    """Write the manifest, which lists every file of the version with its digest."""
    input:
        MADE[CORE_PART],
        rules.tables.input,
        rules.figures.input,
        rules.paper.output,
        rules.describe.output.config,
        environment=rules.describe.output.environment,
        lock=LOCK,
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
        code=code("manifest.py"),
        study=inert_json(STUDY.resolved()),
    script:
        "../scripts/manifest.py"


# The extensions are not inputs of the manifest, or the study would make them. They rewrite it when
# they are done; the output holds the digest of the exact files.
use rule manifest as manifest_extensions with:
    """Write the manifest again, with the files of the extensions."""
    input:
        MADE[EXTENSIONS],
        rules.summarize_probes.input.probes,
        rules.summarize_ablations.input.ablations,
        EXTENSION_FILES,
        "<results>/manifest.json",
        environment=rules.describe.output.environment,
        lock=LOCK,
    output:
        "<results>/logs/manifest_extensions.txt",
    log:
        "<results>/logs/manifest_extensions.log",


# The published files are not outputs, because Snakemake deletes outputs before it makes them again.
# On a cluster, this rule runs in the main process, which has the records of all jobs by then.
rule publish:
    """Keep the small files of this version permanently, in results/published/."""
    input:
        manifest="<results>/manifest.json",
        own=sources(OWN),
    log:
        "<results>/logs/publish.log",
    localrule: True
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
