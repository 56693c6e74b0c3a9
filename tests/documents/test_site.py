"""The site of the latest published version, built from results/published."""

import shutil
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest
from printed import results
from workspaces import PROJECT

from echoseq.answers.published_claims import COLUMNS as CLAIM_COLUMNS
from echoseq.documents.headline import headline_rows
from echoseq.documents.site import building
from echoseq.errors import EchoseqError
from echoseq.files import file_digest
from echoseq.tables.columns import read_table
from echoseq.tables.store import write_table

PUBLISHED, CONFIG = PROJECT / "results/published", PROJECT / "config"


class Page(HTMLParser):
    """What a page links to, what can be linked to in it, and its text."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: list[str] = []
        self.heads: list[str] = []
        self.text = ""
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.links += [given[key] or "" for key in ("href", "src") if key in given]
        self.ids += [given["id"] or ""] if "id" in given else []
        self.heads += [tag] if tag in ("h1", "h2", "h3") else []

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("site") / "site"
    building.build(PUBLISHED, CONFIG, target)
    return target


def leads_somewhere(page: Page, folder: Path) -> bool:
    """Whether all links of a page lead to its parts, to files of the site, or to the web."""
    inside = [x for x in page.links if not x.startswith(("https:", "http:", "data:"))]
    return bool(inside) and all(
        link[1:] in page.ids if link.startswith("#") else (folder / link).is_file()
        for link in inside
    )


def test_the_site_has_what_the_latest_version_has(site: Path) -> None:
    version = building.latest(PUBLISHED)
    page = Page(site / "index.html")
    assert leads_somewhere(page, site)
    files = {path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file()}
    given = {name for name in building.FILES.values() if (version / name).is_file()}
    assert files == {"index.html", *given}
    assert "paper.pdf" in given
    for name in given:
        assert name in page.links
        assert file_digest(site / name) == file_digest(version / name)


def test_it_says_what_the_tables_say(site: Path) -> None:
    version = building.latest(PUBLISHED)
    text = " ".join(Page(site / "index.html").text.split())
    assert f"what its version {version.name} found" in text
    _, *rows = headline_rows(read_table(version / "tables/summary.csv"))
    for row in rows:
        assert all(cell in text for cell in row)
    for question in read_table(version / "tables/answers.csv")["question"]:
        assert f" {question.capitalize()} " in text
    assert "**" not in text  # nothing is left of Markdown
    assert "| ---" not in text


def small(folder: Path, name: str) -> Path:
    """A version with little more than its accuracies."""
    version = folder / name
    (version / "tables").mkdir(parents=True)
    summary = "tables/summary.csv"
    shutil.copyfile(building.latest(PUBLISHED) / summary, version / summary)
    return version


def test_the_latest_is_the_one_with_the_highest_number(tmp_path: Path) -> None:
    for name in ("v2", "v10", "v9", "v11-draft", "claims"):
        small(tmp_path, name)
    (tmp_path / "v12").write_text("a file")
    assert building.latest(tmp_path).name == "v10"


def test_a_version_is_read_as_the_configuration_of_its_name(tmp_path: Path) -> None:
    for name in ("config.yaml", "v2.yaml"):
        (tmp_path / name).write_text("")
    assert building.reading_of("v2", tmp_path).name == "v2.yaml"
    assert building.reading_of("v3", tmp_path).name == "config.yaml"


def test_a_version_with_a_page_has_it_on_the_site(tmp_path: Path) -> None:
    version = small(tmp_path / "published", "v3")
    (version / "page.html").write_text("<title>Play</title>")
    write_table(version / "tables/published.csv", results())
    write_table(version / "tables/published_claims.csv", pd.DataFrame(columns=list(CLAIM_COLUMNS)))
    building.build(tmp_path / "published", CONFIG, tmp_path / "site")
    page = Page(tmp_path / "site/index.html")
    assert page.links == ["data:,", "page.html", "#published"]  # no paper, no answers, no errata
    assert leads_somewhere(page, tmp_path / "site")
    assert "Met: 1; not met: 1; undecided: 1." in page.text
    assert (tmp_path / "site/page.html").read_text() == "<title>Play</title>"


def test_what_leads_nowhere_on_the_site_is_text(tmp_path: Path) -> None:
    small(tmp_path / "published", "v3")
    errata = "# Errata\n\nSee [v1](v1/paper.pdf), <b>or</b> [the *web*](https://example.org).\n"
    (tmp_path / "published/README.md").write_text(errata)
    building.build(tmp_path / "published", CONFIG, tmp_path / "site")
    made = (tmp_path / "site/index.html").read_text()
    line = 'See v1, &lt;b&gt;or&lt;/b&gt; <a href="https://example.org">the <em>web</em></a>.'
    assert f"<h2>Errata</h2>\n<p>{line}</p>" in made
    assert Page(tmp_path / "site/index.html").heads == ["h1", "h2", "h2"]


@pytest.mark.parametrize(
    ("published", "target", "line"),
    [
        ("none", "site", "none: expected a published version, v1 or later, found none"),
        (str(PUBLISHED), "full", "full: expected an empty folder, or none"),
    ],
    ids=["no version", "something in the folder"],
)
def test_a_mistake_is_one_line_and_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, published: str, target: str, line: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "full").mkdir()
    (tmp_path / "full/mine.txt").write_text("mine")
    with pytest.raises(EchoseqError) as caught:
        building.build(Path(published), CONFIG, Path(target))
    assert str(caught.value) == line
    assert [path.name for path in tmp_path.rglob("*")] == ["full", "mine.txt"]
