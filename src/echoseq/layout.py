"""The layout of a version: every kind of file in its folder, who makes it, and what is promised.

Paths are those in the folder of a version, with / between their parts. What steps need of them is
in `places`.
"""

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath

from echoseq.packing import plain
from echoseq.places import (
    BENCHMARKS,
    CHECKPOINTS,
    DATA,
    DIGEST,
    HISTORY,
    MODEL,
    RECORD,
    RUNS,
    SEED,
    TABLE,
    TABLE_OF_ALL,
    TABLE_OF_TIMES,
    TIMING,
)

FIGURES, REPORT, LOGS = "figures", "report", "logs"
CONFIG, ENVIRONMENT, MANIFEST = "config.yaml", "environment.json", "manifest.json"
PAPER, PAGE, REPORT_FILE = "paper.pdf", "page.html", "report.zip"
# Published versions alone have these; the last is a folder of the user's own models and figures.
RECORDS, CRATE, WORKFLOW, SOURCE = "runs.json", "ro-crate-metadata.json", "Snakefile", "source"

SNAPSHOT = f"{DATA}/{{task}}/{SEED}.npz"
HELD_OUT, PROBE_DATA = f"{DATA}/{{task}}/evaluation.npz", f"{DATA}/{{task}}/probes.npz"
RUN = f"{RUNS}/{{experiment}}/{SEED}"
PREDICTIONS = f"{RUNS}/{{experiment}}/predictions.npz"
LISTING = f"{RUNS}/{{experiment}}/listing.txt"
PROBES = f"{RUNS}/{{experiment}}/probes.npz"
ABLATIONS = f"{RUNS}/{{experiment}}/ablations.npz"
FIGURE = f"{FIGURES}/{{figure}}"
CHECKPOINT = f"{CHECKPOINTS}/{{experiment}}/{SEED}/..."
TABLE_DIGEST = f"{TABLE}.sha256"
BENCHMARK = f"{BENCHMARKS}/{{rule}}/..."
EXPERIMENTS, SUMMARY, ANSWERS, CLAIMS = (
    TABLE.format(table=name) for name in ("experiments", "summary", "answers", "claims")
)

# What is promised for a file when the same configuration is run again.
EXACT = "exact"  # the same bits
NUMERIC = "numeric"  # similar numbers: where the bits of training are not promised
VOLATILE = "volatile"  # nothing: it contains times, or describes the machine
# Not a class: exact where the bits of training are promised, otherwise numeric.
TRAINED = "trained"

# Later steps rewrite what is in these: it is listed, but may change and grow.
REWRITTEN = (LOGS, BENCHMARKS, REPORT, REPORT_FILE)
# By name, without suffix: tables and figures of what scikit-learn fits. Its linear algebra chooses
# its code by processor.
FITTED = (
    *("probes", "probes_of_seeds", "memory", "ablations", "ablations_of_seeds"),
    *("facts", "answers", "claims"),
)
TABLE_RULES = (
    *("list_experiments", "summarize*", "learning", "compare", "answer", "claims"),
    "compare_published",
)


@dataclass(frozen=True)
class Kind:
    """A kind of file in the folder of a version.

    path: {name} stands for any name, and ... at the end for whatever follows.
    promise: `EXACT`, `NUMERIC`, `VOLATILE` or `TRAINED`, which `class_of` decides.
    rules: that make it; * stands for any text, and {name} for that name in the path. A file that is
        made outside of Snakemake's jobs has none.
    listed: whether the manifest lists it.
    published: whether only published versions have it.
    """

    path: str
    promise: str
    rules: tuple[str, ...] = ()
    listed: bool = True
    published: bool = False

    def names_in(self, path: str) -> dict[str, str] | None:
        """What the names stand for in the path of a file of this kind; None for another file."""
        match = self._pattern.fullmatch(path)
        return None if match is None else match.groupdict()

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(self.path))
        return re.compile(re.sub(r"(\\\.){3}$", ".+", pattern))


