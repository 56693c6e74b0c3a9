"""The generated parts of docs/results.md: the files of a version, their columns and their keys.

`make docs` puts them into that document.
"""

import ast
import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from echoseq.code import parsed
from echoseq.documents.contents import CONTENTS, KEYS
from echoseq.documents.markdown import insert, markdown_table
from echoseq.figures.catalogue import EXTENSIONS, FIGURES, FORMATS, PUBLISHED, STUDY
from echoseq.layout import FIGURE, KINDS, Kind, class_of, shown
from echoseq.package import module_path
from echoseq.study.ablated import meanings_of_ablations
from echoseq.study.probed import meanings_of_probed
from echoseq.tables.catalogue import PER_PART, TABLES, made_from, module_of, table_file

# What stands for the settings of a study in the meanings of columns: their names, and all states.
SETTINGS = (
    {
        name: f"`{name}`"
        for name in (
            "confidence",
            "sequences",
            "success",
            "learned_over",
            "learned_share",
            "margin",
        )
    }
    | meanings_of_probed()
    | meanings_of_ablations()
)
# The files whose classes depend on the name of a table or figure.
NAMED = [
    *(table_file(name, extensions=False) for name in TABLES),
    *(table_file(name, extensions=True) for name in made_from(*PER_PART)),
    *(f"{FIGURE.format(figure=name)}.{form}" for name in FIGURES for form in FORMATS),
]
PARTS = {
    STUDY: "the study",
    EXTENSIONS: "the extensions",
    PUBLISHED: "what others published",
}


def reference(class_of_file: Callable[[str], str]) -> dict[str, str]:
    """The generated parts as Markdown, by the names of their markers.

    Args:
        class_of_file: its class in the manifest, by its path.
    """
    files = (
        (f"`{shown(kind.path)}`", CONTENTS[kind.path], _classes(kind, class_of_file))
        for kind in KINDS
        if kind.path in CONTENTS
    )
    tables = (_table_row(name, class_of_file) for name in TABLES)
    figures = (_figure_row(name, class_of_file) for name in FIGURES)
    return {
        "files": markdown_table(("file", "content", "class"), files),
        "tables": markdown_table(("table", "what it says", "files", "class"), tables),
        "columns": "\n".join(map(_columns, TABLES)),
        "figures": markdown_table(("figure", "what it shows", "part", "tables", "class"), figures),
        "keys": "\n".join(_section(shown(path), "key", keys) for path, keys in KEYS.items()),
    }


def _classes(kind: Kind, class_of_file: Callable[[str], str]) -> str:
    """The classes of a kind of file; those of tables and figures depend on their names."""
    if not kind.listed:
        return ""
    named = [path for path in NAMED if kind.names_in(path) is not None]
    return " or ".join(sorted(set(map(class_of_file, named or [kind.path]))))


def _table_row(name: str, class_of_file: Callable[[str], str]) -> tuple[str, ...]:
    places = [table_file(name, extensions=False)]
    if TABLES[name].source in PER_PART:
        places.append(table_file(name, extensions=True))
    shown = ", ".join(f"`{place}`" for place in places)
    return f"[{name}](#{name})", _summary(module_of(name)), shown, class_of_file(places[0])


def _figure_row(name: str, class_of_file: Callable[[str], str]) -> tuple[str, ...]:
    figure = FIGURES[name]
    part = PARTS.get(figure.part, f"the question `{figure.part}`")
    tables = ", ".join(f"[{table}](#{table})" for table in figure.tables)
    path = f"{FIGURE.format(figure=name)}.svg"
    return f"`{name}`", _summary(f"echoseq.figures.{name}"), part, tables, class_of_file(path)


def _columns(name: str) -> str:
    table = TABLES[name]
    columns = {column: meaning.format_map(SETTINGS) for column, meaning in table.columns.items()}
    return _section(name, "column", columns, f"A row for each {table.row}.\n\n")


def _section(title: str, what: str, meanings: Mapping[str, str], text: str = "") -> str:
    rows = ((f"`{key}`", meaning) for key, meaning in meanings.items())
    return f"### `{title}`\n\n{text}{markdown_table((what, 'meaning'), rows)}"


def _summary(module: str) -> str:
    """The first line of the docstring of a module, by its dotted name, without the full stop."""
    text = ast.get_docstring(parsed(module_path(module))) or ""
    return text.partition("\n")[0].removesuffix(".")


def main(document: Path) -> None:
    """Put the generated parts between their markers in a document."""
    for name, text in reference(partial(class_of, bits_promised=True)).items():
        insert(document, name, text)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
