"""Publishing: keeping the small files of a version permanently, all or none of them."""

import shutil
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from echoseq.errors import EchoseqError
from echoseq.files import canonical_json, write_json, write_text
from echoseq.versions.crate import WORKFLOW, crate_metadata
from echoseq.versions.jobs import Job
from echoseq.versions.manifest import (
    CRATE,
    MANIFEST,
    VOLATILE,
    Manifest,
    describe_files,
    listed,
    read_manifest,
    require_whole,
    seal,
    shortened,
)

LIMIT = 5 * 2**20  # bytes in total, because published versions are kept in git


def to_publish(manifest: Manifest) -> list[str]:
    """The files of a version to publish: its results, and what verifying them requires.

    PNG images are left out: they are the largest, and the other formats show the same.
    """
    single_files = {"config.yaml", "environment.json", "paper.pdf"}

    def chosen(text: str) -> bool:
        path = PurePosixPath(text)
        result = path.parts[0] in {"tables", "figures"} and path.suffix != ".png"
        return result or text in single_files or path.name == "run.json"

    return sorted(filter(chosen, manifest["files"]))


def publish(folder: Path, target: Path, *, workflow: Path, jobs: Iterable[Job]) -> str:
    """Publish the version in `folder` as `target`, unless it was published with the same content.

    Args:
        workflow: the Snakefile.
        jobs: those that made the version.

    Returns:
        A one-line message about what was done.

    Raises:
        EchoseqError: if the version is damaged or too large, or `target` has other content.
    """
    manifest = read_manifest(folder)
    require_whole(folder, manifest)
    paths = to_publish(manifest)
    if target.exists():
        require_whole(target, read_manifest(target))
        _require_same(manifest, paths, target)
        return f"{target}: already published, with the same content"
    part = target.with_name(f".{target.name}.part")
    shutil.rmtree(part, ignore_errors=True)  # from a run that was killed
    try:
        crate = crate_metadata(manifest, jobs, paths, at=datetime.now(UTC))
        _copy(folder, part, paths)
        shutil.copyfile(workflow, part / WORKFLOW)
        write_text(part / CRATE, canonical_json(crate) + "\n")
        added = describe_files(part, (CRATE, WORKFLOW), bits_promised=manifest["bits_promised"])
        entries = {path: manifest["files"][path] for path in paths} | added
        write_json(part / MANIFEST, seal(manifest | {"published": entries}))
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
    return (
        f"{target}: published, {len(paths)} files of the version, {size / 2**20:.2f} MiB in total"
    )


def _require_same(manifest: Manifest, paths: list[str], target: Path) -> None:
    ours = {path: manifest["files"][path] for path in paths}
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


def _copy(folder: Path, part: Path, paths: Iterable[str]) -> None:
    for path in paths:
        (part / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(folder / path, part / path)
