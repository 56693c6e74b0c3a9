"""The tables, as their modules declare them; importing this loads none of those modules."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

from echoseq.declarations import declared
from echoseq.escaping import inert_json
from echoseq.package import module_path
from echoseq.places import TABLE, TABLE_OF_ALL, TABLE_OF_TIMES

ROOMS = ("tables", "answers")  # where the modules are that declare tables
# What a table is made from. Tables of the first two are made for the study and for all experiments.
PER_PART = ("predictions", "runs")
# These tables are made only if a question has probes.
PROBED = "probes"
# These tables are made only if an experiment has ablations.
ABLATED = "ablations"
# These tables are made from other tables, of which some are again made from tables.
OTHERS = "tables"
# So is this one, in a job of its own: only if a question has claims.
CLAIMED = "claims"
# These tables are made only by the target of the same name.
PUBLISHED = "published"
# Tables of the last hold times, which are not results.
MEASURED = "timings"
SOURCES = (*PER_PART, "study", "pairs", OTHERS, PROBED, ABLATED, CLAIMED, PUBLISHED, MEASURED)


@dataclass(frozen=True, slots=True)
class Table:
    """A module's declaration of its table.

    source: what it is made from, one of `SOURCES`.
    row: what a row represents.
    settings: what it depends on: keys of `statistics` in the configuration, `questions`, `claims`,
        `published`, `published_claims`, or the number of held-out `sequences`.
    columns: the meaning of each; {sequences}, {confidence}, {success}, {learned_over},
        {learned_share} and {margin} stand for settings of the study.
    """

    source: str
    row: str
    settings: tuple[str, ...]
    columns: dict[str, str]


@dataclass(frozen=True, slots=True)
class Reading:
    """The further declaration of a table that is made from others.

    reads: their names.
    """

    reads: tuple[str, ...]


_DECLARED = {room: declared(room, Table) for room in ROOMS}
_MODULES = {name: f"echoseq.{room}.{name}" for room, tables in _DECLARED.items() for name in tables}
TABLES = {name: table for tables in _DECLARED.values() for name, table in tables.items()}
READING = {name: it.reads for room in ROOMS for name, it in declared(room, Reading).items()}


def made_from(*sources: str) -> list[str]:
    """The names of the tables made from any of these sources."""
    return [name for name, table in TABLES.items() if table.source in sources]


def read_for(source: str) -> list[str]:
    """The tables of other sources from which those of a source are made, by name."""
    reads = {name for made in made_from(source) for name in READING.get(made, ())}
    return sorted(name for name in reads if TABLES[name].source != source)


def in_order(names: Iterable[str]) -> list[str]:
    """The names of tables, each after those that it is made from."""
    wanted = set(names)
    reads = {name: wanted.intersection(READING.get(name, ())) for name in sorted(wanted)}
    return list(TopologicalSorter(reads).static_order())


def module_of(name: str) -> str:
    """The dotted name of the module that makes a table."""
    return _MODULES[name]


def modules_behind(source: str) -> list[Path]:
    """The modules that make the tables of a source: how it is read, and one for each table."""
    modules = [f"echoseq.tables.sources.{source}", *map(module_of, made_from(source))]
    return [*map(module_path, modules)]


def settings_text(names: Iterable[str], study: Mapping[str, Any]) -> str:
    """The settings that the named tables declare, as JSON for params.

    Args:
        study: a configuration with every default.
    """
    given = settings_of(study)
    wanted = {setting for name in names for setting in TABLES[name].settings}
    return inert_json({key: given[key] for key in wanted})


def settings_of(study: Mapping[str, Any]) -> dict[str, Any]:
    """All that tables may depend on: what is claimed is no part of the questions.

    Args:
        study: a configuration with every default.
    """
    # Lists: canonical JSON sorts the keys of a mapping, and answers come in the order asked.
    questions = []
    claims: dict[bool, list[dict[str, Any]]] = {False: [], True: []}
    for name, asked in study["questions"].items():
        beside = asked.get("target") == PUBLISHED
        kept = {key: value for key, value in asked.items() if key not in ("because", "target")}
        questions += [] if beside else [{"name": name, **kept}]
        claims[beside] += [{"question": name, **claim} for claim in asked.get("because") or ()]
    return study["statistics"] | {
        "questions": questions,
        "claims": claims[False],
        "published": _published(study),
        "published_claims": claims[True],
        "sequences": study["evaluation"]["sequences"],
    }


def _published(study: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What others published: each with its experiment, its number there, and what is cited."""
    return [
        {"experiment": name, "number": number, "citation": study["sources"][result["source"]]}
        | result
        for name, experiment in study.get("experiments", {}).items()
        for number, result in enumerate(experiment.get("published") or (), start=1)
    ]


def table_file(name: str, *, extensions: bool) -> str:
    """The path of a table in the folder of a version."""
    source = TABLES[name].source
    if source == MEASURED:
        return TABLE_OF_TIMES.format(table=name)
    return (TABLE_OF_ALL if extensions and source in PER_PART else TABLE).format(table=name)
