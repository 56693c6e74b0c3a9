"""The tables, as their modules declare them; importing this loads none of those modules."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from echoseq.code import package_folder
from echoseq.declarations import declared
from echoseq.escaping import inert_json
from echoseq.places import TABLE, TABLE_OF_ALL, TABLE_OF_TIMES

# What a table is made from. Tables of the first two are made for the study and for all experiments.
PER_PART = ("predictions", "runs")
# These tables are made only if a question has probes.
PROBED = "probes"
# Tables of the last hold times, which are not results.
MEASURED = "timings"
SOURCES = (*PER_PART, "study", "pairs", "tables", PROBED, MEASURED)


@dataclass(frozen=True, slots=True)
class Table:
    """A module's declaration of its table.

    source: what it is made from, one of `SOURCES`.
    row: what a row represents.
    settings: what it depends on: keys of `statistics` in the configuration, or `questions`.
    columns: the meaning of each; {sequences}, {confidence}, {success}, {learned_over} and
        {learned_share} stand for settings of the study.
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


TABLES = declared("tables", Table)
# The tables that other tables are made from.
TABLES_READ = sorted({name for it in declared("tables", Reading).values() for name in it.reads})


def made_from(*sources: str) -> list[str]:
    """The names of the tables made from any of these sources."""
    return [name for name, table in TABLES.items() if table.source in sources]


def modules_behind(source: str) -> list[Path]:
    """The modules that make the tables of a source: how it is read, and one for each table."""
    folder = package_folder() / "tables"
    return [folder / f"{name}.py" for name in (f"sources/{source}", *made_from(source))]


def settings_text(names: Iterable[str], study: Mapping[str, Any]) -> str:
    """The settings that the named tables declare, as JSON for params.

    Args:
        study: a configuration with every default.
    """
    # A list: canonical JSON sorts the keys of a mapping, and answers come in the order asked.
    questions = [{"name": name, **asked} for name, asked in study["questions"].items()]
    given = study["statistics"] | {"questions": questions}
    wanted = {setting for name in names for setting in TABLES[name].settings}
    return inert_json({key: given[key] for key in wanted})


def table_file(name: str, *, extensions: bool) -> str:
    """The path of a table in the folder of a version."""
    source = TABLES[name].source
    if source == MEASURED:
        return TABLE_OF_TIMES.format(table=name)
    return (TABLE_OF_ALL if extensions and source in PER_PART else TABLE).format(table=name)
