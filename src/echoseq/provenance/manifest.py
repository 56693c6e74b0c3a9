"""The manifest of a version: every file with size, SHA-256 and class, and the version's origin."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from echoseq.errors import DamagedError, EchoseqError
from echoseq.files import canonical_json, file_digest, walk
from echoseq.layout import EXACT, MANIFEST, class_of, is_listed, is_rewritten, owner_of
from echoseq.places import DATA, RUNS
from echoseq.provenance import schema
from echoseq.provenance.schema import LARGE
from echoseq.provenance.strays import stray
from echoseq.stored import read_json
from echoseq.study.reading import load
from echoseq.study.schema import Study

MAX_NAMES = 3  # listed in a message

Entry = dict[str, Any]
Manifest = dict[str, Any]


@dataclass(frozen=True)
class Problem:
    """A file that does not match the manifest, or does not belong to the version.

    kind: `changed`, `missing` or `added`; `not a run` or `not a snapshot`, of a file or a folder
        among these; `broken link`.
    """

    kind: str
    path: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.path}"


def list_files(folder: Path) -> list[str]:
    """The files of a version, sorted, in linked folders too.

    Without the manifest, hidden files, checkpoints, the digests of tables, and what is among the
    runs without being one.
    """
    there = (path for path in _visible(folder) if (folder / path).is_file())
    return sorted(path for path in there if stray(path) is None)


def _visible(folder: Path) -> Iterator[str]:
    """The paths in the folder of a version, also of strays and of links that lead nowhere."""
    return filter(is_listed, (path.relative_to(folder).as_posix() for path in walk(folder)))


def files_of(folder: Path, study: Study) -> list[str]:
    """The files of a version without data and runs that its configuration does not have.

    These may be left from an earlier configuration, with more seeds or other experiments.
    """
    seeds = {(RUNS, name): study.seeds_of(name) for name in study.experiments}
    seeds |= {(DATA, name): study.seeds_of_task(name) for name in study.tasks}

    def wanted(path: str) -> bool:
        owner = owner_of(path)
        if owner is None:
            return True
        folder, name, seed = owner
        return (folder, name) in seeds and (seed is None or seed in seeds[folder, name])

    return [path for path in list_files(folder) if wanted(path)]


def describe_files(folder: Path, paths: Iterable[str], *, bits_promised: bool) -> dict[str, Entry]:
    """Size, SHA-256 and class of files, by path."""
    return {
        path: {
            "bytes": (folder / path).stat().st_size,
            "sha256": file_digest(folder / path),
            "class": class_of(path, bits_promised=bits_promised),
        }
        for path in paths
    }


def exact_digest(files: Mapping[str, Entry]) -> str:
    """One SHA-256 of the exact files: their paths and digests, sorted."""
    lines = [f"{e['sha256']}  {path}\n" for path, e in sorted(files.items()) if e["class"] == EXACT]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def seal(content: Mapping[str, Any]) -> Manifest:
    """The manifest with a digest of its own content, so that damage to it is noticed."""
    unsealed = {key: value for key, value in content.items() if key != "seal"}
    return unsealed | {"seal": hashlib.sha256(canonical_json(unsealed).encode()).hexdigest()}


def build_manifest(
    folder: Path,
    *,
    configuration: dict[str, Any],
    code: dict[str, Any],
    lock_digest: str,
    environment: dict[str, Any],
    bits_promised: bool,
    paths: Iterable[str] | None = None,
) -> Manifest:
    """Describe a version from the files in its folder.

    Args:
        paths: of the files that belong to it; by default all.
        configuration: with every default written out.
        code: from `environment.code_state`.
        environment: from `environment.environment`.
    """
    chosen = list_files(folder) if paths is None else paths
    files = describe_files(folder, chosen, bits_promised=bits_promised)
    content = {
        "version": configuration["version"],
        "digest": exact_digest(files),
        "files": files,
        "configuration": configuration,
        "configuration_digest": hashlib.sha256(canonical_json(configuration).encode()).hexdigest(),
        "code": code,
        "lock_digest": lock_digest,
        "environment": environment,
        "bits_promised": bits_promised,
    }
    return seal(content)


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of a version.

    Raises:
        EchoseqError: if it is missing; DamagedError: if it is damaged.
    """
    path = folder / MANIFEST
    what = "the manifest of a version"
    if not path.exists():
        raise EchoseqError(f"{path}: expected {what}, found none")
    manifest = read_json(path, schema.Manifest, what, LARGE)
    if seal(manifest) != manifest:
        raise DamagedError(f"{path}: damaged, the content does not match its digest (seal)")
    return manifest


def study_of(folder: Path, manifest: Manifest) -> Study:
    """The configuration of a version.

    Raises:
        EchoseqError: if it is not one of this version of the program.
    """
    try:
        return load(manifest["configuration"])
    except EchoseqError as error:
        raise EchoseqError(f"{folder / MANIFEST}: configuration: {error.first}") from error


def listed(manifest: Manifest) -> dict[str, Entry]:
    """The files that should accompany a manifest; in a published version, those published."""
    files: dict[str, Entry] = manifest["published" if "published" in manifest else "files"]
    return files


def check(folder: Path, manifest: Manifest) -> list[Problem]:
    """Check a version against its manifest; returns the differences, sorted by path.

    Logs, benchmarks and the report only have to exist, because later steps rewrite them.
    """
    files, there = listed(manifest), list(_visible(folder))
    found = {path for path in there if (folder / path).is_file()}
    problems = {Problem("missing", path) for path in files.keys() - found}
    problems |= {Problem("broken link", path) for path in there if _broken(folder / path)}
    for path in found:
        astray = stray(path)
        if astray is not None:
            what, name = astray
            problems.add(Problem(f"not a {what}", name))
        elif is_rewritten(path):
            continue
        elif path not in files:
            problems.add(Problem("added", path))
        elif _changed(folder / path, files[path]):
            problems.add(Problem("changed", path))
    return sorted(problems, key=lambda problem: (problem.path, problem.kind))


def _broken(path: Path) -> bool:
    return path.is_symlink() and not path.exists()


def _changed(path: Path, entry: Entry) -> bool:
    return path.stat().st_size != entry["bytes"] or file_digest(path) != entry["sha256"]


def require_whole(folder: Path, manifest: Manifest) -> None:
    """Refuse a version that has files missing or changed.

    Raises:
        DamagedError: the message names them.
    """
    damaged = [str(p) for p in check(folder, manifest) if p.kind in ("changed", "missing")]
    if damaged:
        raise DamagedError(
            f"{folder}: does not match its manifest ({shortened(damaged)}); make these files "
            f"again or restore them"
        )


def shortened(names: list[str]) -> str:
    """The first names, and the number of further ones."""
    more = f" and {len(names) - MAX_NAMES} more" if len(names) > MAX_NAMES else ""
    return ", ".join(names[:MAX_NAMES]) + more
