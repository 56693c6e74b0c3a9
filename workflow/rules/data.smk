"""Data: random integer sequences.

In: the configuration. Out: for each task, one snapshot to train on for each seed, and one of
held-out sequences.
"""


rule snapshot:
    input:
        code=code("snapshot.py"),
    output:
        "<results>/data/{task}/seed-{seed}.npz",
    log:
        "<results>/logs/snapshot/{task}/seed-{seed}.log",
    conda:
        "../envs/echoseq.yaml"
    threads: 1
    resources:
        mem_mb=growing(500),
        runtime=growing(2),
    params:
        purpose=TRAINING,
        sizes=lambda wildcards: task_sizes(wildcards.task),
        sequences=lambda wildcards: STUDY.tasks[wildcards.task].sequences,
    script:
        "../scripts/snapshot.py"


use rule snapshot as held_out with:
    output:
        "<results>/data/{task}/evaluation.npz",
    log:
        "<results>/logs/snapshot/{task}/evaluation.log",
    params:
        purpose=EVALUATION,
        sizes=lambda wildcards: task_sizes(wildcards.task),
        sequences=STUDY.evaluation.sequences,
