"""Publishing: keeping the small files of a version permanently, all or none of them."""

import hashlib
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from echoseq.errors import EchoseqError
from echoseq.files import (
    canonical_json,
    clear_unfinished_folders,
    file_digest,
    temporary_name,
    walk,
    write_text,
)
from echoseq.layout import (
    CONFIG,
    CRATE,
    ENVIRONMENT,
    FIGURES,
    MANIFEST,
    PAPER,
    RECORDS,
    SOURCE,
    VOLATILE,
    WORKFLOW,
    class_of,
)
from echoseq.places import TABLE_OF_ALL, TABLES
from echoseq.provenance.crate import crate_metadata
from echoseq.provenance.jobs import Job
from echoseq.provenance.manifest import (
    Entry,
    Manifest,
    describe_files,
    listed,
    read_manifest,
    require_whole,
    seal,
    shortened,
    study_of,
)
from echoseq.provenance.records import (
    RunName,
    covered,
    read_records,
    record_paths,
    records_text,
    trained_runs,
)
from echoseq.study.schema import Study
from echoseq.wording import with_copies

LIMIT = 5 * 2**20  # bytes in total, because published versions are kept in git


# Files that the version does not have in this form.
ADDED = (CRATE, WORKFLOW, RECORDS)
# Left out: images of what the SVG shows, and the worst echoes and curves of the extensions
# that nothing else is made from (the study's are published).
LEFT_OUT = (
    (".pdf", ".png"),
    tuple(TABLE_OF_ALL.format(table=name) for name in ("echoes", "learning")),
)


def to_publish(manifest: Manifest) -> list[str]:
    """The files of a version that are published as they are: its results, and its origin."""
    single_files = {CONFIG, ENVIRONMENT, PAPER}
    formats, tables = LEFT_OUT

    def chosen(text: str) -> bool:
        path = PurePosixPath(text)
        drawn = path.parts[0] == FIGURES and path.suffix not in formats
        return drawn or (path.parts[0] == TABLES and text not in tables) or text in single_files

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


@dataclass(frozen=True)
class _Content:
    """What is published of a version.

    folder: of the version.
    paths: of its files that are published as they are.
    records: the text of runs.json.
    runs: how many runs and copies they are of, in words.
    others: how many more runs there are.
    own: the user's own files, by their paths in the published version.
    """

    folder: Path
    manifest: Manifest
    paths: list[str]
    records: str
    runs: str
    others: int
    own: dict[str, Path]


def publish(
    folder: Path,
    target: Path,
    *,
    workflow: Path,
    jobs: Iterable[Job],
    sources: Iterable[Path] = (),
) -> str:
    """Publish the version in `folder` as `target`, unless it was published with the same content.

    Of two processes that publish at once, one succeeds; to the other it is already published.

    Args:
        workflow: the Snakefile.
        jobs: those that made the version.
        sources: the user's own models and figures, in the working directory.

    Returns:
        A one-line message about what was done.

    Raises:
        EchoseqError: if the version is damaged or too large, or `target` has other content.
    """
    content = _content(folder, sources)
    already = f"{target}: already published, with the same content"
    if _is_published(target, content):
        return already
    part = _new_folder(target)
    try:
        _write(part, content, workflow, jobs)
        size = _require_small(part, target)
        return _done(target, content, size) if _renamed(part, target, content) else already
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _content(folder: Path, sources: Iterable[Path]) -> _Content:
    manifest = read_manifest(folder)
    require_whole(folder, manifest)
    there = record_paths(folder)
    configured = read_records(folder, _configured(there, study_of(folder, manifest)))
    trained = len(trained_runs(configured))
    return _Content(
        folder,
        manifest,
        paths=to_publish(manifest),
        records=records_text(configured),
        runs=with_copies(trained, len(configured) - trained),
        others=len(there) - len(configured),
        own={f"{SOURCE}/{path.as_posix()}": path for path in sources},
    )


def _configured(runs: Iterable[RunName], study: Study) -> list[RunName]:
    """The runs of the configuration: those of an earlier one may still be there."""
    seeds = {name: set(study.seeds_of(name)) for name in study.experiments}
    return [run for run in runs if run[1] in seeds.get(run[0], ())]


def _is_published(target: Path, content: _Content) -> bool:
    """Whether the version is published, with the same content."""
    if target.exists():
        require_whole(target, read_manifest(target))
        _require_same(content, target)
    return target.exists()


def _new_folder(target: Path) -> Path:
    """A folder of this process beside the target, after those of killed processes are removed."""
    if target.is_symlink():
        raise EchoseqError(f"{target}: expected no file, found a link that leads nowhere")
    target.parent.mkdir(parents=True, exist_ok=True)
    clear_unfinished_folders(target.parent)
    shutil.rmtree(target.with_name(f".{target.name}.part"), ignore_errors=True)  # as it was called
    folder = target.with_name(temporary_name(target.name))
    folder.mkdir()
    return folder


def _write(part: Path, content: _Content, workflow: Path, jobs: Iterable[Job]) -> None:
    """Write a published version, and check it."""
    folder, manifest, paths, own = content.folder, content.manifest, content.paths, content.own
    crate = crate_metadata(folder, manifest, jobs, paths, sources=own, at=datetime.now(UTC))
    _copy({path: folder / path for path in paths} | own, part)
    shutil.copyfile(workflow, part / WORKFLOW)
    write_text(part / RECORDS, content.records)
    write_text(part / CRATE, canonical_json(crate) + "\n")
    added = describe_files(part, (*ADDED, *own), bits_promised=manifest["bits_promised"])
    published = published_manifest(manifest, paths, added)
    write_text(part / MANIFEST, canonical_json(published) + "\n")
    require_whole(part, read_manifest(part))


def _require_small(part: Path, target: Path) -> int:
    """Refuse what is too large to publish; returns its size in bytes."""
    size = sum(path.stat().st_size for path in walk(part))
    if size > LIMIT:
        raise EchoseqError(
            f"{target}: expected at most {LIMIT / 2**20:g} MiB in total, got "
            f"{size / 2**20:.2f} MiB; nothing was published"
        )
    return size


def _renamed(part: Path, target: Path, content: _Content) -> bool:
    """Rename a folder to its target, unless another process published that meanwhile."""
    try:
        part.rename(target)
    except OSError:
        if not _is_published(target, content):
            raise
        return False
    return True


def _done(target: Path, content: _Content, size: int) -> str:
    others = content.others
    left_out = f" ({others} that its configuration does not have are left out)" if others else ""
    return (
        f"{target}: published, {len(content.paths)} files of the version and the records of "
        f"{content.runs}{left_out}, {size / 2**20:.2f} MiB in total"
    )


def _require_same(content: _Content, target: Path) -> None:
    manifest = content.manifest
    ours = {path: manifest["files"][path] for path in content.paths}
    digests = {path: file_digest(source) for path, source in content.own.items()}
    digests[RECORDS] = hashlib.sha256(content.records.encode()).hexdigest()
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
