"""Probes: what the states of trained models hold after each step.

In: models and records of the probed experiments, and sequences for the probes. Out: what the
probes read, and the tables of it.
"""

from echoseq.data.snapshots import PROBES
from echoseq.study.architectures import code_behind
from echoseq.study.probed import set_files

PROBE_TABLES = made_from("probes")


use rule snapshot_seed as probe_data with:
    """Draw the sequences of a task that probes are fitted on and judged on."""
    output:
        "<results>/data/{task}/probes.npz",
    log:
        "<results>/logs/snapshot/{task}/probes.log",
    params:
        purpose=PROBES,
        length=lambda wildcards: STUDY.tasks[wildcards.task].length,
        alphabet=lambda wildcards: STUDY.tasks[wildcards.task].alphabet,
        sequences=STUDY.probing.sequences,


rule probe:
    """Probe the networks of an experiment: trained, untrained, and with shuffled labels."""
    input:
        models=lambda wildcards: each_run("model.keras", [wildcards.experiment], PROBED.get),
        records=lambda wildcards: each_run("run.json", [wildcards.experiment], PROBED.get),
        sequences=lambda wildcards: f"<results>/data/{TASK_OF[wildcards.experiment]}/probes.npz",
    output:
        "<results>/runs/{experiment}/probes.npz",
    log:
        "<results>/logs/probe/{experiment}.log",
    benchmark:
        "<results>/benchmarks/probe/{experiment}.tsv"
    wildcard_constraints:
        experiment="|".join(PROBED) or "none",
    conda:
        "../envs/echoseq.yaml"
    threads: 1
    resources:
        mem_mb=more_each_time(1500 + 500 * len(STUDY.probing.states)),
        runtime=more_each_time(30 * len(STUDY.probing.states)),
    params:
        code=code_with(code_behind, "probe.py", *set_files(STUDY.probing.states)),
        states=inert_json(STUDY.probing.states),
        plan=lambda wildcards: PLANS[wildcards.experiment].text,
    script:
        "../scripts/probe.py"


use rule summarize as summarize_probes with:
    """Make the tables of what probes read."""
    input:
        probes=expand("<results>/runs/{experiment}/probes.npz", experiment=PROBED),
    output:
        **with_digests(table_files(PROBE_TABLES)),
    log:
        "<results>/logs/summarize_probes.log",
    params:
        **table_params("probes"),
