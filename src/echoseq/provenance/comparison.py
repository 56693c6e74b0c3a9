"""Two versions side by side: configuration, environment, files, runs, tables."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from echoseq.layout import ANSWERS, CONFIG, RECORDS, VOLATILE
from echoseq.packing import plain
from echoseq.places import DATA, TABLES, seed_name
from echoseq.provenance.manifest import (
    Manifest,
    list_files,
    read_manifest,
    require_whole,
)
from echoseq.provenance.records import Records, RunName, covered, read_records
from echoseq.provenance.rows import KEYS, Rows, differing_values, read_rows
from echoseq.provenance.verification import DIGESTS
from echoseq.tables.columns import read_as_written
from echoseq.training.records import program_of

IGNORED = (CONFIG, RECORDS)  # compared key by key, and run by run
WORST = "echoes.csv"  # its rows are identified by these keys only: the seed is a result
WORST_KEYS = ("experiment", "position")
INTERVAL = ("mean", "low", "high")
NAMED = ("tasks", "experiments", "questions")  # parts of the configuration with names


@dataclass(frozen=True)
class Difference:
    """A value that differs; None where a version does not have it."""

    what: str
    a: Any
    b: Any


@dataclass(frozen=True)
class Only:
    """What only one of the versions has, and how many things both have."""

    both: int
    a: list[str]
    b: list[str]


@dataclass(frozen=True)
class TableDifference:
    """How a table differs that both versions have.

    rows, columns: by their names.
    values: of the rows and columns that both have.
    """

    name: str
    rows: Only
    columns: Only
    values: list[Difference]


@dataclass(frozen=True)
class Metric:
    """A mean accuracy with its interval (mean, low, high) in both versions, as written."""

    what: str
    a: list[str]
    b: list[str]


@dataclass(frozen=True)
class Comparison:
    """The differences between two versions, and their shared metrics.

    program: the numbers of the training programs.
    names: tasks, experiments and questions, as far as the versions have others.
    configuration: keys that both have, or that belong to none of these.
    files: those that both have; `other_files` are the rest.
    runs: digests of the runs that both have, copies left out; `other_runs` are the rest.
    answers: questions that both answer differently, with the experiments on them.
    """

    program: Difference | None
    names: dict[str, Only]
    configuration: list[Difference]
    environment: list[Difference]
    files: list[Difference]
    other_files: Only
    runs: list[Difference]
    other_runs: Only
    tables: list[TableDifference]
    answers: dict[str, Only]
    metrics: list[Metric]

    @property
    def same(self) -> bool:
        """Whether the versions agree, possibly from different machines."""
        return self.same_in_both and not any(only.a or only.b for only in self.one_sided.values())

    @property
    def same_in_both(self) -> bool:
        """Whether the versions agree in all that both have, whatever only one of them has.

        A table that has other rows or columns is another file, but its values are compared.
        """
        extended = {table.name for table in self.tables if not table.values}
        return not (
            self.configuration
            or self.runs
            or any(table.values for table in self.tables)
            or any(file.what not in extended for file in self.files)
        )

    @property
    def one_sided(self) -> dict[str, Only]:
        """What only one of the versions has, by kind."""
        kinds = self.names | {"files": self.other_files, "runs": self.other_runs}
        return kinds | {
            f"{part} of {table.name}": only
            for table in self.tables
            for part, only in (("rows", table.rows), ("columns", table.columns))
        }


def compare(a: Path, b: Path, tolerance: float | None = None) -> Comparison:
    """Compare two versions, which may be published ones, by their folders.

    Args:
        tolerance: numbers in tables that differ by at most this count as the same. Digests of
            runs, the worst echoes and the bytes of all files except the data are then ignored.
            Without a tolerance, everything must have the same bits.

    Raises:
        EchoseqError: if a version is damaged or has no manifest.
    """
    manifests = read_manifest(a), read_manifest(b)
    for folder, manifest in zip((a, b), manifests):
        require_whole(folder, manifest)
    records = read_records(a), read_records(b)
    configurations = [m["configuration"] for m in manifests]
    names = {
        part: _only(*(configuration.get(part) or {} for configuration in configurations))
        for part in NAMED
    }
    digests = _digests(*manifests)
    tables = sorted(_tables(a) & _tables(b))
    bits = tolerance is None
    return Comparison(
        program=_program_difference(*records),
        names={part: only for part, only in names.items() if only.a or only.b},
        configuration=_differences(*(_shared(c, names) for c in configurations)),
        environment=_differences(*map(_origin, manifests)),
        files=[d for d in _differing(*digests) if bits or d.what.startswith(f"{DATA}/")],
        other_files=_only(*digests),
        runs=_run_differences(*records) if bits else [],
        other_runs=_other_runs(*records),
        tables=[d for d in (_table_difference(name, a, b, tolerance) for name in tables) if d],
        answers=_answers(a, b, *configurations) if ANSWERS in tables else {},
        metrics=_metrics(tables, a, b),
    )


def as_json(comparison: Comparison) -> str:
    """A comparison in full, for programs."""
    verdict = {"same": comparison.same, "same_in_both": comparison.same_in_both}
    return json.dumps(verdict | asdict(comparison), indent=2)


def _only(a: Mapping[str, Any], b: Mapping[str, Any]) -> Only:
    ours, theirs = ([key for key in one if key not in other] for one, other in ((a, b), (b, a)))
    return Only(len(a.keys() & b.keys()), ours, theirs)


def _differing(a: Mapping[str, Any], b: Mapping[str, Any]) -> list[Difference]:
    """The values that differ, of the keys that both have."""
    shared = sorted(a.keys() & b.keys())
    return [Difference(key, a[key], b[key]) for key in shared if a[key] != b[key]]


def _shared(configuration: Mapping[str, Any], names: Mapping[str, Only]) -> dict[str, Any]:
    """A configuration without its name, and without what only one of the versions has."""
    shared = {key: value for key, value in configuration.items() if key != "version"}
    for part, only in names.items():
        named = shared.get(part) or {}
        shared[part] = {k: v for k, v in named.items() if k not in {*only.a, *only.b}}
    return shared


def _origin(manifest: Manifest) -> dict[str, Any]:
    keys = ("environment", "code", "lock_digest")
    return {key: manifest.get(key) for key in keys}


def _differences(a: Mapping[str, Any], b: Mapping[str, Any]) -> list[Difference]:
    """The differing leaves of nested mappings, by dotted path."""
    ours, theirs = dict(_leaves(a)), dict(_leaves(b))
    keys = sorted(ours.keys() | theirs.keys())
    return [
        Difference(key, ours.get(key), theirs.get(key))
        for key in keys
        if ours.get(key) != theirs.get(key)
    ]


def _leaves(value: Any, path: str = "") -> Iterable[tuple[str, Any]]:
    if not isinstance(value, Mapping):
        yield path, value
        return
    for key, inner in value.items():
        yield from _leaves(inner, f"{path}.{key}" if path else str(key))


def _program_difference(a: Records, b: Records) -> Difference | None:
    ours, theirs = (sorted({program_of(r) for r in records.values()}) for records in (a, b))
    return None if ours == theirs else Difference("training program", ours, theirs)


def _run_differences(a: Records, b: Records) -> list[Difference]:
    """The first digest that differs of each run: those after it depend on it.

    Copies that differ as their run does are left out.
    """
    found: dict[tuple[Any, ...], Difference] = {}
    for run in sorted(a.keys() & b.keys(), key=lambda run: (_is_copy(run, a, b), run)):
        ours, theirs = a[run], b[run]
        keys = [key for key in DIGESTS if ours.get(key) != theirs.get(key)]
        if keys:
            key, values = keys[0], (ours.get(keys[0]), theirs.get(keys[0]))
            trained = (ours["experiment"], theirs["experiment"], run[1], key, *values)
            found.setdefault(trained, Difference(f"{_named(run)}: {key}", *values))
    return sorted(found.values(), key=lambda difference: difference.what)


def _named(run: RunName) -> str:
    return f"{run[0]}/{seed_name(run[1])}"


def _is_copy(run: RunName, *versions: Records) -> bool:
    """Whether a run is a copy of another in every version that has it."""
    return all(records[run]["experiment"] != run[0] for records in versions if run in records)


def _other_runs(a: Records, b: Records) -> Only:
    """The runs that one version has, without copies."""
    names = [{_named(run): 0 for run in records if not _is_copy(run, a, b)} for records in (a, b)]
    return _only(*names)


def _digests(*manifests: Manifest) -> list[dict[str, str]]:
    """The digests of files by path, without those that are compared in another way.

    A published version knows those of files that it does not have, but not those that publishing
    adds or leaves out entirely.
    """
    return [
        {
            path: entry["sha256"]
            for path, entry in manifest["files"].items()
            if entry["class"] != VOLATILE and path not in IGNORED and not covered(path)
        }
        for manifest in manifests
    ]


def _tables(folder: Path) -> set[str]:
    paths = map(plain, list_files(folder))
    return {p for p in paths if p.startswith(f"{TABLES}/") and p.endswith(".csv")}


def _table_difference(
    name: str, a: Path, b: Path, tolerance: float | None
) -> TableDifference | None:
    """How a table differs, if it does."""
    if tolerance is not None and name.endswith(WORST):
        return None
    ours, theirs = _rows(a / name), _rows(b / name)
    rows = _only(ours, theirs)
    columns = _only(*(dict.fromkeys(read_as_written(folder / name).columns) for folder in (a, b)))
    values = [
        Difference(f"{name}: {row}: {column}", one, other)
        for row, column, one, other in differing_values(
            {row: ours[row] for row in ours if row in theirs},
            {row: theirs[row] for row in ours if row in theirs},
            tolerance=tolerance or 0.0,
        )
        if column not in (*columns.a, *columns.b) and (tolerance is None or column != "digest")
    ]
    differs = values or rows.a or rows.b or columns.a or columns.b
    return TableDifference(name, rows, columns, values) if differs else None


def _rows(path: Path) -> Rows:
    return read_rows(path, WORST_KEYS if path.name == WORST else KEYS)


def _answers(
    a: Path, b: Path, configured_a: Mapping[str, Any], configured_b: Mapping[str, Any]
) -> dict[str, Only]:
    """The questions that both answer, in other words, and the experiments that each has on them."""
    ours, theirs = (_rows(folder / ANSWERS) for folder in (a, b))
    both = [question for question in ours if question in theirs]
    differing = [q for q in both if ours[q].get("answer") != theirs[q].get("answer")]
    return {q: _only(_asked(configured_a, q), _asked(configured_b, q)) for q in differing}


def _asked(configuration: Mapping[str, Any], question: str) -> dict[str, Any]:
    experiments = configuration["experiments"].items()
    return {name: facts for name, facts in experiments if facts.get("question") == question}


def _metrics(tables: Iterable[str], a: Path, b: Path) -> list[Metric]:
    """Metrics from the most complete summary that both versions have."""
    names = [name for name in tables if name.endswith("summary.csv")]
    if not names:
        return []
    ours, theirs = (_rows(folder / min(names)) for folder in (a, b))
    return [
        Metric(row, *([rows[row].get(key, "") for key in INTERVAL] for rows in (ours, theirs)))
        for row in ours
        if row in theirs
    ]
