"""Two versions side by side: configuration, environment, files, tables."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from echoseq.versions.manifest import VOLATILE, Manifest, read_manifest, require_whole
from echoseq.versions.rows import KEYS, Rows, differing_values, read_rows

IGNORED = ("config.yaml",)  # contains the name of the version; compared key by key instead
WORST = "echoes.csv"  # its rows are identified by these keys only: the seed is a result
WORST_KEYS = ("experiment", "position")
INTERVAL = ("mean", "low", "high")
MAX_LINES = 12  # printed for one kind of difference


@dataclass(frozen=True)
class Difference:
    """A value that differs; None where a version does not have it."""

    what: str
    a: Any
    b: Any


@dataclass(frozen=True)
class Metric:
    """A mean accuracy with its interval (mean, low, high) in both versions, as written."""

    what: str
    a: list[str]
    b: list[str]


@dataclass(frozen=True)
class Comparison:
    """The differences between two versions, and their shared metrics."""

    configuration: list[Difference]
    environment: list[Difference]
    files: list[Difference]
    tables: list[Difference]
    metrics: list[Metric]

    @property
    def same(self) -> bool:
        """Whether the versions agree, possibly from different machines."""
        return not (self.configuration or self.files or self.tables)


def compare(a: Path, b: Path, tolerance: float | None = None) -> Comparison:
    """Compare two versions, which may be published ones, by their folders.

    Args:
        tolerance: numbers in tables that differ by at most this count as the same. Digests of
            weights, the worst echoes and the bytes of all files except the data are then ignored.
            Without a tolerance, everything must have the same bits.

    Raises:
        EchoseqError: if a version is damaged or has no manifest.
    """
    manifests = read_manifest(a), read_manifest(b)
    for folder, manifest in zip((a, b), manifests):
        require_whole(folder, manifest)
    tables = sorted(_tables(a) & _tables(b))
    return Comparison(
        configuration=_differences(
            *({k: v for k, v in m["configuration"].items() if k != "version"} for m in manifests)
        ),
        environment=_differences(*map(_origin, manifests)),
        files=_file_differences(*manifests, bits=tolerance is None),
        tables=[d for name in tables for d in _table_differences(name, a, b, tolerance)],
        metrics=_metrics(tables, a, b),
    )


def as_json(comparison: Comparison) -> str:
    """A comparison in full, for programs."""
    return json.dumps({"same": comparison.same} | asdict(comparison), indent=2)


def as_text(comparison: Comparison, a: str, b: str) -> str:
    """A comparison as readable text; long lists are shortened."""
    differing = [metric for metric in comparison.metrics if metric.a != metric.b]
    lines = [f"A: {a}", f"B: {b}"]
    for title, found in {
        "configuration": comparison.configuration,
        "environment": comparison.environment,
        "files": comparison.files,
        "tables": comparison.tables,
    }.items():
        lines += _section(title, [f"{d.what}: {_value(d.a)} | {_value(d.b)}" for d in found])
    lines += _section(
        f"metrics (mean [interval]), {len(comparison.metrics)} in both",
        [f"{m.what}: {_interval(m.a)} | {_interval(m.b)}" for m in differing],
        limit=len(differing),
    )
    lines.append("the same" if comparison.same else "different")
    return "\n".join(lines)


def _section(title: str, entries: list[str], limit: int = MAX_LINES) -> list[str]:
    if not entries:
        return [f"{title}: no difference"]
    more = (
        [f"  ... and {len(entries) - limit} more (--json has all)"] if len(entries) > limit else []
    )
    return [f"{title}: {len(entries)} differ", *(f"  {entry}" for entry in entries[:limit]), *more]


def _value(value: Any) -> str:
    return "-" if value is None else str(value)


def _interval(values: list[str]) -> str:
    return f"{values[0]} [{values[1]}, {values[2]}]"


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


def _file_differences(a: Manifest, b: Manifest, *, bits: bool) -> list[Difference]:
    ours, theirs = _digests(a), _digests(b)
    return [
        Difference(path, ours.get(path), theirs.get(path))
        for path in sorted(ours.keys() | theirs.keys())
        if ours.get(path) != theirs.get(path)
        and (bits or path.startswith("data/") or path not in ours or path not in theirs)
    ]


def _digests(manifest: Manifest) -> dict[str, str]:
    return {
        path: entry["sha256"]
        for path, entry in manifest["files"].items()
        if entry["class"] != VOLATILE and path not in IGNORED
    }


def _tables(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.glob("tables/**/*.csv")}


def _table_differences(name: str, a: Path, b: Path, tolerance: float | None) -> list[Difference]:
    if tolerance is not None and name.endswith(WORST):
        return []
    return [
        Difference(f"{name}: {row}: {column}", ours, theirs)
        for row, column, ours, theirs in differing_values(
            _rows(a / name), _rows(b / name), tolerance=tolerance or 0.0
        )
        if tolerance is None or column != "digest"
    ]


def _rows(path: Path) -> Rows:
    return read_rows(path, WORST_KEYS if path.name == WORST else KEYS)


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
