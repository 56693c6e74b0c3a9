"""Tables as self-contained HTML pages."""

from base64 import b64encode
from collections.abc import Mapping
from html import escape
from pathlib import Path

import pandas as pd

from echoseq.tables.catalogue import TABLES
from echoseq.tables.columns import TEXT, read_table
from echoseq.wording import count, plural

MAX_ROWS = 2000  # a browser is slow with many more

STYLE = """
body {font: 14px/1.4 system-ui, sans-serif; margin: 1.5em; color: #1e293b}
table {border-collapse: collapse; font-variant-numeric: tabular-nums}
th {position: sticky; top: 0; background: #e2e8f0}
th, td {text-align: left; vertical-align: top; padding: .2em .8em; max-width: 45em}
tr:nth-child(even) td {background: #f1f5f9}
"""


def table_page(path: Path, *, name: str) -> str:
    """A CSV file as an HTML page: its rows, rounded, and the file itself to download.

    Columns that hold JSON are left out: they are for programs.
    """
    table = read_table(path)
    columns = [column for column in table if column in TEXT or not _is_json(table[column])]
    shown = table.loc[:, columns].head(MAX_ROWS)
    rows = plural(len(table), "row")
    if len(table) > MAX_ROWS:
        rows = f"the first {count(MAX_ROWS)} of {rows}"
    content = b64encode(path.read_bytes()).decode("ascii")
    file = escape(f"{name}.csv")
    body = shown.to_html(index=False, border=0, na_rep="", float_format="{:.6g}".format)
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{escape(name)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        f"<h1>{escape(name)}</h1>\n<p>{rows}, numbers rounded. Complete and in full precision: "
        f'<a download="{file}" href="data:text/csv;base64,{content}">{file}</a></p>\n'
        f"{body}\n</body>\n</html>\n"
    )


def _is_json(column: pd.Series) -> bool:
    return bool(len(column) and column.astype(str).str.startswith(("[", "{")).all())


def table_caption(name: str, settings: Mapping[str, object]) -> str:
    """A description of a table in reStructuredText: what a row represents, and every column.

    Args:
        settings: values for the placeholders in the meanings of columns.
    """
    table = TABLES[name]
    meanings = {
        column: meaning.format_map(settings).replace("`", "``")
        for column, meaning in table.columns.items()
    }
    lines = [f"* ``{column}``: {meaning}" for column, meaning in meanings.items()]
    return "\n".join([f"A row for each {table.row}.", "", *lines, ""])
