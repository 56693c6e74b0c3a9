"""Extensions: the open questions, answered from experiments beside those of the study.

In: predictions, records and histories of the experiments on the questions, and the tables of the
study. Out: tables of all experiments in tables/extensions/, the comparisons, the answers.
"""

from echoseq.tables.answers import TABLES as BEHIND_ANSWERS

COMPARED = [name for name in EXPERIMENTS if STUDY.experiments[name].compare_to]


use rule summarize as summarize_extensions with:
    input:
        predictions=predictions(ADDED),
        study=rules.summarize.output,
        code=code_of_tables("predictions", FROM_PREDICTIONS),
    output:
        **table_files(FROM_PREDICTIONS, EXTENSIONS),
    log:
        "<results>/logs/summarize_extensions.log",


use rule learning as learning_extensions with:
    input:
        histories=each_run("history.csv", seeds_of(ADDED)),
        records=each_run("run.json", seeds_of(ADDED)),
        study=rules.learning.output,
        code=code_of_tables("runs", FROM_RUNS),
    output:
        **table_files(FROM_RUNS, EXTENSIONS),
    log:
        "<results>/logs/learning_extensions.log",


use rule summarize as compare with:
    input:
        predictions=predictions(COMPARED),
        bases=predictions([STUDY.experiments[name].compare_to for name in COMPARED]),
        code=code_of_tables("pairs", ["comparisons"]),
    output:
        **table_files(["comparisons"]),
    log:
        "<results>/logs/compare.log",
    params:
        source="pairs",
        settings=settings(["comparisons"]),


use rule summarize as answer with:
    input:
        **table_files(BEHIND_ANSWERS, EXTENSIONS),
        code=code_of_tables("tables", ["answers"]),
    output:
        **table_files(["answers"]),
    log:
        "<results>/logs/answer.log",
    params:
        source="tables",
        settings=settings(["answers"]),


rule timing:
    """Gather the measured seconds of every run."""
    input:
        timings=each_run("timing.json", seeds_of(EXPERIMENTS)),
        code=code("timing.py"),
    output:
        "<results>/benchmarks/training_seconds.csv",
    log:
        "<results>/logs/timing.log",
    conda:
        "../envs/echoseq.yaml"
    threads: 1
    resources:
        mem_mb=more_each_time(500),
        runtime=more_each_time(5),
    script:
        "../scripts/timing.py"


EXTENDED = [
    *table_files(PER_PART + ANSWER_TABLES, EXTENSIONS).values(),
    *figure_files(EXTENSIONS),
    *rules.timing.output,
]


rule extensions:
    """The open questions: every experiment, the answers and their figures."""
    input:
        EXTENDED,
        "<results>/report/extensions.rst",
        "<results>/logs/manifest_extensions.txt",
