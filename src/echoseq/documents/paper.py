"""The content of the paper: every number, table and figure, from the files of the results.

`gather` reads the files and returns plain data in which all numbers are already text; the source in
paper/ only places it. Sentences that depend on values are made here, so that they stay true for
other values.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import typst
import yaml

from echoseq.documents import beside, published, results
from echoseq.documents.questions import questions
from echoseq.documents.results import parsed
from echoseq.documents.trained import trained
from echoseq.errors import EchoseqError
from echoseq.figures.catalogue import EXTENSIONS, FIGURES, PUBLISHED, STUDY
from echoseq.provenance.schema import read_environment
from echoseq.statistics.inference import wilson
from echoseq.study.architectures import ARCHITECTURES
from echoseq.study.options import MEANINGS, OF_LAYERS
from echoseq.study.probed import PROBED
from echoseq.study.reading import load
from echoseq.study.schema import Study
from echoseq.tables.catalogue import TABLES
from echoseq.tables.columns import options_of, read_table
from echoseq.training.files import FINAL_EPOCHS
from echoseq.training.stopping import EVERY
from echoseq.wording import (
    count,
    coverage,
    joined,
    listed,
    plural,
    setting,
    share,
    spread,
)

# The rule that makes a table, by the table's source; a figure's rule has the figure's name.
RULES = {
    "study": "list_experiments",
    "predictions": "summarize",
    "runs": "learning",
    "pairs": "compare",
    "tables": "answer",
    "claims": "claims",
    "published": "compare_published",
}
LISTED = ("avx2", "fma", "avx512f")  # instruction sets that the paper mentions


@dataclass(frozen=True)
class PaperFiles:
    """The files that a paper is made from.

    tables: by name: experiments, summary, errors, runs, and, if the extensions have been made,
        answers, comparisons, needs, sizes, skill and slopes, with the runs of all experiments,
        and claims, if there are any; published, if that has been made.
    figures: the images as PDF, in which letters are text; in SVG they are outlines, and the paper
        would be half as large again. The caption of each is a .txt file in the same folder.
    options: what to add to `snakemake <target>` to get this configuration; often empty.
    rules: how the workflow names its rules, with `*` for the name that they have here; another
        workflow that imports them may rename them.
    own: the part of the results that each of the user's own figures belongs to.
    """

    config: Path
    environment: Path
    tables: Mapping[str, Path]
    figures: Sequence[Path]
    options: str = ""
    rules: str = "*"
    own: Mapping[str, str] = field(default_factory=dict)


def gather(sources: PaperFiles) -> dict[str, Any]:
    """The content of the paper, ready to be placed.

    Raises:
        EchoseqError: if a file is missing or has the wrong content.
    """
    study = load(parsed(sources.config, yaml.safe_load))
    tables = {name: read_table(path) for name, path in sources.tables.items()}
    core = tables["experiments"][tables["experiments"]["question"].isna()]
    figures = _by_part(sources, study)
    try:
        return {
            "version": study.version,
            "settings": _settings(study, core),
            "models": _models(tables["experiments"], beside.models(study, _beside(tables))),
            "probed": _probed(study),
            "framings": sorted(set(tables["experiments"]["framing"])),
            "fillers": _fillers(tables["experiments"]),
            "encodings": sorted(set(tables["experiments"]["encoding"])),
            "training": trained(tables["experiments"]),
            "abstract": results.abstract(core, tables),
            "experiments": results.experiment_rows(core, tables["runs"]),
            "accuracy": results.accuracy_rows(tables["summary"]),
            "learned": results.learned_rows(core, tables["runs"]),
            "figures": figures,
            "prose": {
                "learning": results.learning(core, tables["runs"]),
                "accuracy": results.accuracy(tables["summary"], study.statistics.success),
                "errors": results.errors(tables["errors"], tables["seeds"]),
            },
            "environment": _environment(read_environment(sources.environment)),
            "extensions": questions(study, tables, figures) if "answers" in tables else None,
            "published": published.content(tables.get("published", pd.DataFrame())),
            "beside": beside.content(study, _beside(tables), tables.get("published_claims")),
            **_how_made(sources),
        }
    except (KeyError, IndexError) as error:
        raise EchoseqError(f"paper: expected {error} in the tables, make them again") from error


def _by_part(sources: PaperFiles, study: Study) -> dict[str, list[str]]:
    """The names of the figures of each part of the results."""
    parts = {name: figure.part for name, figure in FIGURES.items()} | dict(sources.own)
    return {
        part: [path.stem for path in sources.figures if parts[path.stem] == part]
        for part in (STUDY, EXTENSIONS, PUBLISHED, *study.questions)
    }


def _how_made(sources: PaperFiles) -> dict[str, Any]:
    """What makes each table and figure, and the commands that make everything."""
    made = {
        name: _provenance(_rule(name, path), path, sources) for name, path in sources.tables.items()
    }
    return {
        "made": made | {path.stem: _figure(path, sources) for path in sources.figures},
        "commands": {
            name: _command(_named(name, sources), sources.options)
            for name in ("study", "extensions", "paper")
        },
        "forced": _forced(sources),
    }


def compile_paper(
    folder: Path, content: Mapping[str, Any], sources: PaperFiles, kind: str = "pdf", **options: Any
) -> bytes | list[bytes]:
    """Typeset the paper with the compiler's own fonts only, so that it is the same everywhere.

    Args:
        folder: the source, paper/.
        content: from `gather`.
        kind: pdf, png, svg or html.

    Raises:
        EchoseqError: if the source has a mistake.
    """
    files = {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()}
    files["main"] = files.pop("paper.typ")
    files["results.json"] = json.dumps(content).encode()
    files |= {_picture(path): _as_numbers(path) for path in sources.figures}
    if kind == "pdf":  # untagged it is half as large
        options = {"pdf_tags": False} | options
    try:
        # A mapping of files is documented, but missing from the package's types.
        return typst.compile(files, format=kind, ignore_system_fonts=True, **options)  # type: ignore[call-overload]
    except typst.TypstError as error:
        raise EchoseqError(f"{folder}/paper.typ: {' '.join(str(error).split())}") from error


def _beside(tables: Mapping[str, pd.DataFrame]) -> list[str]:
    """The experiments beside what others published, if they have been compared."""
    return [*dict.fromkeys(tables["published"]["experiment"])] if "published" in tables else []


def _models(experiments: pd.DataFrame, more: Sequence[str] = ()) -> list[dict[str, Any]]:
    """The models by name, each with its description; None for the user's own.

    `options` are the sets of options with which a model is another one in some experiments, each as
    text; `meanings` says what these options do.
    """
    options = options_of(experiments)
    meanings = {f"{key}: ": text for key, text in MEANINGS.items()}
    meanings |= {f"{key} ": text for key, text in OF_LAYERS.items()}
    models = []
    for name in sorted({*experiments["model"], *more}):
        sets = sorted(set(options[experiments["model"] == name]) - {""})
        used = [text for key, text in meanings.items() if any(key in one for one in sets)]
        sentence = ARCHITECTURES[name].sentence if name in ARCHITECTURES else None
        models.append({"name": name, "sentence": sentence, "options": sets, "meanings": used})
    return models


def _fillers(experiments: pd.DataFrame) -> str:
    """What stands for missing values, in words; empty if none are missing."""
    kept = experiments[experiments["framing"] == "mask"]
    if kept.empty:
        return ""
    return joined(kept["filler"].map(lambda value: f"{value:g}".replace("-", "\u2212")))


def _probed(study: Study) -> str | None:
    """Whose states are probed, if any are."""
    if not any(question.probes for question in study.questions.values()):
        return None
    return listed(PROBED[name].of for name in study.probing.states)


def _settings(study: Study, core: pd.DataFrame) -> dict[str, str]:
    seeds = core["experiment"].map(lambda name: len(study.seeds_of(name)))
    fewest = int(seeds.min())
    low, _ = wilson(fewest, fewest, study.statistics.confidence)
    pairs = fewest * study.evaluation.sequences
    return {
        "length": joined(core["length"]),
        "alphabet": joined(core["alphabet"].map(count)),
        "highest": joined((core["alphabet"] - 1).map(count)),
        "windows": results.windows(core),
        "asked": results.asked(core),
        "seeds": spread(seeds, str),
        "fewest_seeds": plural(fewest, "seed"),
        "all_succeed": share(low, 2),
        "held_out": count(study.evaluation.sequences),
        "percent": coverage(study.statistics.confidence),
        "resamples": count(study.statistics.resamples),
        "success": setting(study.statistics.success),
        "final_epochs": count(FINAL_EPOCHS),
        "check_every": count(EVERY),
        "learned_over": count(study.statistics.learned_over),
        "learned_share": setting(study.statistics.learned_share),
        "margin": setting(study.statistics.margin),
        "time_margin": f"{study.statistics.time_margin:.4g}",
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
        "instruction_sets": joined(sets, "and") if sets else "none of the usual ones",
    }


def _rule(table: str, path: Path) -> str:
    """The rule that makes a table: of the study, or of all experiments."""
    rule = RULES[TABLES[table].source]
    return f"{rule}_extensions" if path.parent.name == EXTENSIONS else rule


def _named(rule: str, sources: PaperFiles) -> str:
    """The name of a rule in the workflow that ran it."""
    return sources.rules.replace("*", rule)


def _provenance(rule: str, path: Path, sources: PaperFiles) -> dict[str, str]:
    """The origin of a table or figure, and the command that makes it again."""
    rule = _named(rule, sources)
    return {
        "rule": rule,
        "file": path.as_posix(),
        "command": _command(rule, sources.options),
    }


def _figure(path: Path, sources: PaperFiles) -> dict[str, str]:
    caption = parsed(path.with_suffix(".txt"), str.strip)
    return _provenance(path.stem, path, sources) | {"picture": _picture(path), "caption": caption}


def _picture(path: Path) -> str:
    return f"{path.stem}.json"


def _as_numbers(path: Path) -> bytes:
    """The bytes of a file as a JSON list: the compiler takes only text files from memory."""
    try:
        return json.dumps(list(path.read_bytes())).encode()
    except OSError as error:
        raise EchoseqError(f"{path}: cannot read it, make it again") from error


def _command(target: str, options: str) -> str:
    return f"snakemake --cores 4 {target}{' ' * bool(options)}{options}"


def _forced(sources: PaperFiles) -> str:
    """The command that redraws a figure even if nothing has changed."""
    rule = _named(sources.figures[0].stem, sources)
    return _command(f"{rule} --forcerun {rule}", sources.options)
