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
    PAGE,
    PAPER,
    RECORDS,
    SOURCE,
    VOLATILE,
    WORKFLOW,
    class_of,
)
from echoseq.packing import PACKED, pack, plain, unpack
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
from echoseq.provenance.schema import LARGE
from echoseq.study.schema import Study
from echoseq.wording import with_copies

LIMIT = 5 * 2**20  # bytes in total, because published versions are kept in git


# Files that the version does not have in this form.
ADDED = (CRATE, WORKFLOW, RECORDS + PACKED)
# Left out: images of what the SVG shows, and the worst echoes and curves of the extensions
# that nothing else is made from (the study's are published).
LEFT_OUT = (
    (".pdf", ".png"),
    tuple(TABLE_OF_ALL.format(table=name) for name in ("echoes", "learning")),
)


def to_publish(manifest: Manifest) -> list[str]:
    """The files of a version that are published as they are: its results, and its origin."""
    single_files = {CONFIG, ENVIRONMENT, PAPER, PAGE}
    formats, tables = LEFT_OUT

    def chosen(text: str) -> bool:
        path = PurePosixPath(text)
        drawn = path.parts[0] == FIGURES and path.suffix not in formats
        return drawn or (path.parts[0] == TABLES and text not in tables) or text in single_files

    return sorted(filter(chosen, manifest["files"]))


def published_path(path: str) -> str:
    """The path of a file in the published version: tables of the extensions are compressed."""
    return path + PACKED if Path(path).parent == Path(TABLE_OF_ALL).parent else path


def published_manifest(manifest: Manifest, published: Mapping[str, Entry]) -> Manifest:
    """The manifest of a published version, from that of the version.

    `published` lists what is there; `files` keeps the exact and numeric files of the whole version,
    except those that a record covers.

    Args:
        published: the published files, described.
    """
    kept = {p: e for p, e in manifest["files"].items() if e["class"] != VOLATILE and not covered(p)}
    return seal(manifest | {"files": kept, "published": dict(published)})


@dataclass(frozen=True)
class _Content:
    """What is published of a version.

    folder: of the version.
    paths: of its files that are published as they are.
    records: of the runs, as text.
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
    folder, manifest, own = content.folder, content.manifest, content.own
    promised: bool = manifest["bits_promised"]
    names = {path: published_path(path) for path in content.paths}
    _copy({names[path]: folder / path for path in names} | own, part)
    described = describe_files(part, names.values(), bits_promised=promised)
    shutil.copyfile(workflow, part / WORKFLOW)
    (part / (RECORDS + PACKED)).write_bytes(pack(content.records.encode()))
    crate = crate_metadata(
        folder,
        manifest,
        jobs,
        {path: (name, described[name]) for path, name in names.items()},
        others=(MANIFEST, RECORDS + PACKED),
        sources=own,
        at=datetime.now(UTC),
    )
    write_text(part / CRATE, canonical_json(crate) + "\n")
    described |= describe_files(part, (*ADDED, *own), bits_promised=promised)
    published = published_manifest(manifest, described)
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
    theirs = {
        plain(path): entry | {"sha256": _content_digest(target / path)}
        for path, entry in listed(read_manifest(target)).items()
        if path not in {CRATE, WORKFLOW}
    }
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


def _content_digest(path: Path) -> str:
    """That of what was compressed: another release of the library may compress otherwise."""
    return hashlib.sha256(unpack(path, LARGE)).hexdigest()


def _copy(files: Mapping[str, Path], part: Path) -> None:
    """Copy files; those whose new name says so are compressed."""
    for path, file in files.items():
        (part / path).parent.mkdir(parents=True, exist_ok=True)
        if path.endswith(PACKED):
            (part / path).write_bytes(pack(file.read_bytes()))
        else:
            shutil.copyfile(file, part / path)
