"""What a version is: the configuration as used, and where it ran.

In: the configuration. Out: config.yaml, environment.json, tables/experiments.csv.
"""


rule describe:
    input:
        code=code("describe.py"),
    output:
        config="results/{version}/config.yaml",
        environment="results/{version}/environment.json",
        experiments="results/{version}/tables/experiments.csv",
    params:
        study=canonical_json(STUDY.model_dump(mode="json")),
    log:
        "results/{version}/logs/describe.log",
    threads: 1
    resources:
        mem_mb=500,
        runtime=5,
    conda:
        "../envs/echoseq.yaml"
    script:
        "../scripts/describe.py"