KINDS = (
    Kind(CONFIG, EXACT, ("describe",)),
    Kind(ENVIRONMENT, VOLATILE, ("describe",)),
    Kind(MANIFEST, VOLATILE, ("manifest",), listed=False),
    Kind(SNAPSHOT, EXACT, ("snapshot_*",)),
    Kind(HELD_OUT, EXACT, ("held_out",)),
    Kind(PROBE_DATA, EXACT, ("probe_data",)),
    # A zip file that contains times; the digest of its weights is in the record, which is exact.
    Kind(f"{RUN}/{MODEL}", VOLATILE, ("train_*", "share*")),
    Kind(f"{RUN}/{HISTORY}", TRAINED, ("train_*", "share*")),
    Kind(f"{RUN}/{RECORD}", TRAINED, ("train_*", "share*")),
    Kind(f"{RUN}/{TIMING}", VOLATILE, ("train_*", "share*")),
    Kind(PREDICTIONS, TRAINED, ("evaluate_*",)),
    Kind(LISTING, TRAINED, ("evaluate_*",)),
    Kind(PROBES, NUMERIC, ("probe",)),
    Kind(ABLATIONS, NUMERIC, ("ablate",)),  # probes may be fitted for them
    Kind(CHECKPOINT, VOLATILE, listed=False),
    Kind(TABLE, TRAINED, TABLE_RULES),
    Kind(TABLE_OF_ALL, TRAINED, ("summarize_extensions", "learning_extensions")),
    Kind(TABLE_DIGEST, TRAINED, TABLE_RULES, listed=False),
    Kind(f"{TABLE_OF_ALL}.sha256", TRAINED, ("*_extensions",), listed=False),
    *(Kind(f"{FIGURE}.{form}", TRAINED, ("{figure}",)) for form in ("pdf", "svg", "png", "txt")),
    Kind(PAPER, VOLATILE, ("paper",)),  # it names the processor
    Kind(PAGE, NUMERIC, ("write_page",)),  # it has the answers
    Kind(f"{REPORT}/...", VOLATILE, ("*",)),  # the rules of figures write captions
    Kind(REPORT_FILE, VOLATILE),
    Kind(f"{LOGS}/...", VOLATILE, ("*",)),
    Kind(BENCHMARK, VOLATILE, ("{rule}*",)),
    Kind(TABLE_OF_TIMES, VOLATILE, ("timing",)),
    Kind(f"{TABLE_OF_TIMES}.sha256", VOLATILE, ("timing",), listed=False),
    Kind(RECORDS, TRAINED, published=True),
    Kind(CRATE, VOLATILE, published=True),
    Kind(WORKFLOW, EXACT, published=True),
    Kind(f"{SOURCE}/...", EXACT, published=True),
)


def shown(path: str) -> str:
    """The path of a kind for people: <name> for {name}, as in data/<task>/seed-<n>.npz."""
    return re.sub(r"\{(\w+)\}", r"<\1>", path.replace("{seed}", "{n}"))


def kind_of(path: str) -> Kind | None:
    """The kind of a file, by its path in the folder of a version; None if no kind is known."""
    return next((kind for kind in KINDS if kind.names_in(plain(path)) is not None), None)


def class_of(path: str, *, bits_promised: bool) -> str:
    """The class of a file, by its path in the folder of the version.

    A file that the layout does not know may depend on anything, as what is trained does.
    """
    if is_rewritten(path):
        return VOLATILE
    if path == EXPERIMENTS:
        return EXACT
    kind = kind_of(path)
    if kind is not None and kind.promise != TRAINED:
        return kind.promise
    return EXACT if bits_promised and PurePosixPath(plain(path)).stem not in FITTED else NUMERIC


def is_rewritten(path: str) -> bool:
    """Whether later steps may write a file again, so that it has to exist, but may change."""
    return top_of(path) in REWRITTEN


def is_listed(path: str) -> bool:
    """Whether a manifest lists a file: not itself, nor what is hidden, checkpoints and digests."""
    hidden = any(part.startswith(".") for part in path.split("/"))
    return not (hidden or path == MANIFEST or top_of(path) == CHECKPOINTS or path.endswith(DIGEST))


def top_of(path: str) -> str:
    """The first folder on the path of a file, or its name if it lies in none."""
    return path.partition("/")[0]


def owner_of(path: str) -> tuple[str, str, int | None] | None:
    """What a file among the data and the runs belongs to.

    Returns:
        `DATA` or `RUNS`, the name of the task or experiment, and the seed if it is that of one.
        None for other files.
    """
    found = re.match(rf"({DATA}|{RUNS})/([^/]+)/(?:seed-([0-9]+)\b)?", path)
    return found and (found[1], found[2], None if found[3] is None else int(found[3]))
