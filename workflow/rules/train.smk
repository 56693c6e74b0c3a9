"""Training: one experiment with one seed, on one core; or with several seeds, one after the other.

In: snapshots. Out: of each run the model, its history, and the record. On the way, checkpoints,
which are no output, since Snakemake deletes those before it runs a job again.
"""


rule train:
    input:
        snapshots=lambda wildcards: [
            f"<results>/data/{task_of(wildcards)}/seed-{wildcards.seed}.npz"
        ],
        own_model=own_model,
        code=code("train.py"),
    output:
        models=["<results>/runs/{experiment}/seed-{seed}/model.keras"],
        histories=["<results>/runs/{experiment}/seed-{seed}/history.csv"],
        records=["<results>/runs/{experiment}/seed-{seed}/run.json"],
        timings=["<results>/runs/{experiment}/seed-{seed}/timing.json"],
    log:
        "<results>/logs/train/{experiment}/seed-{seed}.log",
    benchmark:
        "<results>/benchmarks/train/{experiment}/seed-{seed}.tsv"
    conda:
        "../envs/echoseq.yaml"
    threads: 1
    resources:
        mem_mb=growing(1800),
        runtime=growing(10),
    params:
        seeds=lambda wildcards: [int(wildcards.seed)],
        plan=lambda wildcards: plan(wildcards.experiment),
        checkpoints=f"{RESULTS}/checkpoints/{{experiment}}",
    script:
        "../scripts/train.py"


# With `execution.seeds_per_job`, a rule for each set of seeds that share a job: Snakemake has no
# wildcard for a set. Seeds that are left over alone are trained by the rule above.
for seeds, experiments in STUDY.shared_jobs().items():
    together = name_of(seeds)
    workflow.ruleorder(f"train_{together}", "train")

    rule:
        name:
            f"train_{together}"
        input:
            snapshots=snapshots_of(seeds),
            own_model=own_model,
            code=code("train.py"),
        output:
            models=run_files("model.keras", seeds),
            histories=run_files("history.csv", seeds),
            records=run_files("run.json", seeds),
            timings=run_files("timing.json", seeds),
        log:
            f"<results>/logs/train/{{experiment}}/seeds-{together}.log",
        benchmark:
            f"<results>/benchmarks/train/{{experiment}}/seeds-{together}.tsv"
        wildcard_constraints:
            experiment="|".join(experiments),
        conda:
            "../envs/echoseq.yaml"
        threads: 1
        resources:
            mem_mb=growing(1800),
            runtime=growing(10 * len(seeds)),
        params:
            seeds=list(seeds),
            plan=lambda wildcards: plan(wildcards.experiment),
            checkpoints=f"{RESULTS}/checkpoints/{{experiment}}",
        script:
            "../scripts/train.py"
