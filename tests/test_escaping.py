"""Texts come out as they are written, whatever reads them first."""

import html
import json
import re

import pytest
from docutils.core import publish_parts
from hypothesis import example, given, settings
from hypothesis import strategies as st
from jinja2 import Environment
from matplotlib.figure import Figure
from snakemake.io import apply_wildcards

from echoseq.escaping import inert_json, markdown, mathtext, one_line, rst, rst_paragraph

# What means something to Jinja, reStructuredText, HTML, Markdown, mathtext, Snakemake or typst.
HOSTILE = (
    *("{x}", "{wildcards.seed}", "{{ 7 * 6 }}", "{% if 1 %}42{% endif %}", "{# gone #}", "#(6*7)"),
    *(
        "$x_1$",
        r"$\frac$",
        r"\$",
        "<i data-mark=1>b</i>",
        "</script>",
        "<!--",
        "&lt;",
        '"q"',
        "it's",
    ),
    *(
        "100%",
        "%s",
        "a_b",
        "_a_",
        "__init__",
        "#import",
        "@ref",
        "*bold*",
        "**b**",
        "`code`",
        "|pipe|",
    ),
    *(
        "\\",
        "\\\\n",
        "x: y",
        "::",
        ".. raw:: html",
        "=1+1",
        "===",
        "- x",
        "1. x",
        "#. x",
        "• x",
        "~~s~~",
    ),
    *(
        "NaN",
        "N/A",
        "None",
        "true",
        "1e5",
        "007",
        "[1](x)",
        "> q",
        "a@b.c",
        "http://a.b/?c=d&e",
        "µ → ∞",
    ),
)
TEXTS = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1).filter(
    one_line
)


def read_as_rst(text: str) -> str:
    """What a reader sees of a caption in Snakemake's report: a template, then reStructuredText."""
    body = publish_parts(Environment().from_string(text).render(), writer="html")["body"]
    found = re.fullmatch(r"<p>(.*)</p>\n", body, flags=re.DOTALL)
    assert found, body
    assert "<" not in found[1]
    return one_line(html.unescape(found[1]))


@pytest.mark.parametrize("text", HOSTILE)
def test_captions_are_shown_as_written(text: str) -> None:
    assert read_as_rst(rst(text)) == text
    assert read_as_rst(rst_paragraph(f"{text} and {text}")) == f"{text} and {text}"


@settings(max_examples=50)
@given(TEXTS, TEXTS)
@example("{", "{ 7 * 6 }}")
def test_no_two_texts_make_a_template_or_markup(first: str, second: str) -> None:
    assert read_as_rst(rst(first) + rst(second)) == one_line(one_line(first) + one_line(second))


def test_a_long_caption_has_lines_that_docutils_reads() -> None:
    text = "a {b} " * 5000
    assert max(map(len, rst_paragraph(text).splitlines())) <= 100
    assert read_as_rst(rst_paragraph(text)) == text.strip()


@settings(max_examples=50)
@given(st.dictionaries(TEXTS, st.lists(TEXTS | st.none())))
@example({"{seed}": ["</script>", "{seed}", '"{seed}', "\\{seed}"]})
def test_params_hold_no_wildcard_and_no_element(value: object) -> None:
    text = inert_json(value)
    assert json.loads(text) == value
    assert not set("<>&") & set(text)
    assert apply_wildcards(text, {}) == text  # raises an error for a wildcard


@pytest.mark.parametrize("text", HOSTILE)
def test_figures_show_text_as_written(text: str) -> None:
    figure = Figure()
    shown, mathematical = figure.text(0, 0, mathtext(text))._preprocess_math(mathtext(text))
    assert (shown, mathematical) == (text, False)
    figure.draw_without_rendering()


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("a|b", r"a\|b"),
        ("*b* _c_ `d`", r"\*b\* \_c\_ \`d\`"),
        ("<b>&lt;", r"\<b\>\&lt;"),
        ("$x$ {y} [z](q) \\", r"\$x\$ \{y\} \[z\](q) \\"),
        ("- a", r"\- a"),
        ("=1+1", r"\=1+1"),
        ("1. a", r"1\. a"),
        ("1.5 - 2", "1.5 - 2"),
        ("a\n\n b\tc", "a b c"),
        ("Longer, 5 of 5: 99.1% (p = .05)", "Longer, 5 of 5: 99.1% (p = .05)"),
    ],
)
def test_markdown_is_escaped(text: str, escaped: str) -> None:
    assert markdown(text) == escaped
