"""What the files of a version contain: each kind of file by its path, and their keys.

The columns of tables are declared by the tables themselves, and so is what figures show.
"""

from echoseq import layout
from echoseq.evaluation.ablations import Case as Ablated
from echoseq.evaluation.readouts import Case
from echoseq.places import DATA, HISTORY, MODEL, RECORD, TABLE, TABLE_OF_ALL, TABLE_OF_TIMES, TIMING
from echoseq.study.ablated import meanings_of_ablations
from echoseq.study.probed import meanings_of_probed
from echoseq.tables.catalogue import TABLES
from echoseq.training.files import FINAL_EPOCHS

# By the path in the folder of a version; without what published versions alone have, and without
# digests of other tables than the first.
CONTENTS = {
    layout.CONFIG: "the configuration, with every default written out",
    layout.ENVIRONMENT: "the software, the processor, and variables that can change numbers",
    layout.MANIFEST: "every file with its size, SHA-256 and class, and their origin",
    layout.SNAPSHOT: "the sequences that the runs with a seed are trained on",
    layout.HELD_OUT: "the held-out sequences",
    layout.PROBE_DATA: "the sequences that probes are fitted to and judged on",
    f"{layout.RUN}/{MODEL}": "the trained network: `keras.models.load_model` is all it needs",
    f"{layout.RUN}/{HISTORY}": "loss and accuracy, a row for each epoch",
    f"{layout.RUN}/{RECORD}": "the record of a run: what determined it, how it ended, and digests",
    f"{layout.RUN}/{TIMING}": "how long training took",
    layout.PREDICTIONS: "the answers of every seed to the held-out sequences",
    layout.LISTING: "one held-out sequence, expected and predicted",
    layout.PROBES: "what probes read from the states of the networks",
    layout.ABLATIONS: "the answers of the networks with something taken away",
    layout.CHECKPOINT: "runs in progress, and those that were killed; removed when they are done",
    TABLE: "the [tables](#the-tables)",
    TABLE_OF_ALL: "those that the study has too, for all experiments",
    layout.TABLE_DIGEST: "the SHA-256 of a table, for `sha256sum --check`; all tables have one "
    "beside them",
    f"{layout.FIGURE}.pdf": "the [figures](#the-figures)",
    f"{layout.FIGURE}.svg": "the same",
    f"{layout.FIGURE}.png": "the same",
    f"{layout.FIGURE}.txt": "their captions",
    layout.PAPER: "the paper",
    layout.PAGE: "the [page](page.md), made by `snakemake page`",
    f"{layout.REPORT}/...": "the pages of the report, and its captions",
    layout.REPORT_FILE: "the report, made by `make report`",
    f"{layout.LOGS}/...": "the log of every job",
    layout.BENCHMARK: "time and memory of training, evaluation and probing",
    TABLE_OF_TIMES: "the tables of how long training took",
}
# All snapshots have the same keys.
SNAPSHOTS = f"{DATA}/{{task}}/{{snapshot}}.npz"


def _of_probes(key: str) -> str:
    """The meaning of a key of a case."""
    return TABLES["probes_of_seeds"].columns[key].format_map(meanings_of_probed())


def _of_ablations(key: str) -> str:
    """The meaning of a key of a case; 0 stands for no position."""
    meaning = TABLES["ablations_of_seeds"].columns[key].format_map(meanings_of_ablations())
    return meaning.replace("otherwise empty", "otherwise 0") if key == "removed" else meaning


