"""Extensions: the open questions, answered from experiments beside those of the study.

In: predictions, records and histories of all experiments. Out: tables of all of them in
tables/extensions/, the comparisons, the answers, and their figures.
"""

COMPARED = [name for name in EXPERIMENTS if STUDY.experiments[name].compare_to]


use rule summarize as summarize_extensions with:
    input:
        predictions=expand("<results>/runs/{experiment}/predictions.npz", experiment=EXPERIMENTS),
        code=code("summarize.py"),
    output:
        seeds="<results>/tables/extensions/seeds.csv",
        summary="<results>/tables/extensions/summary.csv",
        errors="<results>/tables/extensions/errors.csv",
        echoes="<results>/tables/extensions/echoes.csv",
    log:
        "<results>/logs/summarize_extensions.log",
    params:
        experiments=EXPERIMENTS,
        statistics=summary_settings(),


use rule learning as learning_extensions with:
    input:
        histories=of_runs("<results>/runs/{experiment}/seed-{seed}/history.csv", EXPERIMENTS),
        records=of_runs("<results>/runs/{experiment}/seed-{seed}/run.json", EXPERIMENTS),
        code=code("learning.py"),
    output:
        runs="<results>/tables/extensions/runs.csv",
        learned="<results>/tables/extensions/learned.csv",
        learning="<results>/tables/extensions/learning.csv",
    log:
        "<results>/logs/learning_extensions.log",


rule timing:
    input:
        timings=of_runs("<results>/runs/{experiment}/seed-{seed}/timing.json", EXPERIMENTS),
        code=code("timing.py"),
    output:
        "<results>/benchmarks/training_seconds.csv",
    log:
        "<results>/logs/timing.log",
    conda:
        "../envs/echoseq.yaml"
    threads: 1
    resources:
        mem_mb=growing(500),
        runtime=growing(5),
    script:
        "../scripts/timing.py"


rule compare:
    input:
        predictions=expand("<results>/runs/{experiment}/predictions.npz", experiment=COMPARED),
        bases=[
            f"<results>/runs/{STUDY.experiments[name].compare_to}/predictions.npz"
            for name in COMPARED
        ],
        code=code("compare.py"),
    output:
        "<results>/tables/comparisons.csv",
    log:
        "<results>/logs/compare.log",
    conda:
        "../envs/echoseq.yaml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    params:
        experiments=COMPARED,
        bases=[STUDY.experiments[name].compare_to for name in COMPARED],
        confidence=STUDY.statistics.confidence,
        resamples=STUDY.statistics.resamples,
    script:
        "../scripts/compare.py"


rule answer:
    input:
        experiments="<results>/tables/experiments.csv",
        summary="<results>/tables/extensions/summary.csv",
        seeds="<results>/tables/extensions/seeds.csv",
        runs="<results>/tables/extensions/runs.csv",
        comparisons="<results>/tables/comparisons.csv",
        code=code("answer.py"),
    output:
        "<results>/tables/answers.csv",
    log:
        "<results>/logs/answer.log",
    conda:
        "../envs/echoseq.yaml"
    threads: 1
    resources:
        mem_mb=growing(500),
        runtime=growing(5),
    params:
        questions=canonical_json(
            {name: question.model_dump() for name, question in STUDY.questions.items()}
        ),
        margin=STUDY.statistics.margin,
    script:
        "../scripts/answer.py"


use rule learning_curves as differences with:
    input:
        comparisons="<results>/tables/comparisons.csv",
        experiments="<results>/tables/experiments.csv",
        code=code("echoseq.figures.differences"),
    output:
        in_report("<results>/figures/differences.{format}", QUESTIONS_PART),
    log:
        "<results>/logs/figures/differences.log",
    params:
        figure="differences",
        tables=["comparisons", "experiments"],


use rule learning_curves as cost with:
    input:
        seeds="<results>/tables/extensions/seeds.csv",
        runs="<results>/tables/extensions/runs.csv",
        experiments="<results>/tables/experiments.csv",
        code=code("echoseq.figures.cost"),
    output:
        in_report("<results>/figures/cost.{format}", QUESTIONS_PART),
    log:
        "<results>/logs/figures/cost.log",
    params:
        figure="cost",
        tables=["seeds", "runs", "experiments"],


use rule learning_curves as longer_echoes with:
    input:
        seeds="<results>/tables/extensions/seeds.csv",
        summary="<results>/tables/extensions/summary.csv",
        experiments="<results>/tables/experiments.csv",
        code=code("echoseq.figures.longer_echoes"),
    output:
        in_report("<results>/figures/longer_echoes.{format}", QUESTIONS_PART),
    log:
        "<results>/logs/figures/longer_echoes.log",
    params:
        figure="longer_echoes",
        tables=["seeds", "summary", "experiments"],


EXTENDED = [
    *rules.answer.output,
    *rules.timing.output,
    *rules.summarize_extensions.output,
    *rules.learning_extensions.output,
    *rules.differences.output,
    *rules.cost.output,
    *rules.longer_echoes.output,
]


rule extensions:
    """The open questions: every experiment, the answers and their figures."""
    input:
        EXTENDED,
        "<results>/report/extensions.rst",
        "<results>/logs/manifest_extensions.txt",
