"""Configurations, read from YAML files or mappings, and checked."""

from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from itertools import takewhile
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from echoseq.errors import EchoseqError
from echoseq.study.asking import only_asked
from echoseq.study.drafts import draft
from echoseq.study.explaining import explain
from echoseq.study.mistakes import Mistake, refusal
from echoseq.study.rules import broken_rules
from echoseq.study.schema import Study
from echoseq.study.strict_yaml import PARSE_ERRORS, as_in_file, kind, parse
from echoseq.study.sweeps import expand
from echoseq.study.unsure import Unsure

# Options of Snakemake that give a configuration, with their other names.
FILES, KEYS = ("--configfile", "--configfiles"), ("--config", "-C")


def load(mapping: Mapping[str, Any]) -> Study:
    """Check a configuration.

    A task, experiment, sweep or question set to null is left out, so that a configuration that
    overrides another can remove parts of it. Sweeps are replaced by their experiments. Then what
    is not needed for the questions that are asked is left out.

    Raises:
        EchoseqError: a line for each mistake, with the key's path and what was expected.
    """
    _require_text_keys(mapping)
    cleaned, origins, mistakes = expand(mapping)
    if cleaned.get("questions", {}) is None:
        cleaned["questions"] = {}
    for section in ("tasks", "experiments", "questions"):
        if isinstance(cleaned.get(section), Mapping):
            cleaned[section] = {k: v for k, v in cleaned[section].items() if v is not None}
    _show_what_is_left(cleaned, mapping)
    broken = frozenset(mistake.path.split(".")[1] for mistake in mistakes)
    study, found = _checked(cleaned, Unsure(sweeps=broken))
    if study is None or mistakes or found:
        raise refusal([*mistakes, *found], origins)
    return only_asked(study)


def _checked(given: Mapping[str, Any], unsure: Unsure) -> tuple[Study | None, list[Mistake]]:
    """The study that a configuration describes, as far as it is right, and the mistakes in it."""
    mistakes = []
    try:
        study = Study.model_validate(given)
    except ValidationError as error:
        mistakes = explain(error, given)
        drafted = draft(given, unsure)
        if drafted is None:
            return None, mistakes
        study, unsure = drafted
    told = {mistake.path for mistake in mistakes}
    return study, [*mistakes, *(m for m in broken_rules(study, unsure) if m.path not in told)]


def _require_text_keys(mapping: Mapping[Any, Any], *above: str) -> None:
    """Refuse keys that are not text, such as null and yes in YAML; axes may have numbers."""
    numbered = len(above) == 4 and above[::2] == ("sweeps", "grid")
    for key, value in mapping.items():
        number = isinstance(key, int | float) and not isinstance(key, bool)
        if not isinstance(key, str) and not (number and numbered):
            path = ".".join([*above, str(key)])
            raise EchoseqError(f"{path}: expected text as a key, got {kind(key)}")
        if isinstance(value, Mapping):
            _require_text_keys(value, *above, str(key))


def _show_what_is_left(cleaned: dict[str, Any], mapping: Mapping[str, Any]) -> None:
    """Leave out of `page.networks` what null leaves out: experiments, sweeps or parts of them."""
    page, experiments = cleaned.get("page"), mapping.get("experiments")
    if not isinstance(page, Mapping) or not isinstance(experiments, Mapping):
        return
    named = page.get("networks")
    if not isinstance(named, list):
        return
    sweeps = [name for name, sweep in (mapping.get("sweeps") or {}).items() if _reduced(sweep)]
    removed = [
        name
        for name in map(str, named)
        if name not in cleaned["experiments"]
        and (name in experiments or any(name.startswith(f"{sweep}_") for sweep in sweeps))
    ]
    kept = [name for name in named if name not in removed]
    cleaned["page"] = {**page, "networks": kept or (None if named else named)}


def _reduced(sweep: Any) -> bool:
    """Whether null leaves out a sweep or names on its axes."""
    if not isinstance(sweep, Mapping):
        return sweep is None
    grid = sweep.get("grid")
    axes = grid.values() if isinstance(grid, Mapping) else ()
    return any(None in axis.values() for axis in axes if isinstance(axis, Mapping))