KEYS = {
    f"{layout.RUN}/{RECORD}": {
        "experiment": "the experiment that was trained; if it is another one, this run is a copy",
        "seed": "of the run",
        "plan": "what determined training besides the seed: keys of the task, the experiment and "
        "the statistics",
        "model_digest": "SHA-256 of the file of a model of one's own; other runs have no such key",
        "task_digest": "SHA-256 of the file of a task of one's own; other runs have no such key",
        "program": "the number of the training program, one higher with every change of bits",
        "versions": "of Python, Keras, NumPy and TensorFlow",
        "numerics": "settings of these that can change bits",
        "data_digest": "SHA-256 of the sequences that were used",
        "parameters": "of the network",
        "epochs": "of training",
        "updates": "of the weights, one for each batch",
        "learned": "with `until: learned`, whether it learned before the cap; otherwise null",
        "final_loss": f"mean over the last {FINAL_EPOCHS} epochs",
        "final_accuracy": f"in training, mean over the last {FINAL_EPOCHS} epochs",
        "digest": "SHA-256 of the trained weights",
        "initial_digest": "SHA-256 of the weights before training",
        "history_digest": "SHA-256 of the losses and accuracies of all epochs, as float32",
    },
    f"{layout.RUN}/{HISTORY}": {
        "epoch": "counted from 1; each trains on the next sequence",
        "loss": "of the sequence, in nats; with the linear representation, the squared error. The "
        "losses of a model of one's own, such as regularizers, are added. With teacher forcing, of "
        "what it says when it is fed the targets",
        "accuracy": "share of right values in the sequence, before each update, of its own answers",
    },
    f"{layout.RUN}/{TIMING}": {
        key: meaning
        for key, meaning in TABLES["training_seconds"].columns.items()
        if key not in ("experiment", "seed")
    },
    SNAPSHOTS: {
        "sequences": "the integers, (sequences, length)",
        "origin": "how they were drawn, as JSON: the purpose, the seed, the count, the length, the "
        "alphabet, the distribution, the generator, and the digest of `sequences` (`sha256`)",
    },
    layout.PREDICTIONS: {
        "seeds": "of the runs, (seeds,)",
        "sequences": "the held-out integers, (sequences, length)",
        "windows": "the windows, (sequences, windows, n_in); -1 where a value is missing",
        "expected": "what is asked, (sequences, windows, n_out); -1 where nothing is",
        "tokens": "the integers that were answered, (seeds, sequences, windows, n_out)",
        "loss": "in nats, mean over complete windows, (seeds, sequences, n_out); with the linear "
        "representation, the squared error on the scale 0..1",
        "distance": "absolute error in integers, mean over complete windows, (seeds, sequences, "
        "n_out)",
        "places": "where in the window the value is that each place of an answer asks for, from 0, "
        "(n_out,); -1 if it is not in the window",
        "drawn": "whether that is an integer of the sequence, rather than a constant, nothing, one "
        "that an earlier place asks for, or "
        "what a function of one's own asks, (n_out,)",
        "alphabet": "of the task, with its symbols, ()",
        "encoding": "of the task, ()",
        "symbols": "how many of the alphabet are symbols, the last ones, ()",
        "sha256": "digest of these arrays, ()",
    },
    layout.PROBES: {
        "seeds": "of the runs, (seeds,)",
        **{key: f"{_of_probes(key)}; (cases,)" for key in Case._fields},
        "correct": "windows whose value was read rightly, (seeds, cases, sequences)",
        "loss": "cross-entropy in nats, mean over the windows, (seeds, cases, sequences)",
        "asked": "the positions that the network has to echo, (asked,)",
        "windows": "in a sequence, ()",
        "alphabet": "of the task, ()",
        "sha256": "digest of these arrays, ()",
    },
    layout.ABLATIONS: {
        "seeds": "of the runs, (seeds,)",
        **{key: f"{_of_ablations(key)}; (cases,)" for key in Ablated._fields},
        "networks": "how many networks the answers are counted over: of `cells_mean` the cells of "
        "the layer, otherwise 1, (cases,)",
        "cell": "of `cells_worst`, which cell that is, from 0; otherwise -1, (seeds, cases)",
        "correct": "right answers in complete windows, at each position and last for the exact "
        "match, (seeds, cases, sequences, n_out + 1)",
        "loss": "as of predictions, mean over networks, (seeds, cases, sequences, n_out)",
        "cells": "of each cell that is held at zero, the case that has the mean, (cells,); one row "
        "of case 0, the intact network, if no cells are",
        "held": "right answers to all sequences with that cell held at zero, (seeds, cells, "
        "n_out + 1)",
        "windows": "answers in a sequence, at each position and for the exact match, (n_out + 1,)",
        "values": "that make up each exact match, (answers,)",
        "drawn": "as of predictions, (n_out,)",
        "alphabet": "of the task, with its symbols, ()",
        "encoding": "of the task, ()",
        "sha256": "digest of these arrays, ()",
    },
    layout.ENVIRONMENT: {
        "python": "its version",
        "packages": "versions of those that affect results",
        "system": "the operating system",
        "machine": "the architecture of the processor",
        "cpu": "the model of the processor",
        "instruction_sets": "of the processor, those that matter for bits",
        "threads": "of each job",
        "variables": "environment variables that can change numbers",
    },
    layout.MANIFEST: {
        "version": "its name",
        "digest": "one SHA-256 of the exact files: of their paths and digests",
        "files": "each file by its path: `bytes`, `sha256` and `class`",
        "configuration": "that of config.yaml",
        "configuration_digest": "its SHA-256",
        "code": "the `commit`, and whether the tree was `clean`; null outside git",
        "lock_digest": "SHA-256 of requirements.lock",
        "environment": "that of environment.json",
        "bits_promised": "whether the same bits are promised on this machine",
        "seal": "SHA-256 of the manifest itself, without this key",
    },
}
