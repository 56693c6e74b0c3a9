"""Data: random integer sequences.

In: the configuration. Out: for each task, one snapshot to train on for each seed, and one of
held-out sequences.
"""


rule snapshot:
    input:
        code=code("snapshot.py"),
    output:
        "results/{version}/data/{task}/seed-{seed}.npz",
    params:
        purpose="training data",
        sizes=lambda wildcards: task_sizes(wildcards.task),
        sequences=lambda wildcards: STUDY.sequences(wildcards.task),
    log:
        "results/{version}/logs/snapshot/{task}/seed-{seed}.log",
    threads: 1
    resources:
        mem_mb=500,
        runtime=5,
    conda:
        "../envs/echoseq.yaml"
    script:
        "../scripts/snapshot.py"


use rule snapshot as held_out with:
    output:
        "results/{version}/data/{task}/evaluation.npz",
    params:
        purpose="evaluation data",
        sizes=lambda wildcards: task_sizes(wildcards.task),
        sequences=STUDY.evaluation.sequences,
    log:
        "results/{version}/logs/snapshot/{task}/evaluation.log",
