"""What the files of a version contain: every file by its path, and their keys.

The columns of tables are declared by the tables themselves, and so is what figures show.
"""

import re
from dataclasses import dataclass

from echoseq.evaluation.readouts import Case
from echoseq.tables.catalogue import TABLES
from echoseq.training import files
from echoseq.versions.manifest import MANIFEST

SNAPSHOT = "data/<task>/<snapshot>.npz"
PREDICTIONS = "runs/<experiment>/predictions.npz"
PROBES = "runs/<experiment>/probes.npz"
MODEL, HISTORY, RECORD, TIMING = (
    f"runs/<experiment>/seed-<n>/{name}"
    for name in (files.MODEL, files.HISTORY, files.RECORD, files.TIMING)
)
ENVIRONMENT = "environment.json"


@dataclass(frozen=True)
class File:
    """A kind of file in the folder of a version.

    path: inside the folder; <name> stands for any name, and ... at the end for whatever follows.
    content: what it contains.
    listed: whether the manifest lists it.
    """

    path: str
    content: str
    listed: bool = True

    def matches(self, path: str) -> bool:
        """Whether a file of a version is of this kind, by its path in the folder."""
        pattern = re.sub(r"<\w+>", "[^/]+", re.escape(self.path))
        return re.fullmatch(re.sub(r"(\\\.){3}$", ".+", pattern), path) is not None


FILES = (
    File("config.yaml", "the configuration, with every default written out"),
    File(ENVIRONMENT, "the software, the processor, and variables that can change numbers"),
    File(MANIFEST, "every file with its size, SHA-256 and class, and their origin", listed=False),
    File("data/<task>/seed-<n>.npz", "the sequences that the runs with a seed are trained on"),
    File("data/<task>/evaluation.npz", "the held-out sequences"),
    File("data/<task>/probes.npz", "the sequences that probes are fitted to and judged on"),
    File(MODEL, "the trained network: `keras.models.load_model` is all it needs"),
    File(HISTORY, "loss and accuracy, a row for each epoch"),
    File(RECORD, "the record of a run: what determined it, how it ended, and digests"),
    File(TIMING, "how long training took"),
    File(PREDICTIONS, "the answers of every seed to the held-out sequences"),
    File("runs/<experiment>/listing.txt", "one held-out sequence, expected and predicted"),
    File(PROBES, "what probes read from the states of the encoder"),
    File(
        "checkpoints/<experiment>/seed-<n>/...",
        "runs in progress, and those that were killed; removed when they are done",
        listed=False,
    ),
    File("tables/<table>.csv", "the [tables](#the-tables)"),
    File("tables/extensions/<table>.csv", "those that the study has too, for all experiments"),
    File(
        "tables/<table>.csv.sha256",
        "the SHA-256 of a table, for `sha256sum --check`; all tables have one beside them",
        listed=False,
    ),
    File("figures/<figure>.pdf", "the [figures](#the-figures)"),
    File("figures/<figure>.svg", "the same"),
    File("figures/<figure>.png", "the same"),
    File("figures/<figure>.txt", "their captions"),
    File("paper.pdf", "the paper"),
    File("page.html", "the [page](page.md), made by `snakemake page`"),
    File("report/...", "the pages of the report, and its captions"),
    File("report.zip", "the report, made by `make report`"),
    File("logs/...", "the log of every job"),
    File("benchmarks/<rule>/...", "time and memory of training, evaluation and probing"),
    File("benchmarks/<table>.csv", "the tables of how long training took"),
)


KEYS = {
    RECORD: {
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
        "final_loss": f"mean over the last {files.FINAL_EPOCHS} epochs",
        "final_accuracy": f"in training, mean over the last {files.FINAL_EPOCHS} epochs",
        "digest": "SHA-256 of the trained weights",
        "initial_digest": "SHA-256 of the weights before training",
        "history_digest": "SHA-256 of the losses and accuracies of all epochs, as float32",
    },
    HISTORY: {
        "epoch": "counted from 1; each trains on the next sequence",
        "loss": "of the sequence, in nats; with the linear representation, the squared error. The "
        "losses of a model of one's own, such as regularizers, are added",
        "accuracy": "share of right values in the sequence, before each update",
    },
    TIMING: {
        key: meaning
        for key, meaning in TABLES["training_seconds"].columns.items()
        if key not in ("experiment", "seed")
    },
    SNAPSHOT: {
        "sequences": "the integers, (sequences, length)",
        "origin": "how they were drawn, as JSON: the purpose, the seed, the count, the length, the "
        "alphabet, the distribution, the generator, and the digest of `sequences` (`sha256`)",
    },
    PREDICTIONS: {
        "seeds": "of the runs, (seeds,)",
        "sequences": "the held-out integers, (sequences, length)",
        "tokens": "the integers that were answered, (seeds, sequences, windows, n_out)",
        "loss": "in nats, mean over complete windows, (seeds, sequences, n_out); with the linear "
        "representation, the squared error on the scale 0..1",
        "distance": "absolute error in integers, mean over complete windows, (seeds, sequences, "
        "n_out)",
        "n_in": "of the task, ()",
        "alphabet": "of the task, ()",
        "keep_missing": "whether windows that miss values are kept, ()",
        "encoding": "of the task, ()",
        "sha256": "digest of these arrays, ()",
    },
    PROBES: {
        "seeds": "of the runs, (seeds,)",
        **{key: f"{TABLES['probes_of_seeds'].columns[key]}; (cases,)" for key in Case._fields},
        "correct": "windows whose value was read rightly, (seeds, cases, sequences)",
        "loss": "cross-entropy in nats, mean over the windows, (seeds, cases, sequences)",
        "windows": "in a sequence, ()",
        "alphabet": "of the task, ()",
        "n_out": "of the task, ()",
        "sha256": "digest of these arrays, ()",
    },
    ENVIRONMENT: {
        "python": "its version",
        "packages": "versions of those that affect results",
        "system": "the operating system",
        "machine": "the architecture of the processor",
        "cpu": "the model of the processor",
        "instruction_sets": "of the processor, those that matter for bits",
        "threads": "of each job",
        "variables": "environment variables that can change numbers",
    },
    MANIFEST: {
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
