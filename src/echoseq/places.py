"""What steps know of the files of a version: its folders, the files of a run, names of seeds.

`layout` knows the rest. This is apart from it because a step runs again when the code that it
imports changes: training should not because a document gets one more file.
"""

import re
from pathlib import Path

from echoseq.errors import EchoseqError

DATA, RUNS, TABLES, BENCHMARKS = "data", "runs", "tables", "benchmarks"  # folders of a version
EXTENSIONS = "extensions"  # a folder in TABLES: tables of the study too, for all experiments
TABLE, TABLE_OF_ALL = f"{TABLES}/{{table}}.csv", f"{TABLES}/{EXTENSIONS}/{{table}}.csv"
TABLE_OF_TIMES = f"{BENCHMARKS}/{{table}}.csv"
CHECKPOINTS = "checkpoints"  # a folder of a version; no rule declares its files
MODEL, HISTORY, RECORD, TIMING = "model.keras", "history.csv", "run.json", "timing.json"
RUN_FILES = (MODEL, HISTORY, RECORD, TIMING)
DIGEST = ".csv.sha256"  # how the names of the files with the digests of tables end
SEED = "seed-{seed}"  # the name of what belongs to a seed
SEEDED = re.compile(r"seed-(0|[1-9][0-9]*)")


def seed_name(seed: int) -> str:
    """The name of what belongs to a seed: seed-<n>, without the suffix of a file."""
    return SEED.format(seed=seed)


def is_like_seed(name: str) -> bool:
    """Whether a name begins as that of something that belongs to a seed, if not in plain digits."""
    return name.lower().startswith("seed-")


def seed_in(name: str) -> int | None:
    """The seed in seed-<n>, in plain digits and without leading zeros; None for other names."""
    match = SEEDED.fullmatch(name)
    return int(match[1]) if match else None


def seed_of(path: Path) -> int:
    """The seed in the name of a training snapshot, seed-<n>.npz, or of a run's folder, seed-<n>.

    Raises:
        EchoseqError: if it has another name.
    """
    seed = seed_in(path.name.removesuffix(".npz"))
    if seed is None:
        raise EchoseqError(f"{path}: expected the name seed-<n>, with n in plain digits")
    return seed


def run_folder(experiment: str, seed: int) -> str:
    """The folder of a run, in that of its version: runs/<experiment>/seed-<n>."""
    return f"{RUNS}/{experiment}/{seed_name(seed)}"


def experiment_of(path: Path) -> str:
    """The experiment of the folder of a run, or of a file of all its runs, by the folder around."""
    return path.parent.name


def version_of(run: Path) -> Path | None:
    """The folder of the version that the folder of a run is in; None if it lies elsewhere."""
    return run.parents[2] if run.parent.parent.name == RUNS else None


def checkpoint_folder(run: Path) -> Path:
    """The checkpoints of a run, from its folder, <version>/runs/<experiment>/seed-<n>."""
    return run.parents[2] / CHECKPOINTS / experiment_of(run) / run.name
