"""Data: random integer sequences.

In: the configuration. Out: for each task, one training snapshot for each seed, and one snapshot of
held-out sequences.
"""

for rule_name, seeds, log_name, names in shared_rules(
    "snapshot", {task: STUDY.seeds_of_task(task) for task in sorted(STUDY.tasks)}
):

    rule:
        """Draw the training sequences of a task, for one seed or for a block of seeds."""
        name:
            rule_name
        output:
            expand("<results>/data/{task}/seed-{seed}.npz", seed=seeds, allow_missing=True),
        log:
            f"<results>/logs/snapshot/{{task}}/{log_name}.log",
        wildcard_constraints:
            task="|".join(names),
        group:
            "data"
        conda:
            "../envs/echoseq.yaml"
        threads: 1
        resources:
            mem_mb=more_each_time(500),
            runtime=more_each_time(2),
        params:
            code=code("snapshot.py"),
            purpose=TRAINING,
            length=lambda wildcards: STUDY.tasks[wildcards.task].length,
            alphabet=lambda wildcards: STUDY.tasks[wildcards.task].alphabet,
            sequences=lambda wildcards: STUDY.sequences_of(wildcards.task),
        script:
            "../scripts/snapshot.py"


use rule snapshot_seed as held_out with:
    """Draw the held-out sequences of a task."""
    output:
        "<results>/data/{task}/evaluation.npz",
    log:
        "<results>/logs/snapshot/{task}/evaluation.log",
    params:
        purpose=EVALUATION,
        length=lambda wildcards: STUDY.tasks[wildcards.task].length,
        alphabet=lambda wildcards: STUDY.tasks[wildcards.task].alphabet,
        sequences=STUDY.evaluation.sequences,


rule snapshot:
    """Draw the training sequences of the study."""
    input:
        flatten([snapshots(name, STUDY.seeds_of(name)) for name in CORE]),
