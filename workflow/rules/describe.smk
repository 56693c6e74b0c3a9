"""Description of a version: the configuration as used, and the environment.

In: the configuration. Out: config.yaml, environment.json, tables/experiments.csv with its digest.
"""

LOCK = local(os.path.relpath(PROJECT / "requirements.lock"))


rule describe:
    """Write the configuration as used, the environment, and the table of experiments."""
    input:
        lock=LOCK,
    output:
        **with_digests(table_files(["experiments"])),
        config="<results>/config.yaml",
        environment="<results>/environment.json",
    log:
        "<results>/logs/describe.log",
    conda:
        "../envs/echoseq.yaml"
    threads: 1
    resources:
        mem_mb=more_each_time(500),
        runtime=more_each_time(5),
    params:
        code=code("describe.py"),
        study=inert_json(STUDY.resolved()),
    script:
        "../scripts/describe.py"
