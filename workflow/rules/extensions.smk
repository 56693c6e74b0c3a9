"""Extensions: the open questions, answered by further experiments.

In: predictions, records and histories of the experiments on the questions, and the tables of the
study. Out: tables of all experiments in tables/extensions/, the comparisons, the answers.
"""

from echoseq.tables.catalogue import CLAIMED, OTHERS, READING, read_for

CLAIM_TABLES = made_from(CLAIMED) if STUDY.claims(EXTENSIONS) else []
ANSWER_TABLES = made_from("pairs", OTHERS) + CLAIM_TABLES + (PROBE_TABLES if PROBED else [])
ANSWER_TABLES += ABLATION_TABLES if ABLATED else []
ASKED = sorted([*CORE, *ADDED])  # not those for what others published alone
COMPARED = [name for name in ASKED if STUDY.experiments[name].compare_to]
READ = [name for name in read_for(OTHERS) if PROBED or name not in PROBE_TABLES]
BASES = [STUDY.experiments[name].compare_to for name in COMPARED]


use rule summarize as summarize_extensions with:
    """Make the tables of accuracy and of errors for all experiments."""
    input:
        predictions=predictions(ADDED),
        study=[*table_files(made_from("predictions")).values()],
        digests=digests_of(table_files(made_from("predictions")).values()),
    output:
        **with_digests(table_files(made_from("predictions"), EXTENSIONS)),
    log:
        "<results>/logs/summarize_extensions.log",


use rule learning as learning_extensions with:
    """Make the tables of training for all experiments."""
    input:
        histories=each_run("history.csv", ADDED),
        records=each_run("run.json", ADDED),
        study=[*table_files(made_from("runs")).values()],
        digests=digests_of(table_files(made_from("runs")).values()),
    output:
        **with_digests(table_files(made_from("runs"), EXTENSIONS)),
    log:
        "<results>/logs/learning_extensions.log",
    params:
        **table_params("runs"),
        plans=plans_of(ADDED),


use rule summarize as compare with:
    """Make the tables that compare experiments with their bases, seed by seed."""
    input:
        predictions=predictions(COMPARED),
        bases=predictions(BASES),
        records=each_run("run.json", sorted({*COMPARED, *BASES})),
    output:
        **with_digests(table_files(made_from("pairs"))),
    log:
        "<results>/logs/compare.log",
    params:
        **table_params("pairs"),
        plans=plans_of([*COMPARED, *BASES]),


use rule summarize as answer with:
    """Make the tables that answer the open questions, from those of all experiments."""
    input:
        **with_digests(table_files(READ, EXTENSIONS)),
    output:
        **with_digests(table_files(made_from("tables"))),
    log:
        "<results>/logs/answer.log",
    params:
        **table_params("tables"),


# By itself, so that an edited claim makes nothing else anew.
use rule summarize as claims with:
    """Make the table of claims, each judged by other tables."""
    input:
        **with_digests(table_files(sorted({*READING[CLAIMED], *STUDY.facts_claimed()}), EXTENSIONS)),
    output:
        **with_digests(table_files(made_from(CLAIMED))),
    log:
        "<results>/logs/claims.log",
    params:
        **table_params(CLAIMED),


use rule summarize as timing with:
    """Make the tables of how long training took."""
    input:
        timings=each_run("timing.json", ASKED),
    output:
        **with_digests(table_files(made_from("timings"))),
    log:
        "<results>/logs/timing.log",
    params:
        **table_params("timings"),


EXTENSION_FILES = [
    *table_files(PER_PART + ANSWER_TABLES, EXTENSIONS).values(),
    *FIGURE_FILES[EXTENSIONS],
    *rules.timing.output,
]


rule extensions:
    """The open questions: every experiment, the answers and their figures."""
    input:
        EXTENSION_FILES,
        "<results>/report/extensions.rst",
        "<results>/logs/manifest_extensions.txt",
