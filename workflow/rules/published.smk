"""What others published, beside what is found here: results, their verdicts, and reasons.

In: predictions, records and histories of the experiments of which others published something, and
of those that tell why it is met or not. Out: published.csv, every run, the claims, and the figure.
Neither the study nor the extensions need any of it.
"""

MET = sorted(STUDY.met())
BESIDE_TABLES = table_files(made_from("published"))


use rule summarize as compare_published with:
    """Make the tables that compare what others published with our runs."""
    input:
        predictions=predictions(MET),
        histories=each_run("history.csv", MET),
        records=each_run("run.json", MET),
    output:
        **with_digests(BESIDE_TABLES),
    log:
        "<results>/logs/compare_published.log",
    params:
        **table_params("published"),
        plans=plans_of(MET),


# The manifest is no input: it needs the study. If there is none yet, that will list these files.
use rule manifest as manifest_published with:
    """Write the manifest again, if there is one, with what others published."""
    input:
        predictions(MET),
        [each_run(file, MET) for file in RUN_FILES],
        *with_digests(BESIDE_TABLES).values(),
        FIGURE_FILES[BESIDE_PART],
        environment=rules.describe.output.environment,
        lock=LOCK,
    output:
        "<results>/logs/manifest_published.txt",
    log:
        "<results>/logs/manifest_published.log",


rule published:
    """What others published: every run of it, the verdicts and the figure; if there is any."""
    input:
        (
            [
                rules.compare_published.output,
                FIGURE_FILES[BESIDE_PART],
                rules.manifest_published.output,
                rules.describe.output.config,
            ]
            if MET
            else []
        ),
