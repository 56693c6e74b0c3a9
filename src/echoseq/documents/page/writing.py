"""The page as one file: content, style, scripts and libraries in a template."""

import json
from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import altair as alt
import vl_convert
from markupsafe import Markup

from echoseq.documents.templates import environment
from echoseq.errors import EchoseqError
from echoseq.figures import style
from echoseq.packing import pack

FOLDER = Path(__file__).parent
TEMPLATE, STYLE = "page.html", "style.css"
SCRIPTS = ("networks.js", "elements.js", "packed.js", "play.js", "explore.js")
LIMIT = 5_000_000  # bytes


def page_text(content: Mapping[str, Any]) -> str:
    """The page.

    Args:
        content: from `content.gather`.

    Raises:
        EchoseqError: if it would be too large.
    """
    text = (
        environment(FOLDER)
        .get_template(TEMPLATE)
        .render(
            content,
            style=Markup((FOLDER / STYLE).read_text(encoding="utf-8")),
            palette=style,
            scripts=_script("\n".join((FOLDER / s).read_text(encoding="utf-8") for s in SCRIPTS)),
            data_packed=_packed(_json(content["data"])),
            library_packed=_packed(_library()),
        )
    )
    size = len(text.encode())
    if size > LIMIT:
        weights = sorted((len(_packed(_json(n))), n["name"]) for n in content["data"]["networks"])
        largest = f", of which {weights[-1][1]} takes {weights[-1][0] / 1e6:.2f}" * bool(weights)
        raise EchoseqError(
            f"page.networks: expected a page of at most {LIMIT / 1e6:g} MB, got "
            f"{size / 1e6:.2f} MB{largest}"
        )
    return text


def _library() -> str:
    """Vega-Lite with all that it needs, as one script."""
    version = ".".join(alt.SCHEMA_VERSION.removeprefix("v").split(".")[:2])
    return vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;", vl_version=version)


def _script(text: str) -> Markup:
    """A program that cannot end its element."""
    return Markup(text.replace("</script", "<\\/script").replace("<!--", "<\\!--"))


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def _packed(text: str) -> str:
    """Compressed, in letters that mean nothing in HTML; packed.js reads them."""
    return b64encode(pack(text.encode())).decode()
