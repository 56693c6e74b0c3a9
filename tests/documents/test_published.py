"""What others published, as Markdown: the numbers of the tables, verdicts, remarks and sources."""

import shutil
from pathlib import Path

import pandas as pd
import pytest
from printed import results
from workspaces import PROJECT

from echoseq.answers.published_claims import COLUMNS as CLAIM_COLUMNS
from echoseq.cli import main
from echoseq.documents.published import published_text
from echoseq.documents.site.building import latest
from echoseq.errors import DamagedError, EchoseqError
from echoseq.tables.store import write_table

PUBLISHED = latest(PROJECT / "results/published")
CLAIM = {"question": "lag", "number": 1, "claim": "So it is.", "verdict": "holds"}
CLAIM |= {"measure": "accuracy", "experiment": "a", "base": "b", "at_least": 0.5}
CLAIM |= {"value": 0.9, "low": 0.8, "high": 1.0, "seeds": 10}


@pytest.fixture
def version(tmp_path: Path) -> Path:
    """A version with nothing but these tables, as `snakemake published` alone leaves it."""
    (tmp_path / "tables").mkdir()
    write_table(tmp_path / "tables/published.csv", results())
    claims = pd.DataFrame([CLAIM], columns=list(CLAIM_COLUMNS))
    write_table(tmp_path / "tables/published_claims.csv", claims)
    return tmp_path


def test_every_result_is_a_row_with_its_numbers(version: Path) -> None:
    lines = published_text(version).splitlines()
    assert lines[0].endswith("Met: 1; not met: 1; undecided: 1.")
    (plain, lag, expected), head = [x for x in lines if x.startswith("| `")], lines[2]
    assert plain.count("|") == lag.count("|") == expected.count("|") == head.count("|")
    assert ".2310 (.1800 to .2900), 10 runs | .2100 (.2000 to .2200), 10 runs" in plain
    assert "\u2212.0210 (\u2212.0500 to +.0080) | .1000 | met |" in plain
    assert "training loss, last 5 epochs | 0.0846, one run |" in lag
    assert "| expected: at least .9500 |" in expected


def test_remarks_reasons_and_sources_follow(version: Path) -> None:
    text = published_text(version)
    assert "- `plain`, exact match: the means differ.\n" in text
    assert "a difference of +90.0 points in accuracy per value (+80.0 to +100.0)" in text
    assert text.endswith("Sources:\n\n- A \\*Paper\\*. (plain, lag)\n")


def test_it_is_put_into_a_document(version: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = version / "published.md"
    document.write_text("<!-- published: begin -->\nold\n<!-- published: end -->\n")
    assert main(["published", str(version), "--into", str(document)]) == 0
    text = published_text(version)
    assert document.read_text() == f"<!-- published: begin -->\n{text}<!-- published: end -->\n"
    assert main(["published", str(version)]) == 0
    assert capsys.readouterr().out == text


def test_what_is_not_there_or_damaged_is_refused(version: Path) -> None:
    table = version / "tables/published.csv"
    table.write_text(table.read_text().replace("0.231", "0.232"))
    with pytest.raises(DamagedError, match="published"):
        published_text(version)
    table.unlink()
    with pytest.raises(EchoseqError, match="`snakemake --cores 4 published` makes it"):
        published_text(version)


def test_the_document_has_what_the_latest_version_has() -> None:
    text = (PROJECT / "docs/published.md").read_text(encoding="utf-8")
    made = published_text(PUBLISHED)
    assert f"<!-- published: begin -->\n{made}<!-- published: end -->" in text, "make readme"


def test_a_published_version_is_read_by_its_manifest(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It has no digests beside its tables."""
    folder = Path(shutil.copytree(PUBLISHED, tmp_path / PUBLISHED.name))
    assert main(["published", str(folder)]) == 0
    assert capsys.readouterr().out == published_text(PUBLISHED)
    table = folder / "tables/published.csv"
    table.write_text(table.read_text().replace("0.1910", "0.1911").replace("0.191", "0.192"))
    assert main(["published", str(folder)]) == 2
    assert "tables/published.csv" in capsys.readouterr().err