def read(*paths: Path) -> Study:
    """Read and check a configuration; each file overrides those before it, key by key.

    As Snakemake does, the first file is overridden by what the others give together: a part that
    one of them sets to null and a later one sets again still has the keys of the first file.

    Raises:
        EchoseqError: if a file cannot be read or is not YAML, or the result is not a valid study.
    """
    first, *others = map(read_yaml, paths)
    return load(over(first, reduce(_merge, others, {})))


def over(base: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """A configuration that overrides another, key by key; or all of it, with `inherit: false`."""
    return dict(given) if given.get("inherit") is False else _merge(base, given)


def overridden(
    default: Path,
    config: Mapping[str, Any],
    files: Sequence[Path],
    given: Mapping[str, Any],
    options: Mapping[str, Any],
) -> dict[str, Any]:
    """A configuration with what overrides the default one, as Snakemake was asked to read them.

    The default file overrides nothing, though Snakemake's unit tests name it after the others.

    Args:
        default: the file of the default configuration.
        config: the configuration as Snakemake has read it.
        files: those of its option `--configfile`.
        given: what these files and `options` give together.
        options: the keys and values of its option `--config`.
    """
    others = [path for path in files if path.resolve() != default.resolve()]
    if len(others) < len(files):
        config, given = read_yaml(default), reduce(_merge, [*map(read_yaml, others), options], {})
    return over(config, from_command_line(given, options))


def from_command_line(given: Mapping[str, Any], options: Mapping[str, Any]) -> dict[str, Any]:
    """A configuration whose text from the command line is read as in a file: false, null, 0.1.

    Snakemake reads single numbers itself, and leaves all else as text.

    Args:
        options: the keys and values of Snakemake's option `--config`.
    """
    read = dict(given)
    for key in given.keys() & options.keys():
        value, option = given[key], options[key]
        if isinstance(value, Mapping) and isinstance(option, Mapping):
            read[key] = from_command_line(value, option)
        elif value == option:
            read[key] = as_in_file(value)
    return read


def require_once(arguments: Iterable[str]) -> None:
    """Refuse options that are given twice, of which Snakemake keeps only the last.

    Args:
        arguments: those of the command `snakemake`.

    Raises:
        EchoseqError: with the option, and how to give several files or keys.
    """
    options = [argument.partition("=")[0] for argument in takewhile("--".__ne__, arguments)]
    for names, example in ((FILES, "--configfile a.yaml b.yaml"), (KEYS, "--config a=1 b=2")):
        if sum(option in names for option in options) > 1:
            raise EchoseqError(
                f"{names[0]}: given twice, and Snakemake keeps only the last; write {example}"
            )


def check_files(paths: Iterable[Path | str]) -> None:
    """Refuse files with duplicate keys, or with numbers not in plain digits.

    Snakemake reads configurations itself, and accepts both. Files that are not YAML are left to it:
    they may be JSON, and it reports those that it cannot read.

    Raises:
        EchoseqError: a line for each, with the file, the line number and the key.
    """
    refused = []
    for path in map(Path, paths):
        try:
            parse(path, path.read_text(encoding="utf-8"))
        except EchoseqError as error:
            refused.append(error)
        except (OSError, *PARSE_ERRORS):
            continue
    if refused:
        raise EchoseqError("\n".join(map(str, refused)))


def _merge(base: Mapping[str, Any], override: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in override.items():
        both = isinstance(value, Mapping) and isinstance(merged.get(key), Mapping)
        merged[key] = _merge(merged[key], value) if both else value
    return merged


def read_yaml(path: Path) -> dict[str, Any]:
    """Read a YAML file of keys and values.

    Raises:
        EchoseqError: if it cannot be read or is not YAML.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = str(error.strerror).lower() if isinstance(error, OSError) else "not UTF-8"
        raise EchoseqError(
            f"{path}: expected a configuration file, cannot read it ({reason})"
        ) from error
    try:
        content = parse(path, text)
    except PARSE_ERRORS as error:
        mark = getattr(error, "problem_mark", None)
        where = f" in line {mark.line + 1}" if mark else ""
        raise EchoseqError(f"{path}: expected YAML, found a mistake{where}") from error
    if not isinstance(content, dict):
        raise EchoseqError(f"{path}: expected keys and values")
    return content
