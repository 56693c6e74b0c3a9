"""What the paper says: every number, table and figure of it, from the files of the results.

`gather` reads the files and returns plain data in which all numbers are text already; the source in
paper/ only places it. Sentences that depend on values are made here, so that they stay true for
other values.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import typst
import yaml

from echoseq.documents import results
from echoseq.documents.questions import questions
from echoseq.errors import EchoseqError
from echoseq.figures.catalogue import FIGURES, PARTS
from echoseq.study.architectures import ARCHITECTURES
from echoseq.study.reading import load
from echoseq.study.schema import Study
from echoseq.tables.catalogue import TABLES
from echoseq.tables.columns import read_table
from echoseq.tables.inference import wilson
from echoseq.wording import count, either, plural, setting, share, spread

# The rule behind a table, by what the table is made from; a figure's rule has its name.
RULES = {
    "study": "describe",
    "predictions": "summarize",
    "runs": "learning",
    "pairs": "compare",
    "tables": "answer",
}
LISTED = ("avx2", "fma", "avx512f")  # of the processor's instruction sets


@dataclass(frozen=True)
class Sources:
    """The files that a paper is made of.

    tables: by name: experiments, summary, errors, runs, and, when the extensions are made, answers
        and comparisons.
    figures: the pictures; the caption of each lies beside it, as .txt.
    options: what to add to `snakemake <target>` to get this configuration; often nothing.
    """

    config: Path
    environment: Path
    tables: Mapping[str, Path]
    figures: Sequence[Path]
    options: str = ""


def gather(sources: Sources) -> dict[str, Any]:
    """All that the paper says, ready to be placed.

    Raises:
        EchoseqError: if a file is missing or is not what it should be.
    """
    study = load(_read(sources.config, yaml.safe_load))
    tables = {name: read_table(path) for name, path in sources.tables.items()}
    core = tables["experiments"][tables["experiments"]["question"].isna()]
    try:
        return {
            "version": study.version,
            "settings": _settings(study, core),
            "models": _models(tables["experiments"]),
            "framings": sorted(set(tables["experiments"]["framing"])),
            "encodings": sorted(set(tables["experiments"]["encoding"])),
            "abstract": results.abstract(core, tables),
            "experiments": results.experiment_rows(core, tables["runs"]),
            "accuracy": results.accuracy_rows(tables["summary"]),
            "learned": results.learned_rows(core, tables["runs"]),
            "figures": {
                part: [path.stem for path in sources.figures if FIGURES[path.stem].part == part]
                for part in PARTS
            },
            "prose": {
                "learning": results.learning(core, tables["runs"]),
                "accuracy": results.accuracy(tables["summary"], study.statistics.success),
                "errors": results.errors(tables["errors"]),
            },
            "environment": _environment(_read(sources.environment, json.loads)),
            "extensions": questions(tables) if "answers" in tables else None,
            "made": {
                **{
                    name: _made(RULES[TABLES[name].source], p, sources)
                    for name, p in sources.tables.items()
                },
                **{path.stem: _figure(path, sources) for path in sources.figures},
            },
            "commands": {
                name: _command(name, sources.options) for name in ("study", "extensions", "paper")
            },
            "forced": _forced(sources),
        }
    except (KeyError, IndexError) as error:
        raise EchoseqError(f"paper: expected {error} in the tables, make them again") from error


def compile_paper(
    folder: Path, content: Mapping[str, Any], sources: Sources, kind: str = "pdf", **options: Any
) -> bytes | list[bytes]:
    """Typeset the paper, with the compiler's own fonts only, so that it is the same everywhere.

    Args:
        folder: the source, paper/.
        content: what `gather` gives.
        kind: pdf, png, svg or html.

    Raises:
        EchoseqError: if the source has a mistake.
    """
    files = {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()}
    files["main"] = files.pop("paper.typ")
    files["results.json"] = json.dumps(content).encode()
    files |= {path.name: path.read_bytes() for path in sources.figures}
    try:
        # Several files as a mapping are documented, but missing from the package's types.
        return typst.compile(files, format=kind, ignore_system_fonts=True, **options)  # type: ignore[call-overload]
    except typst.TypstError as error:
        raise EchoseqError(f"{folder}/paper.typ: {' '.join(str(error).split())}") from error


def _models(experiments: pd.DataFrame) -> list[dict[str, str | None]]:
    """The models by name, each with what it is; None for one of the user's own."""
    names = sorted(set(experiments["model"]))
    return [
        {"name": name, "sentence": ARCHITECTURES[name].sentence if name in ARCHITECTURES else None}
        for name in names
    ]


def _settings(study: Study, core: pd.DataFrame) -> dict[str, str]:
    seeds = core["experiment"].map(lambda name: len(study.seeds_of(name)))
    fewest = int(seeds.min())
    low, _ = wilson(fewest, fewest, study.statistics.confidence)
    pairs = fewest * study.evaluation.sequences
    return {
        "length": either(core["length"]),
        "alphabet": either(core["alphabet"].map(count)),
        "highest": either((core["alphabet"] - 1).map(count)),
        "windows": either(core["length"] - core["n_in"] + 1),
        "seeds": spread(seeds, str),
        "fewest_seeds": plural(fewest, "seed"),
        "all_succeed": share(low, 2),
        "held_out": count(study.evaluation.sequences),
        "percent": f"{100 * study.statistics.confidence:.4g}%",
        "resamples": count(study.statistics.resamples),
        "success": setting(study.statistics.success),
        "learned_over": count(study.statistics.learned_over),
        "margin": setting(study.statistics.margin),
        "faultless": share(wilson(pairs, pairs, study.statistics.confidence)[0]),
    }


def _environment(environment: Mapping[str, Any]) -> dict[str, str]:
    versions = {"Python": environment["python"], **environment["packages"]}
    sets = [name for name in LISTED if name in environment["instruction_sets"]]
    return {
        "software": ", ".join(f"{name} {version}" for name, version in versions.items()),
        "machine": environment["machine"],
        "system": environment["system"],
        "cpu": environment["cpu"],
        "instruction_sets": either(sets, "and") if sets else "none of the known",
    }


def _made(rule: str, path: Path, sources: Sources) -> dict[str, str]:
    """Where a table or figure comes from, and how to make it again."""
    return {
        "rule": rule,
        "file": path.as_posix(),
        "command": _command(rule, sources.options),
    }


def _figure(path: Path, sources: Sources) -> dict[str, str]:
    caption = _read(path.with_suffix(".txt"), str.strip)
    return _made(path.stem, path, sources) | {"picture": path.name, "caption": caption}


def _command(target: str, options: str) -> str:
    return f"snakemake --cores 4 {target}{' ' * bool(options)}{options}"


def _forced(sources: Sources) -> str:
    """The command that draws a figure again though nothing has changed."""
    rule = sources.figures[0].stem
    return _command(f"{rule} --forcerun {rule}", sources.options)


def _read(path: Path, parse: Any) -> Any:
    try:
        return parse(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise EchoseqError(f"{path}: cannot read it, make it again") from error
