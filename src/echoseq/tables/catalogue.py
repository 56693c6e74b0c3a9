"""Which tables there are, as their modules declare them; importing this loads none of them."""

from dataclasses import dataclass

from echoseq.declarations import declared

# What a table is made from. Those of the first two are made for the study, and for all experiments.
PER_PART = ("predictions", "runs")
SOURCES = (*PER_PART, "study", "pairs", "tables")


@dataclass(frozen=True, slots=True)
class Table:
    """What a module of this folder says of the table that it makes.

    source: what it is made from: one of `SOURCES`.
    row: what a row stands for.
    settings: the keys of `statistics` in the configuration that it depends on.
    columns: the meaning of each; {sequences}, {confidence}, {success} and {learned_over} stand
        for settings of the study.
    """

    source: str
    row: str
    settings: tuple[str, ...]
    columns: dict[str, str]


TABLES = {
    name: Table(**says)
    for name, says in declared(
        "tables",
        {
            "SOURCE": str,
            "ROW": str,
            "SETTINGS": tuple[str, ...],
            "COLUMNS": dict[str, str],
        },
    ).items()
}


def made_from(*sources: str) -> list[str]:
    """The names of the tables that are made from one of these sources."""
    return [name for name, table in TABLES.items() if table.source in sources]


def settings_of(names: list[str]) -> list[str]:
    """The settings that some tables depend on, each once."""
    return sorted({setting for name in names for setting in TABLES[name].settings})


def table_file(name: str, *, extensions: bool) -> str:
    """The path of a table in the folder of a version."""
    folder = "tables/extensions" if extensions and TABLES[name].source in PER_PART else "tables"
    return f"{folder}/{name}.csv"
