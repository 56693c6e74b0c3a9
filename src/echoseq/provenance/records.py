"""The records of a version's runs: a file each, or in a published version one file for all."""

import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from echoseq.checked import mistake
from echoseq.errors import DamagedError
from echoseq.files import canonical_json
from echoseq.layout import CONFIG, RECORDS, top_of
from echoseq.packing import stored
from echoseq.places import HISTORY, RECORD, RUNS, experiment_of, seed_in, seed_of, version_of
from echoseq.provenance.schema import LARGE, PackedRecords
from echoseq.provenance.strays import stray
from echoseq.stored import read_json
from echoseq.study.reading import read_yaml
from echoseq.study.schema import TRAINING_KEYS
from echoseq.training.records import read_record
from echoseq.training.schema import RunRecord

# The files of a run that a record stands for: itself, and the history, whose digest it holds.
COVERED = (RECORD, HISTORY)

RunName = tuple[str, int]  # the name of the experiment, and the seed
Records = dict[RunName, dict[str, Any]]


def record_paths(folder: Path) -> dict[RunName, Path]:
    """The records of the runs in a version's folder, sorted by run; only seed-<n> is one."""
    found = {}
    for path in folder.glob(f"{RUNS}/*/*/{RECORD}"):
        name = path.relative_to(folder).as_posix()
        if stray(name) is None:
            found[experiment_of(path.parent), seed_of(path.parent)] = path
    return {run: found[run] for run in sorted(found)}


def read_records(folder: Path, chosen: Collection[RunName] | None = None) -> Records:
    """The records of the runs of a version, sorted by run.

    Args:
        chosen: of these runs only; by default of all.

    Raises:
        DamagedError: if one is damaged, or is that of another run.
    """
    published = stored(folder / RECORDS)
    if published.is_file():
        paths: Mapping[RunName, Path] = {}
        records = _read_packed(published)
    else:
        paths = record_paths(folder)
        records = {run: read_record(paths[run]) for run in paths if chosen is None or run in chosen}
    if chosen is not None:
        records = {run: records[run] for run in records if run in chosen}
    _require_own(folder, records, paths)
    return records


def record_beside(path: Path) -> dict[str, Any] | None:
    """The record of the run that a file belongs to, as `own_record` reads it; None without one."""
    record = path.with_name(RECORD)
    return own_record(record) if record.is_file() else None


def own_record(path: Path) -> dict[str, Any]:
    """Read a run.json in the folder of its run.

    Raises:
        DamagedError: if it is damaged, or is that of another run.
    """
    record, folder = read_record(path), path.absolute().parent
    version, seed = version_of(folder), seed_in(folder.name)
    if version is not None and seed is not None:
        run = experiment_of(folder), seed
        _require_own(version, {run: record}, {run: path})
    return record


def _require_own(folder: Path, records: Records, paths: Mapping[RunName, Path]) -> None:
    """Refuse the record of another run; that of an experiment that trains alike is a copy."""
    found = {run: (record.get("experiment"), record.get("seed")) for run, record in records.items()}
    copied = any(name != run[0] for run, (name, _) in found.items())
    configuration = _configuration(folder) if copied else {}
    for run, (name, seed) in found.items():
        if seed != run[1] or (name != run[0] and not _trains_alike(configuration, run[0], name)):
            raise DamagedError(
                f"{paths.get(run, folder / RECORDS)}: expected the record of {run[0]}, seed "
                f"{run[1]}, got that of {name}, seed {seed}"
            )


def _configuration(folder: Path) -> dict[str, Any]:
    """The configuration of a version; empty where there is none, as for runs trained again."""
    return read_yaml(folder / CONFIG) if (folder / CONFIG).is_file() else {}


def _trains_alike(configuration: Mapping[str, Any], name: str, other: Any) -> bool:
    """Whether two experiments train in the same way; unknown if the first is not configured."""
    experiments = configuration.get("experiments", {})
    if name not in experiments:
        return True
    return other in experiments and (
        _training(configuration, name) == _training(configuration, other)
    )


def _training(configuration: Mapping[str, Any], name: str) -> dict[str, Any]:
    """What determines the training of an experiment, in a configuration of any age."""
    experiment = configuration["experiments"][name]
    task = configuration["tasks"][experiment["task"]]
    facts = {key: value for key, value in task.items() if key != "sequences"}
    return facts | {key: experiment.get(key) for key in TRAINING_KEYS}


def trained_runs(records: Mapping[RunName, Mapping[str, Any]]) -> set[RunName]:
    """The runs that were trained: a copy's record names the experiment that trained it."""
    return {(record["experiment"], seed) for (_, seed), record in records.items()}


def covered(path: str) -> bool:
    """Whether a file of a version is one that a record stands for, by its path."""
    return top_of(path) == RUNS and path.rpartition("/")[2] in COVERED


def records_text(records: Mapping[RunName, Mapping[str, Any]]) -> str:
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
    content = read_json(path, PackedRecords, "the records of runs", LARGE)
    records = {
        (name, int(seed)): _unpacked(path, name, seed, entry["all"], own)
        for name, entry in content.items()
        for seed, own in entry["seeds"].items()
    }
    return {run: records[run] for run in sorted(records)}


def _unpacked(
    path: Path, name: str, seed: str, shared: dict[str, Any], own: dict[str, Any]
) -> dict[str, Any]:
    record = shared | own
    try:
        RunRecord.model_validate(record)
    except ValidationError as error:
        key = error.errors()[0]["loc"][0]
        at = [name, "all"] if key in shared and key not in own else [name, "seeds", seed]
        raise DamagedError(f"{path}: {mistake(error, at)}") from error
    return record
