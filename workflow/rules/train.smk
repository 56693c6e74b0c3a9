"""Training: one experiment with one seed, on one core; or with several seeds, one after the other.

In: snapshots. Out: the model, history, record and timing of each run. Checkpoints are not outputs,
because Snakemake deletes outputs before it reruns a job. Experiments that train in the same way are
trained once.
"""

for rule_name, seeds, log_name, names in shared_rules(
    "train", {name: STUDY.seeds_of(name) for name in TRAINED}
):

    rule:
        """Train an experiment with one seed, or with a block of seeds in turn."""
        name:
            rule_name
        input:
            snapshots=training_snapshots(seeds),
        output:
            models=expand(f"{RUN}/model.keras", seed=seeds, allow_missing=True),
            histories=expand(f"{RUN}/history.csv", seed=seeds, allow_missing=True),
            records=expand(f"{RUN}/run.json", seed=seeds, allow_missing=True),
            timings=expand(f"{RUN}/timing.json", seed=seeds, allow_missing=True),
        log:
            f"<results>/logs/train/{{experiment}}/{log_name}.log",
        benchmark:
            f"<results>/benchmarks/train/{{experiment}}/{log_name}.tsv"
        wildcard_constraints:
            experiment="|".join(names),
        group:
            "train"
        conda:
            "../envs/echoseq.yaml"
        threads: 1
        resources:
            mem_mb=more_each_time(1800),
            runtime=more_each_time(10 * len(seeds)),
        params:
            code=code_with_model("train.py"),
            plan=lambda wildcards: PLANS[wildcards.experiment].text,
        script:
            "../scripts/train.py"


rule share:
    """Copy a run from the experiment that trains in the same way; its record names that one."""
    input:
        files=lambda wildcards: expand(
            f"{RUN}/{{file}}",
            experiment=TWINS[wildcards.experiment],
            seed=wildcards.seed,
            file=RUN_FILES,
        ),
    output:
        files=expand(f"{RUN}/{{file}}", file=RUN_FILES, allow_missing=True),
    log:
        "<results>/logs/share/{experiment}/seed-{seed}.log",
    wildcard_constraints:
        experiment="|".join(TWINS) or "none",
    localrule: True
    conda:
        "../envs/echoseq.yaml"
    threads: 1
    resources:
        mem_mb=more_each_time(500),
        runtime=more_each_time(2),
    params:
        folder=lambda wildcards, output: os.path.dirname(output.files[0]),
    shell:
        "cp -- {input.files:q} {params.folder:q} 2> {log:q}"


rule train:
    """Train every run of the study."""
    input:
        each_run("model.keras", CORE),
