"""What the paper says: every number, table and figure of it, from the files of the results.

`gather` reads the files and returns plain data in which all numbers are text already; the source in
paper/ only places it. Sentences that depend on values are made here, so that they stay true for
other values.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import typst
import yaml

from echoseq.answers import BETTER, NOT_BETTER, NOT_WORSE, SAME, UNDECIDED, WORSE
from echoseq.errors import EchoseqError
from echoseq.inference import wilson
from echoseq.statistics import EXACT
from echoseq.study import Study, load
from echoseq.wording import (
    count,
    either,
    guess,
    loss,
    p_value,
    plain,
    plural,
    share,
    signed,
    spoken,
    spread,
    with_interval,
)

Row = dict[Any, Any]

# The rule behind each table; a figure's rule has its name.
RULES = {
    "experiments": "describe",
    "summary": "summarize",
    "errors": "summarize",
    "runs": "learning",
    "answers": "answer",
    "comparisons": "compare",
}
VERDICTS = (WORSE, NOT_BETTER, SAME, NOT_WORSE, BETTER, UNDECIDED)
MEMORYLESS = ("memoryless", "last_step")  # models that carry nothing from step to step
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
    tables = {name: _table(path) for name, path in sources.tables.items()}
    core = tables["experiments"][tables["experiments"]["question"].isna()]
    try:
        return {
            "version": study.version,
            "settings": _settings(study, core),
            "models": sorted(set(tables["experiments"]["model"])),
            "framings": sorted(set(tables["experiments"]["framing"])),
            "encodings": sorted(set(tables["experiments"]["encoding"])),
            "abstract": _abstract(core, tables),
            "experiments": _experiments(core, tables["runs"]),
            "accuracy": _accuracy(tables["summary"]),
            "learned": _learned(core, tables["runs"]),
            "prose": {
                "learning": _learning_prose(core, tables["runs"]),
                "accuracy": _accuracy_prose(tables["summary"], study.statistics.success),
                "errors": _errors_prose(tables["errors"]),
            },
            "environment": _environment(_read(sources.environment, json.loads)),
            "extensions": _extensions(tables) if "answers" in tables else None,
            "made": {
                **{name: _made(RULES[name], p, sources) for name, p in sources.tables.items()},
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
        "success": plain(study.statistics.success),
        "learned_over": count(study.statistics.learned_over),
        "margin": plain(study.statistics.margin),
        "faultless": share(wilson(pairs, pairs, study.statistics.confidence)[0]),
    }


def _experiments(core: pd.DataFrame, runs: pd.DataFrame) -> list[list[str]]:
    return [
        [
            row["experiment"],
            row["model"],
            f"{row['n_out']} of {row['n_in']}",
            count(row["cells"]),
            count(_of(runs, row["experiment"])["parameters"].iloc[0]),
            count(row["epochs"]),
            count(row["batch_size"]),
            str(len(_of(runs, row["experiment"]))),
            guess(row["chance_accuracy"]),
            loss(row["chance_loss"]),
        ]
        for row in _rows(core)
    ]


def _accuracy(summary: pd.DataFrame) -> list[list[str]]:
    return [
        [
            row["experiment"],
            "exact match" if row["position"] == EXACT else row["position"],
            with_interval(row["mean"], row["low"], row["high"]),
            share(row["median"]),
            share(row["minimum"]),
            share(row["maximum"]),
            f"{_successes(row)} of {row['seeds']}",
            f"{share(row['success_low'], 2)} to {share(row['success_high'], 2)}",
            guess(row["chance"]),
        ]
        for row in _rows(_complete(summary))
    ]


def _learned(core: pd.DataFrame, runs: pd.DataFrame) -> list[list[str]]:
    table = []
    for row in _rows(core):
        own = _of(runs, row["experiment"])
        learned = own["epochs_to_learn"].dropna()
        published = [row["reference_loss_low"], row["reference_loss_high"]]
        table.append(
            [
                row["experiment"],
                loss(own["final_loss"].median()),
                spread(own["final_loss"], loss),
                "" if math.isnan(published[0]) else " to ".join(map(loss, published)),
                share(own["final_accuracy"].mean()),
                f"{len(learned)} of {len(own)}",
                count(learned.median()) if len(learned) else "",
                spread(learned, count) if len(learned) else "",
                own["digest"].iloc[0][:16],
            ]
        )
    return table


def _abstract(core: pd.DataFrame, tables: Mapping[str, pd.DataFrame]) -> str:
    summary = _complete(tables["summary"])
    exact = {row["experiment"]: row for row in _rows(summary[summary["position"] == EXACT])}
    said = []
    for row in _rows(core):
        found = exact[row["experiment"]]
        said.append(
            f"the {spoken(row['experiment'])} ({row['n_out']} of {row['n_in']} values, "
            f"{plural(row['epochs'], 'epoch')}) has a mean exact match of "
            f"{with_interval(found['mean'], found['low'], found['high'])}, where a guess has "
            f"{guess(found['chance'])}"
        )
    return f"{_capital('; '.join(said))}."


def _learning_prose(core: pd.DataFrame, runs: pd.DataFrame) -> str:
    said = []
    for row in _rows(core):
        own = _of(runs, row["experiment"])
        learned = own["epochs_to_learn"].dropna()
        sentence = f"Of the {spoken(row['experiment'])}, {len(learned)} of {_seeds(own)} learn"
        if len(learned):
            sentence += (
                f", after {spread(learned, count)} epochs (median {count(learned.median())})"
            )
        sentence += (
            f"; {plural(row['epochs'], 'epoch')} bring the loss from about "
            f"{loss(row['chance_loss'])} to {spread(own['final_loss'], loss)}"
        )
        if not math.isnan(row["reference_loss_low"]):
            low, high = row["reference_loss_low"], row["reference_loss_high"]
            inside = int(own["final_loss"].between(low, high).sum())
            sentence += (
                f", where the source prints {loss(low)} to {loss(high)} ({inside} of {_seeds(own)} "
                "within that)"
            )
        said.append(f"{sentence}.")
    return " ".join(said)


def _accuracy_prose(summary: pd.DataFrame, success: float) -> str:
    said = []
    for name, rows in _complete(summary).groupby("experiment", sort=False):
        (exact,) = _rows(rows[rows["position"] == EXACT])
        worst = _rows(rows[rows["position"] != EXACT].sort_values("mean", kind="stable"))[0]
        said.append(
            f"The {spoken(str(name))} has a mean exact match of "
            f"{with_interval(exact['mean'], exact['low'], exact['high'])}; its seeds lie between "
            f"{share(exact['minimum'])} and {share(exact['maximum'])}, and {_successes(exact)} of "
            f"{exact['seeds']} reach {plain(success)}, which is compatible "
            f"with a share of {share(exact['success_low'], 2)} to "
            f"{share(exact['success_high'], 2)} among all seeds. Its least accurate position "
            f"is {worst['position']}, with "
            f"{with_interval(worst['mean'], worst['low'], worst['high'])}."
        )
    return " ".join(said)


def _errors_prose(errors: pd.DataFrame) -> str:
    said = []
    for name, rows in errors.groupby("experiment", sort=False):
        positions = rows[rows["split"] == "position"]
        wrong, asked = positions["part"].sum(), positions["whole"].sum()
        sentence = f"The {spoken(str(name))} gets {count(wrong)} of {count(asked)} values wrong"
        if wrong:
            elsewhere = _rows(rows[rows["split"] == "offset"])[-1]
            within = wrong - elsewhere["part"]
            low, high = 1 - elsewhere["high"], 1 - elsewhere["low"]
            sentence += (
                f"; {count(within)} of the wrong answers are another value of the same window, a "
                f"share of {with_interval(within / wrong, low, high, 3)}, where answers drawn at "
                f"random would give {share(1 - elsewhere['chance'], 3)}"
            )
        said.append(f"{sentence}.")
    return " ".join(said)


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


def _extensions(tables: Mapping[str, pd.DataFrame]) -> dict[str, Any]:
    """The questions with what was found, and every comparison."""
    answers = tables["answers"]
    facts = [fact for figures in answers["figures"] for fact in json.loads(figures)]
    compared = tables["comparisons"][tables["comparisons"]["position"] == EXACT]
    fewest = int(compared["seeds"].min())
    level = 1 - compared["confidence"].iloc[0]
    clear = int((compared["p_holm"] < level).sum())
    smallest = min(1, 2 / 2.0**fewest)  # of as many sign flips
    worse, better = int((compared["high"] < 0).sum()), int((compared["low"] > 0).sum())
    return {
        "abstract": (
            f"Of {plural(len(compared), 'experiment')} on the open questions, {worse} "
            f"{'has' if worse == 1 else 'have'} an interval of the difference to the base wholly "
            f"below nought, {better} wholly above"
        ),
        "prose": (
            f"{_capital(plural(len(compared), 'experiment'))} with "
            f"{spread(compared['seeds'], str)} seeds each were compared with a base. In {worse} "
            f"the interval of the difference lies wholly below nought, in {better} wholly above. "
            f"After correction {clear or 'none'} of them {'has' if clear == 1 else 'have'} "
            f"a p-value below {plain(level)}. With {plural(fewest, 'seed')} the test "
            f"cannot give less than {share(smallest)} even before correction"
            f"{'; there the interval is what to read' * bool(smallest >= level)}."
        ),
        "controls": _controls(facts, tables["experiments"]),
        "questions": [_question(row) for row in _rows(answers)],
        "comparisons": [_comparison(fact, compared) for fact in facts],
    }


def _controls(facts: list[Row], experiments: pd.DataFrame) -> str:
    """How far networks without memory get; empty if there are none."""
    names = set(experiments[experiments["model"].isin(MEMORYLESS)]["experiment"])
    said = [
        f"the control {spoken(fact['experiment'])} has an exact match of "
        f"{with_interval(fact['exact_match'], fact['exact_match_low'], fact['exact_match_high'])}"
        for fact in facts
        if fact["experiment"] in names
    ]
    return f"Without memory, {either(said, 'and')}." if said else ""


def _question(answer: Row) -> dict[str, Any]:
    facts = json.loads(answer["figures"])
    groups = [
        {
            "verdict": verdict,
            "experiments": [f["experiment"] for f in facts if f["verdict"] == verdict],
        }
        for verdict in VERDICTS
    ]
    return {
        "name": _capital(answer["question"]),
        "text": answer["text"],
        "expectation": None if pd.isna(answer["expectation"]) else answer["expectation"],
        "outcome": None if pd.isna(answer["outcome"]) else answer["outcome"],
        "verdicts": [group for group in groups if group["experiments"]],
    }


def _comparison(fact: Row, compared: pd.DataFrame) -> list[str]:
    (row,) = _rows(compared[compared["experiment"] == fact["experiment"]])
    return [
        fact["question"],
        fact["experiment"],
        fact["base"],
        count(fact["parameters"]),
        count(fact["epochs"]),
        with_interval(fact["exact_match"], fact["exact_match_low"], fact["exact_match_high"]),
        signed(row["difference"])
        + ("" if math.isnan(row["low"]) else f" ({signed(row['low'])} to {signed(row['high'])})"),
        p_value(row["p_holm"]),
        f"{fact['learned']} of {fact['seeds']}",
        "" if fact["median_epochs_to_learn"] is None else count(fact["median_epochs_to_learn"]),
        fact["verdict"],
    ]


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


def _rows(table: pd.DataFrame) -> list[Row]:
    return table.to_dict("records")


def _of(runs: pd.DataFrame, experiment: str) -> pd.DataFrame:
    return runs[runs["experiment"] == experiment]


def _complete(table: pd.DataFrame) -> pd.DataFrame:
    return table[table["windows"] == "complete"]


def _seeds(runs: pd.DataFrame) -> str:
    return f"{len(runs)} seed{'' if len(runs) == 1 else 's'}"


def _successes(row: Row) -> int:
    return round(row["success_rate"] * row["seeds"])


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


def _table(path: Path) -> pd.DataFrame:
    try:
        return pd.read_csv(path, dtype={"position": str, "group": str})
    except (OSError, ValueError) as error:
        raise EchoseqError(f"{path}: expected a table, cannot read it") from error


def _read(path: Path, parse: Any) -> Any:
    try:
        return parse(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise EchoseqError(f"{path}: cannot read it, make it again") from error
