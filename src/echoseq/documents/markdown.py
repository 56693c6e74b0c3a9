"""Markdown: tables, and text put between markers."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from echoseq.errors import EchoseqError
from echoseq.files import write_text


def markdown_table(header: Sequence[str], rows: Iterable[Iterable[str]]) -> str:
    """A table in Markdown; the cells must not contain a vertical bar."""
    lines = [header, ["---"] * len(header), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def insert(path: Path, name: str, content: str) -> None:
    """Put text between the two markers of this name in a Markdown file.

    Raises:
        EchoseqError: if the file does not contain each marker once.
    """
    begin, end = (f"<!-- {name}: {edge} -->" for edge in ("begin", "end"))
    text = path.read_text(encoding="utf-8")
    if text.count(begin) != 1 or text.count(end) != 1:
        raise EchoseqError(f"{path}: expected the lines {begin} and {end}, each once")
    before, after = text.split(begin)[0], text.split(end)[1]
    write_text(path, f"{before}{begin}\n{content}{end}{after}")
