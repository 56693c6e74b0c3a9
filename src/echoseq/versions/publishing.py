"""Publishing: keeping the small files of a version permanently, all or none of them."""

import hashlib
import shutil
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from echoseq.errors import EchoseqError
from echoseq.files import canonical_json, file_digest, write_text
from echoseq.study.reading import load
from echoseq.versions.crate import WORKFLOW, crate_metadata
from echoseq.versions.jobs import Job
from echoseq.versions.manifest import (
    CRATE,
    MANIFEST,
    SOURCE,
    VOLATILE,
    Entry,
    Manifest,
    class_of,
    describe_files,
    listed,
    read_manifest,
    require_whole,
    seal,
    shortened,
)
from echoseq.versions.records import RECORDS, Records, covered, read_records, records_text

LIMIT = 5 * 2**20  # bytes in total, because published versions are kept in git


# Files that the version does not have in this form.
ADDED = (CRATE, WORKFLOW, RECORDS)
# Left out: images of what the SVG shows, and the worst echoes and curves of the extensions
# that nothing else is made from (the study's are published).
LEFT_OUT = (
    (".pdf", ".png"),
    ("tables/extensions/echoes.csv", "tables/extensions/learning.csv"),
)


def to_publish(manifest: Manifest) -> list[str]:
    """The files of a version that are published as they are: its results, and its origin."""
    single_files = {"config.yaml", "environment.json", "paper.pdf"}
    formats, tables = LEFT_OUT

    def chosen(text: str) -> bool:
        path = PurePosixPath(text)
        drawn = path.parts[0] == "figures" and path.suffix not in formats
        return drawn or (path.parts[0] == "tables" and text not in tables) or text in single_files

    return sorted(filter(chosen, manifest["files"]))


def published_manifest(
    manifest: Manifest, paths: Iterable[str], added: Mapping[str, Entry]
) -> Manifest:
    """The manifest of a published version, from that of the version.

    `published` lists what is there; `files` keeps the exact and numeric files of the whole version,
    except those that a record covers.

    Args:
        paths: of the version's files that are published.
        added: further published files, described.
    """
    published = {path: manifest["files"][path] for path in paths}
    kept = {p: e for p, e in manifest["files"].items() if e["class"] != VOLATILE and not covered(p)}
    return seal(manifest | {"files": kept, "published": published | dict(added)})


def publish(
    folder: Path,
    target: Path,
    *,
    workflow: Path,
    jobs: Iterable[Job],
    sources: Iterable[Path] = (),
) -> str:
    """Publish the version in `folder` as `target`, unless it was published with the same content.

    Args:
        workflow: the Snakefile.
        jobs: those that made the version.
        sources: the user's own models and figures, in the working directory.

    Returns:
        A one-line message about what was done.

    Raises:
        EchoseqError: if the version is damaged or too large, or `target` has other content.
    """
    manifest = read_manifest(folder)
    require_whole(folder, manifest)
    paths = to_publish(manifest)
    found = read_records(folder)
    configured = _configured(found, manifest)
    records = records_text(configured)
    own = {f"{SOURCE}/{path.as_posix()}": path for path in sources}
    if target.exists():
        require_whole(target, read_manifest(target))
        _require_same(manifest, paths, records, own, target)
        return f"{target}: already published, with the same content"
    part = target.with_name(f".{target.name}.part")
    shutil.rmtree(part, ignore_errors=True)  # from a run that was killed
    try:
        crate = crate_metadata(folder, manifest, jobs, paths, sources=own, at=datetime.now(UTC))
        _copy({path: folder / path for path in paths} | own, part)
        shutil.copyfile(workflow, part / WORKFLOW)
        write_text(part / RECORDS, records)
        write_text(part / CRATE, canonical_json(crate) + "\n")
        added = describe_files(part, (*ADDED, *own), bits_promised=manifest["bits_promised"])
        published = published_manifest(manifest, paths, added)
        write_text(part / MANIFEST, canonical_json(published) + "\n")
        size = sum(path.stat().st_size for path in part.rglob("*") if path.is_file())
        if size > LIMIT:
            raise EchoseqError(
                f"{target}: expected at most {LIMIT / 2**20:g} MiB in total, got "
                f"{size / 2**20:.2f} MiB; nothing was published"
            )
        require_whole(part, read_manifest(part))
        part.rename(target)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    others = len(found) - len(configured)
    left_out = f" ({others} that its configuration does not have are left out)" if others else ""
    return (
        f"{target}: published, {len(paths)} files of the version and the records of "
        f"{len(configured)} runs{left_out}, {size / 2**20:.2f} MiB in total"
    )


def _configured(records: Records, manifest: Manifest) -> Records:
    """The records of the runs of the configuration: those of an earlier one may still be there."""
    study = load(manifest["configuration"])
    seeds = {name: set(study.seeds_of(name)) for name in study.experiments}
    return {run: record for run, record in records.items() if run[1] in seeds.get(run[0], ())}


def _require_same(
    manifest: Manifest, paths: list[str], records: str, own: Mapping[str, Path], target: Path
) -> None:
    ours = {path: manifest["files"][path] for path in paths}
    digests = {path: file_digest(source) for path, source in own.items()}
    digests[RECORDS] = hashlib.sha256(records.encode()).hexdigest()
    bits_promised = manifest["bits_promised"]
    ours |= {
        path: {"sha256": digest, "class": class_of(path, bits_promised=bits_promised)}
        for path, digest in digests.items()
    }
    theirs = {p: e for p, e in listed(read_manifest(target)).items() if p not in {CRATE, WORKFLOW}}
    differing = [
        path
        for path in sorted(ours.keys() | theirs.keys())
        if path not in ours
        or path not in theirs
        or (ours[path]["class"] != VOLATILE and ours[path]["sha256"] != theirs[path]["sha256"])
    ]
    if differing:
        raise EchoseqError(
            f"{target}: already published with other content ({shortened(differing)}); a published "
            f"version never changes, so give this one another name (version in the configuration)"
        )


def _copy(files: Mapping[str, Path], part: Path) -> None:
    for path, file in files.items():
        (part / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, part / path)
