"""Description of a version: the configuration as used, the environment, the experiments.

In: the configuration. Out: config.yaml, environment.json; tables/experiments.csv with its digest, by
itself, so that an edited question, claim or page makes nothing anew that reads this table.
"""

LOCK = local(os.path.relpath(PROJECT / "requirements.lock"))


rule describe:
    """Write the configuration as used, and the environment."""
    input:
        lock=LOCK,
    output:
        config="<results>/config.yaml",
        environment="<results>/environment.json",
    log:
        "<results>/logs/describe.log",
    # Before any training: `echoseq status` and `echoseq.results` read it while others are made.
    priority: 1000
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


use rule describe as list_experiments with:
    """Make the table of experiments."""
    input:
        [],
    output:
        **with_digests(table_files(["experiments"])),
    log:
        "<results>/logs/list_experiments.log",
    priority: 0
    params:
        code=code("describe.py"),
        study=inert_json(STUDY.without_reasons()),
