"""What a published version has kept: nothing of it is ever made again."""

from collections.abc import Iterable
from pathlib import Path

from echoseq.layout import CRATE, FIGURES, MANIFEST, RECORDS, top_of
from echoseq.packing import plain, stored
from echoseq.places import RECORD, RUNS, TABLES
from echoseq.provenance.schema import LARGE, Manifest, PackedRecords
from echoseq.stored import read_json
from echoseq.watching.state import Part

RECORDED = "records of runs"
NAMES = {RUNS: RECORDED, TABLES: "tables", FIGURES: "figures"}  # by folder


def is_published(folder: Path) -> bool:
    """Whether a folder is that of a published version."""
    return (folder / CRATE).is_file()


def kept_in(folder: Path) -> list[Part]:
    """What there is of a published version, by part, as its manifest lists it.

    Raises:
        DamagedError: if the manifest or the records of its runs are damaged.
    """
    content = read_json(folder / MANIFEST, Manifest, "a manifest", LARGE)
    by_part: dict[str, list[str]] = {}
    for path in content.get("published", {}):
        by_part.setdefault(NAMES.get(top_of(plain(path)), "other files"), []).append(path)
    runs = by_part.pop(RECORDED, [])
    parts = [_part(folder, name, by_part[name]) for name in sorted(by_part)]
    published = stored(folder / RECORDS)
    if published.is_file():  # one file for all
        records = read_json(published, PackedRecords, "the records of runs", LARGE)
        recorded = Part(RECORDED, sum(len(own["seeds"]) for own in records.values()), ())
    else:
        recorded = _part(folder, RECORDED, [path for path in runs if path.endswith(f"/{RECORD}")])
    return [recorded, *parts]


def _part(folder: Path, name: str, paths: Iterable[str]) -> Part:
    listed = [*paths]
    missing = [path for path in listed if not (folder / path).is_file()]
    return Part(name, len(listed) - len(missing), (*missing,))
