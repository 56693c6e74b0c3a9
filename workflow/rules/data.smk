"""Data: random integer sequences.

In: the configuration. Out: for each task, one training snapshot for each seed, and one snapshot of
held-out sequences.
"""

from echoseq.data.snapshots import EVALUATION, TRAINING
from echoseq.study.blocks import seed_rules, seeds_text
from echoseq.study.work import priority

# That of the longest training that waits for a task's sequences.
FIRST = {
    task: max((priority(PLANS[name]) for name in EXPERIMENTS if TASK_OF[name] == task), default=0)
    for task in STUDY.tasks
}

for drawn in seed_rules(
    "snapshot",
    {task: STUDY.seeds_of_task(task) for task in sorted(STUDY.tasks)},
    STUDY.execution.seeds_per_job,
):
    if len(drawn.seeds) > 1:
        workflow.ruleorder(drawn.name, "snapshot_seed")

    rule:
        name:
            drawn.name
        output:
            expand("<results>/data/{task}/seed-{seed}.npz", seed=drawn.seeds, allow_missing=True),
        log:
            f"<results>/logs/snapshot/{{task}}/{drawn.log}.log",
        wildcard_constraints:
            task="|".join(drawn.names),
            seed=drawn.pattern,
        priority: lambda wildcards: FIRST[wildcards.task]
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

    # In this way, because a docstring can be no expression.
    getattr(rules, drawn.name).rule.docstring = (
        f"Draw the training sequences of a task for {seeds_text(drawn.seeds)}."
    )


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
        [
            f"<results>/data/{TASK_OF[name]}/seed-{seed}.npz"
            for name in CORE
            for seed in STUDY.seeds_of(name)
        ],
