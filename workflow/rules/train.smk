"""Training: one experiment with one seed, on one core; or with several seeds, one after the other.

In: snapshots. Out: the model, history, record and timing of each run. Checkpoints are not outputs,
because Snakemake deletes outputs before it reruns a job. Experiments that train in the same way are
trained once.
"""

from echoseq.places import RUN_FILES
from echoseq.study.architectures import code_behind
from echoseq.study.blocks import but, experiments_text, seed_rules, seeds_text, sweep_blocks
from echoseq.study.work import priority

TWINS = STUDY.twins()
# The files of the runs of an experiment.
each_file = lambda experiment, seeds: [
    f"<results>/runs/{experiment}/seed-{seed}/{file}" for seed in seeds for file in RUN_FILES
]

for trained in seed_rules(
    "train",
    {name: STUDY.seeds_of(name) for name in EXPERIMENTS if name not in TWINS},
    STUDY.execution.seeds_per_job,
):
    if len(trained.seeds) > 1:
        workflow.ruleorder(trained.name, "train_seed")

    rule:
        name:
            trained.name
        input:
            snapshots=lambda wildcards, seeds=trained.seeds: [
                f"<results>/data/{TASK_OF[wildcards.experiment]}/seed-{seed}.npz"
                for seed in (seed.format(seed=wildcards.get("seed")) for seed in seeds)
            ],
        output:
            models=expand(
                "<results>/runs/{experiment}/seed-{seed}/model.keras",
                seed=trained.seeds,
                allow_missing=True,
            ),
            histories=expand(
                "<results>/runs/{experiment}/seed-{seed}/history.csv",
                seed=trained.seeds,
                allow_missing=True,
            ),
            records=expand(
                "<results>/runs/{experiment}/seed-{seed}/run.json",
                seed=trained.seeds,
                allow_missing=True,
            ),
            timings=expand(
                "<results>/runs/{experiment}/seed-{seed}/timing.json",
                seed=trained.seeds,
                allow_missing=True,
            ),
        log:
            f"<results>/logs/train/{{experiment}}/{trained.log}.log",
        benchmark:
            f"<results>/benchmarks/train/{{experiment}}/{trained.log}.tsv"
        wildcard_constraints:
            experiment="|".join(trained.names),
            seed=trained.pattern,
        priority: lambda wildcards: priority(PLANS[wildcards.experiment])
        group:
            "train"
        conda:
            "../envs/echoseq.yaml"
        threads: 1
        resources:
            mem_mb=more_each_time(1800),
            runtime=more_each_time(10 * len(trained.seeds)),
        params:
            code=code_with(code_behind, "train.py"),
            plan=lambda wildcards: PLANS[wildcards.experiment].text,
        script:
            "../scripts/train.py"

    getattr(rules, trained.name).rule.docstring = (
        f"Train an experiment with {seeds_text(trained.seeds)}, one after the other."
        if len(trained.seeds) > 1
        else "Train an experiment with one seed."
    )


COPIED = sweep_blocks({name: SWEEP_OF[name] for name in TWINS}, len(TWINS))
# The configured seeds of each copy, if it shares a job with those of its sweep.
SHARED = [STUDY.seeds_of(name) if SWEEP_OF[name] else [] for name in TWINS]


rule share:
    """Copy a run from the experiment that trains in the same way; its record names that one."""
    input:
        lambda wildcards: each_file(TWINS[wildcards.experiment], [wildcards.seed]),
    output:
        each_file("{experiment}", ["{seed}"]),
    log:
        "<results>/logs/share/{experiment}/seed-{seed}.log",
    wildcard_constraints:
        experiment="|".join(TWINS) or "none",
        seed=but(SHARED),
    localrule: True
    conda:
        "../envs/echoseq.yaml"
    threads: 1
    resources:
        mem_mb=more_each_time(500),
        runtime=more_each_time(2),
    params:
        code=code("share.py"),
    script:
        "../scripts/share.py"


# Those of a sweep in one job.
for block, shared in COPIED.items():

    rule:
        name:
            f"share_{block}"
        input:
            [each_file(TWINS[name], STUDY.seeds_of(name)) for name in shared],
        output:
            [each_file(name, STUDY.seeds_of(name)) for name in shared],
        log:
            f"<results>/logs/share/{block}.log",
        localrule: True
        conda:
            "../envs/echoseq.yaml"
        threads: 1
        resources:
            mem_mb=more_each_time(500),
            runtime=more_each_time(5),
        params:
            code=code("share.py"),
        script:
            "../scripts/share.py"

    getattr(rules, f"share_{block}").rule.docstring = (
        f"Copy the runs of {experiments_text(shared)} from those that train in the same way."
    )


rule train:
    """Train every run of the study."""
    input:
        each_run("model.keras", CORE),
