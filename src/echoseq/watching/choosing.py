"""Which version is meant: by its name, its folder or a configuration."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from echoseq.errors import EchoseqError
from echoseq.layout import CONFIG
from echoseq.names import did_you_mean
from echoseq.study.default import read_study
from echoseq.study.reading import load, read_yaml
from echoseq.study.rules import RESERVED
from echoseq.study.schema import Study
from echoseq.study.strict_yaml import PARSE_ERRORS
from echoseq.watching.making import study_given

RESULTS, PUBLISHED = Path("results"), Path("results/published")


def folder_of(given: str | None, configurations: Sequence[Path] | None) -> Path:
    """The folder of a version.

    Args:
        given: the folder, or the name of a version in results/ or results/published/; None for that
            of the configuration.
        configurations: files that override the default one.

    Raises:
        EchoseqError: if there is no such version.
    """
    if given is None:
        return RESULTS / read_study(configurations).version
    found = [path for path in (Path(given), RESULTS / given, PUBLISHED / given) if _is_one(path)]
    if found:
        return found[0]
    version = read_study(configurations).version
    if given.rstrip("/") in (version, str(RESULTS / version)):
        return RESULTS / version
    known = [path.name for folder in (RESULTS, PUBLISHED) for path in folder.glob("*/")]
    raise EchoseqError(
        f"{given}: expected a version of the results or its folder, found none"
        f"{did_you_mean(Path(given).name, [name for name in known if name not in RESERVED])}"
    )


def _is_one(folder: Path) -> bool:
    """Whether a folder is that of a version, or could be: the working directory is none."""
    inside = folder.parent.name == RESULTS.name and folder.name not in RESERVED
    return (folder / CONFIG).is_file() or (folder.is_dir() and inside)


def study_of(folder: Path, configurations: Sequence[Path] | None) -> Study:
    """The study that a version is of: as given, as it was used, or as Snakemake was given it.

    Raises:
        EchoseqError: if none of them is that of this version.
    """
    used = folder / CONFIG
    if not configurations and used.is_file():
        return load(_read_quickly(used))
    study = read_study(configurations) if configurations else study_given(folder)
    if study.version != folder.name:
        without = "" if configurations else f"found no {CONFIG} in it, and "
        raise EchoseqError(
            f"{folder}: {without}the configuration is that of version {study.version}; name its "
            "own with --config"
        )
    return study


def _read_quickly(path: Path) -> dict[str, Any]:
    """A configuration as the workflow wrote it: long, and without the traps of those by hand."""
    try:
        with path.open(encoding="utf-8") as text:
            content = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except (OSError, *PARSE_ERRORS):
        content = None
    return content if isinstance(content, dict) else read_yaml(path)  # which says what is wrong
