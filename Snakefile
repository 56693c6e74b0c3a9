"""How do recurrent networks echo random integers?

config -> snapshots -> runs -> tables -> figures -> paper; each stage reads files of earlier ones.
"""

import sys

HERE = workflow.current_basedir.get_path_or_uri(secret_free=True)


configfile: f"{HERE}/config/config.yaml"


# Snakemake 9 would give `verify` the files of the study there, and some steps look at what is on the disk.
if workflow.storage_settings and workflow.storage_settings.default_storage_provider:
    sys.exit("echoseq: --default-storage-provider: expected none: results are files of this folder")


include: "workflow/rules/common.smk"
include: "workflow/rules/describe.smk"
include: "workflow/rules/data.smk"
include: "workflow/rules/train.smk"
include: "workflow/rules/evaluate.smk"
include: "workflow/rules/probe.smk"
include: "workflow/rules/ablate.smk"
include: "workflow/rules/figures.smk"
include: "workflow/rules/extensions.smk"
include: "workflow/rules/paper.smk"
include: "workflow/rules/report.smk"
include: "workflow/rules/publish.smk"
include: "workflow/rules/published.smk"
include: "workflow/rules/page.smk"
include: "workflow/rules/verify.smk"


rule study:
    """The whole study: the default."""
    default_target: True
    input:
        rules.tables.input,
        rules.figures.input,
        rules.describe.output,
        rules.paper.output,
        rules.landing.output.text,
        rules.manifest.output,


rule reported:
    """What `make report` shows: the study, and what else has been made."""
    input:
        rules.study.input,
        rules.extensions.input if ANSWERED else [],
        FIGURE_FILES[BESIDE_PART] if BESIDE else [],


# Processes that were killed leave temporary files behind.
onstart:
    import re
    import shutil
    from echoseq.files import clear_unfinished

    # Snakemake starts scripts with it, without quoting it for the shell.
    if re.search(r"[\s'\"\\`$&;()<>|*?\[\]{}!#~]", sys.executable):
        sys.exit(
            "echoseq: expected a Python whose path has no spaces, quotes or the like, got"
            f" {sys.executable}; clone echoseq into a folder without, and set it up there"
        )
    # Without Slurm, its plugin would try to reach it for ever.
    if workflow.executor_plugin.name == "slurm" and shutil.which("sbatch") is None:
        sys.exit("echoseq: found no Slurm on this machine (no sbatch): run on a login node")
    # Without Grid Engine, every job would fail, and be tried again.
    submit = getattr(workflow.executor_settings, "submit_cmd", None) or ""
    if "qsub" in submit.split() and shutil.which("qsub") is None:
        sys.exit(
            "echoseq: found no Grid Engine on this machine (no qsub): run on a submit host"
        )
    for folder in (RESULTS, VERIFIED):
        clear_unfinished(Path(folder))


onsuccess:
    from echoseq.documents.closing import closing  # loads pandas

    if Path(RESULTS).exists():  # it does not if only `verify` ran
        logger.info(closing(Path(RESULTS), STUDY.version))
