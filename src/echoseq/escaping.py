"""Texts of a configuration, written so that whatever they are put into shows them as they are.

A name, a label or an explanation may contain anything. Each function here is for one place that
would otherwise take parts of a text for its own language.
"""

import re
import textwrap
from typing import Any

from echoseq.files import canonical_json

WIDTH = 100  # of a line of a paragraph; docutils refuses lines of more than 10,000 characters
STRING = re.compile(r'"(?:[^"\\]|\\.)*"')  # in JSON
# With these, wildcards, templates, elements and scripts begin and end.
ACTIVE = {ord(character): f"\\u{ord(character):04x}" for character in "{}<>&"}


def inert_json(value: Any) -> str:
    """Canonical JSON whose texts are neither wildcards nor markup to those who pass it on.

    Snakemake looks for wildcards in params, and its report has them in a script.
    """
    return STRING.sub(lambda text: text[0].translate(ACTIVE), canonical_json(value))


def rst(text: str) -> str:
    """One line of reStructuredText, which may be a Jinja template first, as captions are.

    No two marks of punctuation stay neighbours, so nothing of Jinja's remains.
    """
    return re.sub(r"([!-/:-@\[-`{-~\u2022\u2023\u2043])", r"\\\1", one_line(text))


def rst_paragraph(text: str) -> str:
    """`rst` in lines of moderate length."""
    lines = textwrap.wrap(rst(text), WIDTH, break_long_words=False, break_on_hyphens=False)
    return "\n".join(lines)


def markdown(text: str) -> str:
    """One line of Markdown, also for a cell of a table."""
    line = re.sub(r"([\\`*_{}\[\]<>|$~#&])", r"\\\1", one_line(text))
    return re.sub(r"^([-+=]|\d+[.)](?=\s|$))", _with_backslash, line)  # a list, an underline


def mathtext(text: str) -> str:
    """Text for matplotlib, which takes what is between two dollar signs for a formula."""
    return text.replace("$", r"\$")


def one_line(text: str) -> str:
    """Text with a single space for each run of spaces and line breaks."""
    return " ".join(text.split())


def _with_backslash(found: re.Match[str]) -> str:
    return f"{found[0][:-1]}\\{found[0][-1]}"
