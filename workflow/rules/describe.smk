"""What a version is: the configuration as used, and where it ran.

In: the configuration. Out: config.yaml, environment.json, tables/experiments.csv.
"""


rule describe:
    input:
        code=code("describe.py"),
        lock=os.path.relpath(f"{workflow.basedir}/requirements.lock"),
    output:
        config="<results>/config.yaml",
        environment="<results>/environment.json",
        experiments="<results>/tables/experiments.csv",
    log:
        "<results>/logs/describe.log",
    conda:
        "../envs/echoseq.yaml"
    threads: 1
    resources:
        mem_mb=growing(500),
        runtime=growing(5),
    params:
        study=resolved(),
    script:
        "../scripts/describe.py"
