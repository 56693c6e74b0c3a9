"""The records of a version's runs: a file each, or in a published version one file for all."""

import json
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from echoseq.data.snapshots import seed_of
from echoseq.errors import EchoseqError
from echoseq.files import canonical_json
from echoseq.training.files import HISTORY, RECORD
from echoseq.training.records import read_record

RECORDS = "runs.json"
# The files of a run that a record stands for: itself, and the history, whose digest it holds.
COVERED = (RECORD, HISTORY)

Run = tuple[str, int]  # the name of the experiment, and the seed
Records = dict[Run, dict[str, Any]]


def read_records(folder: Path) -> Records:
    """The records of all runs of a version, sorted by run.

    Raises:
        EchoseqError: if one is damaged.
    """
    if (folder / RECORDS).is_file():
        return _read_packed(folder / RECORDS)
    paths = folder.glob(f"runs/*/seed-*/{RECORD}")
    runs = {(path.parents[1].name, seed_of(path.parent)): path for path in paths}
    return {run: read_record(runs[run]) for run in sorted(runs)}


def covered(path: str) -> bool:
    """Whether a file of a version is one that a record stands for, by its path."""
    parts = PurePosixPath(path).parts
    return parts[0] == "runs" and parts[-1] in COVERED


def records_text(records: Mapping[Run, Mapping[str, Any]]) -> str:
    """All records as JSON, a line for each experiment.

    `all` holds what is the same in all its runs, `seeds` the rest by seed.
    """
    by_name: dict[str, dict[int, Mapping[str, Any]]] = {}
    for name, seed in sorted(records):
        by_name.setdefault(name, {})[seed] = records[name, seed]
    lines = [f"{json.dumps(name)}: {canonical_json(_packed(own))}" for name, own in by_name.items()]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _packed(by_seed: Mapping[int, Mapping[str, Any]]) -> dict[str, Any]:
    first, *others = by_seed.values()
    shared = {k: v for k, v in first.items() if all(k in o and o[k] == v for o in others)}
    own = {
        str(seed): {key: value for key, value in record.items() if key not in shared}
        for seed, record in by_seed.items()
    }
    return {"all": shared, "seeds": own}


def _read_packed(path: Path) -> Records:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        records = {
            (name, int(seed)): entry["all"] | own
            for name, entry in content.items()
            for seed, own in entry["seeds"].items()
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise EchoseqError(f"{path}: expected the records of runs, cannot read them") from error
    return {run: records[run] for run in sorted(records)}
