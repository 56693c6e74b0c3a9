"""The site, in one folder, made from a published version alone.

python -m echoseq.documents.site.building results/published config site
"""

import re
import shutil
import sys
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from echoseq.documents.headline import findings, headline_table
from echoseq.documents.published import published_text
from echoseq.documents.templates import environment
from echoseq.errors import EchoseqError
from echoseq.figures import style
from echoseq.files import write_text
from echoseq.layout import ANSWERS, FIGURE, PAGE, PAPER
from echoseq.places import TABLE
from echoseq.study.default import DEFAULT_CONFIG

FOLDER = Path(__file__).parent
PAGE_FOLDER = FOLDER.parent / "page"  # whose style and palette the site has, too
TEMPLATE, STYLES = "index.html", (PAGE_FOLDER / "style.css", FOLDER / "style.css")
# What the page shows of a version, as far as the version has it.
FILES = {
    **{"page": PAGE, "paper": PAPER},
    **{name: f"{FIGURE.format(figure=name)}.svg" for name in ("task", "needed_cells")},
}
BESIDE = TABLE.format(table="published")
ERRATA = "README.md"  # in the folder of all published versions: what is wrong in them


def latest(published: Path) -> Path:
    """The folder of the latest version: of v1, v2 and so on, the one with the highest number.

    Raises:
        EchoseqError: if there is none.
    """
    numbered = {
        int(found[1]): folder
        for folder in published.glob("v*/")
        if (found := re.fullmatch(r"v([1-9][0-9]*)", folder.name))
    }
    if not numbered:
        raise EchoseqError(f"{published}: expected a published version, v1 or later, found none")
    return numbered[max(numbered)]


def reading_of(version: str, configurations: Path) -> Path:
    """The configuration as which a version is read: that of its name, or else the current one."""
    own = configurations / f"{version}.yaml"
    return own if own.is_file() else configurations / DEFAULT_CONFIG.name


def build(published: Path, configurations: Path, target: Path) -> Path:
    """Write the site of the latest published version: its answers, page and paper, if it has them.

    Args:
        published: results/published, with a folder for each version.
        configurations: the folder of those as which answers are read, as in docs/answers.md.
        target: a folder that does not exist, or is empty.

    Returns:
        The folder of the version.

    Raises:
        EchoseqError: if there is no version, a table cannot be read, or the target is not empty.
    """
    if target.exists() and not (target.is_dir() and not any(target.iterdir())):
        raise EchoseqError(f"{target}: expected an empty folder, or none")
    version = latest(published)
    reading = reading_of(version.name, configurations)
    files = {key: name if (version / name).is_file() else "" for key, name in FILES.items()}
    errata = published / ERRATA
    text = _page(
        version=version.name,
        files=files,
        errata=_html(errata.read_text(encoding="utf-8")) if errata.is_file() else "",
        headline=_html(headline_table(version)),
        answers=_html(findings(version, reading)) if (version / ANSWERS).is_file() else "",
        published=_html(published_text(version)) if (version / BESIDE).is_file() else "",
    )
    for name in filter(None, files.values()):
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(version / name, target / name)
    write_text(target / TEMPLATE, text)
    return version


def _page(**content: object) -> str:
    """The one page that is made here."""
    styles = Markup("".join(path.read_text(encoding="utf-8") for path in STYLES))
    return (
        environment(FOLDER, PAGE_FOLDER)
        .get_template(TEMPLATE)
        .render(content, palette=style, style=styles)
    )


def _html(text: str) -> Markup:
    """Markdown as HTML: headings one level lower, tables that scroll, links to the web alone."""
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = parser.parse(text)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{int(token.tag[1]) + 1}"
        token.children = token.children and _without_dead_links(token.children)
    made = parser.renderer.render(tokens, parser.options, {})
    scrolled = '<div class="scrolled" tabindex="0" role="region" aria-label="Table"><table>'
    return Markup(made.replace("<table>", scrolled).replace("</table>", "</table></div>"))


def _without_dead_links(tokens: list[Token]) -> list[Token]:
    """The parts of a line; of links to other files of the repository, the texts."""
    kept, alive = [], True  # links are not nested
    for token in tokens:
        if token.type == "link_open":
            alive = re.match("https?:", str(token.attrs["href"])) is not None
        if alive or token.type not in ("link_open", "link_close"):
            kept.append(token)
    return kept


def main(published: str, configurations: str, target: str) -> None:
    """Build the site, and say of which version."""
    try:
        version = build(Path(published), Path(configurations), Path(target))
    except EchoseqError as error:
        sys.exit(error.told())
    print(f"{target}/{TEMPLATE}: version {version.name}")


if __name__ == "__main__":
    main(*sys.argv[1:])
