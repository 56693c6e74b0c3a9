"""Which command makes what is missing: Snakemake with the configuration of the version."""

import argparse
import os
import shlex
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import yaml

from echoseq.errors import EchoseqError
from echoseq.layout import CONFIG, kind_of
from echoseq.study.default import DEFAULT_CONFIG, read_study
from echoseq.study.reading import load, overridden, read_yaml
from echoseq.study.schema import Study
from echoseq.watching.snakemake import Invocation, home_of, last_invocation

# The options of Snakemake that say which workflow and configuration, with their other names.
ONE = {"--snakefile": "-s", "--directory": "-d"}
SEVERAL = {"--configfile": "--configfiles", "--config": "-C"}


def snakemake_command(
    folder: Path, targets: Sequence[str], configurations: Iterable[Path] | None = None
) -> str:
    """The command that makes targets of a version, in the folder that `in_folder` names.

    It has the configuration that Snakemake was last given for this version; where that is not
    known, the default one if it is the same, and otherwise that in the folder of the version.

    Args:
        targets: rules or files; none for the study.
        configurations: files that override the default configuration, if they are known.
    """
    options = _given(folder) if configurations is None else _files(configurations)
    return shlex.join(["snakemake", "--cores", "all", *targets, *options])


def unlock_command(folder: Path) -> str:
    """The command that removes the lock of a version, where `in_folder` says."""
    return shlex.join(["snakemake", "--unlock", *_given(folder)])


def made_by(folder: Path, *targets: str) -> str:
    """The command that makes targets of a version, with where to run it, for a message.

    Args:
        targets: rules, or paths in the folder of the version.
    """
    home = home_of(folder)
    place = folder.absolute().relative_to(home).as_posix() if home else f"results/{folder.name}"
    paths = [f"{place}/{target}" if kind_of(target) else target for target in targets]
    return f"`{in_folder(folder, snakemake_command(folder, paths))}`"


def _files(paths: Iterable[Path]) -> list[str]:
    files = [*map(str, paths)]
    return ["--configfile", *files] if files else []


def study_given(folder: Path) -> Study:
    """The study of the configuration, in files and in keys, that Snakemake was last given.

    Raises:
        EchoseqError: if a file cannot be read, or the result is not a valid study.
    """
    home, last = _last(folder)
    found = _options(last.command) if last else {}
    place = _place(home, last) or Path()
    files = [Path(os.path.relpath(place / file)) for file in found.get("--configfile", [])]
    keys = _values(found.get("--config", []))
    if not (keys and DEFAULT_CONFIG.is_file()):
        return read_study(files)
    return load(overridden(DEFAULT_CONFIG, {}, [DEFAULT_CONFIG, *files], {}, keys))


def _last(folder: Path) -> tuple[Path | None, Invocation | None]:
    """Where Snakemake runs for a version, and what it ran of it last."""
    home = home_of(folder)
    return home, last_invocation(home, folder) if home else None


def _place(home: Path | None, last: Invocation | None) -> Path | None:
    """Where the last command was given, unless it has been moved; then where Snakemake runs."""
    return last.place if last and last.place and last.place.is_dir() else home


def _values(given: Iterable[str]) -> dict[str, Any]:
    """The keys of Snakemake's option --config, read as it reads them; none if that is none."""
    pairs = (text.partition("=") for text in given)
    try:
        return {key: yaml.load(value, yaml.BaseLoader) for key, _, value in pairs}
    except yaml.YAMLError:
        return {}


def _given(folder: Path) -> list[str]:
    """The options by which Snakemake has, or gets, the configuration of a version."""
    home, last = _last(folder)
    if last is not None:
        return _kept(last.command)
    own = folder / CONFIG
    try:
        same = not own.is_file() or read_study(None).resolved() == read_yaml(own)
    except EchoseqError:
        same = False
    return [] if same else _files([Path(os.path.relpath(own, home))])


def _kept(command: str) -> list[str]:
    """The options of a command that say which workflow and configuration."""
    return [word for key, values in _options(command).items() for word in (key, *values)]


def _options(command: str) -> dict[str, list[str]]:
    """The same by their names; none if they are not understood."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    for option, other in (ONE | SEVERAL).items():
        count = "+" if option in SEVERAL else 1
        parser.add_argument(option, other, nargs=count, dest=option, default=[])
    try:
        found = vars(parser.parse_known_args(shlex.split(command))[0])
    except argparse.ArgumentError:
        return {}
    return {option: values for option, values in found.items() if values}


def in_folder(folder: Path, command: str) -> str:
    """A command, with the folder that it is to be run in if that is not the working directory."""
    given = _place(*_last(folder))
    if given is None or given == Path.cwd():
        return command
    place = os.path.relpath(given)
    return f"cd {shlex.quote(str(given) if place.startswith('..') else place)} && {command}"
