"""The tables of the README, and that the headline is the published one."""

import re
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from workspaces import PROJECT, Workspace

from echoseq.cli import main
from echoseq.documents.claims import measured
from echoseq.documents.headline import (
    answers_table,
    claims_text,
    findings,
    headline_note,
    headline_table,
)
from echoseq.documents.markdown import insert
from echoseq.errors import EchoseqError
from echoseq.escaping import markdown
from echoseq.tables.columns import read_table

BEGIN, END = "<!-- headline: begin -->", "<!-- headline: end -->"
EARLIER, V2, PUBLISHED = (PROJECT / "results/published" / name for name in ("v1", "v2", "v3"))
NOW = PROJECT / "config/config.yaml"


@pytest.fixture
def results(smoke_study: Workspace, tmp_path: Path) -> Path:
    return Path(shutil.copytree(smoke_study.results(), tmp_path / "smoke"))


def test_the_readme_has_the_published_accuracies() -> None:
    readme = (PROJECT / "README.md").read_text(encoding="utf-8")
    assert f"{BEGIN}\n{headline_table(PUBLISHED)}{END}" in readme, "make readme"


@cache
def read_now(make: Callable[[Path, Path], str]) -> str:
    """The published answers as the study's configuration reads them."""
    return make(PUBLISHED, NOW)


@pytest.mark.parametrize(
    ("path", "name", "make"),
    [
        ("README.md", "answers", answers_table),
        ("docs/answers.md", "findings", findings),
        ("docs/claims.md", "claims", claims_text),
    ],
)
def test_the_published_answers_are_read_as_the_configuration_reads_them(
    path: str, name: str, make: Callable[[Path, Path], str]
) -> None:
    text = (PROJECT / path).read_text(encoding="utf-8")
    made = read_now(make)
    assert f"<!-- {name}: begin -->\n{made}<!-- {name}: end -->" in text, "make readme"


def test_what_was_published_badly_is_said_well() -> None:
    """Of v2, whose files never change, as it was configured."""
    text = findings(V2)
    memory = text.split("## Memory")[1]
    assert "from h in 99.8%, 99.6%, 99.6%, 99.9% and 100.0% of windows" in memory
    assert "(untrained: 28.5%, 30.3%, 30.4%, 30.3% and 99.4%)" in memory
    assert "In windows with missing values it is 82.9% instead of 99.9%." in text
    longer = text.split("## Longer")[1]
    assert "more than 150 instead of 25 within 10,000 epochs and 100 instead of 25 within" in longer
    assert "| 3 of 5 | 10, 25, 50, 100, 150 | more than 150 | 50 | 30,000 | \u22120.32 (" in text


def test_a_reading_that_does_not_know_a_question_says_nothing_of_it(tmp_path: Path) -> None:
    reading = tmp_path / "reading.yaml"
    config = yaml.safe_load(NOW.read_text(encoding="utf-8"))
    del config["questions"]["memory"]
    config["questions"]["longer"] = {"text": "?", "explanation": "So it is."}
    reading.write_text(yaml.safe_dump(config))
    text = findings(PUBLISHED, reading)
    longer = text.split("## Longer")[1].split("## ")[0]
    assert longer.startswith("\n\n*Longer echoes with the encoder-decoder.*\n\nWith 5 of 5 inst")
    assert longer.endswith("Remark: So it is.\n\n")
    assert re.search(r"at most \d\.\d%\.\n$", text)


@pytest.mark.parametrize(
    ("confidence", "chances", "said"),
    [
        (0.95, (0.01, 0.01), "its 95% interval; chance is 0.01 at a position."),
        (0.975, (0.01, 0.1), "its 97.5% interval; chance is 0.01 to 0.1 at a position."),
    ],
)
def test_the_note_is_true_of_every_experiment(
    confidence: float, chances: tuple[float, float], said: str
) -> None:
    rows = [
        {"windows": "complete", "confidence": confidence, "position": position, "chance": chance**n}
        for chance in chances
        for n, position in ((1, "1"), (1, "2"), (2, "all"))
    ]
    assert headline_note(pd.DataFrame(rows)).endswith(said)


def test_the_readme_shows_published_figures() -> None:
    readme = (PROJECT / "README.md").read_text(encoding="utf-8")
    shown = re.findall(r"!\[[^]]+\]\(([^)]+)\)", readme)
    assert shown
    for path in shown:
        assert path.startswith("results/published/v3/figures/")
        assert (PROJECT / path).is_file()


def test_the_headline_has_a_row_for_each_experiment(smoke_study: Workspace) -> None:
    table = headline_table(smoke_study.results())
    rows = [line.split(" | ") for line in table.splitlines() if line.startswith("| ")]
    assert rows[0][:3] == ["| echo", "seeds", "position 1"]
    assert [row[0].removeprefix("| ") for row in rows[2:]] == ["full echo", "partial echo"]
    assert {len(row) for row in rows} == {8}
    assert rows[3][4] == ""  # the partial echo has two positions


def test_the_headline_of_changed_tables_is_refused(
    results: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"{BEGIN}\nold\n{END}\n")
    path = results / "tables" / "summary.csv"
    path.write_text(path.read_text().replace("full_echo", "other_echo"))
    for options in ([], ["--into", str(page)]):
        assert main(["headline", str(results), *options]) == 2
        said = capsys.readouterr()
        assert "tables/summary.csv" in said.err
        assert said.out == ""
    assert "old" in page.read_text()


def test_the_headline_is_printed(results: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["headline", str(results)]) == 0
    assert headline_table(results).strip() in capsys.readouterr().out


def test_a_file_without_marks_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("no marks")
    with pytest.raises(
        EchoseqError, match=r"page\.md: expected the lines <!-- headline: begin -->"
    ):
        insert(page, "headline", "table\n")
    assert page.read_text() == "no marks"


def test_the_table_is_put_between_the_marks(results: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n")
    assert main(["headline", str(results), "--into", str(page)]) == 0
    assert page.read_text() == f"before\n{BEGIN}\n{headline_table(results)}{END}\nafter\n"


def test_other_marks_can_be_named(results: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    marks = "<!-- small: begin -->\nold\n<!-- small: end -->\n"
    page.write_text(f"{BEGIN}\nold\n{END}\n{marks}")
    assert main(["headline", str(results), "--into", str(page), "--marks", "small"]) == 0
    made = f"<!-- small: begin -->\n{headline_table(results)}<!-- small: end -->\n"
    assert page.read_text() == f"{BEGIN}\nold\n{END}\n{made}"


def test_the_answers_have_a_row_for_each_question(
    extended_study: Workspace, tmp_path: Path
) -> None:
    folder = extended_study.results()
    answers, _, claims = answers_table(folder).partition("Reasons that are put to the test: ")
    assert claims == "undecided: 3.\n"  # with two seeds
    rows = [x.split(" | ") for x in answers.splitlines() if x.startswith("| ")]
    assert rows[0][0] == "| question"
    names = [row[0].removeprefix("| ") for row in rows[2:]]
    assert names[:6] == ["linear", "masking", "longer", "state", "topology", "control"]
    assert names[6:] == ["cell", "decoder", "order"]
    assert {len(row) for row in rows} == {8}
    page = tmp_path / "page.md"
    page.write_text("<!-- answers: begin -->\nold\n<!-- answers: end -->\n")
    assert main(["answers", str(folder), "--into", str(page)]) == 0
    expected = f"<!-- answers: begin -->\n{answers_table(folder)}<!-- answers: end -->\n"
    assert page.read_text() == expected


def test_the_findings_have_a_section_for_each_question(extended_study: Workspace) -> None:
    text = findings(extended_study.results())
    heads = [line.removeprefix("## ") for line in text.splitlines() if line.startswith("## ")]
    assert heads[:6] == ["Linear", "Masking", "Longer", "State", "Topology", "Control"]
    assert heads[6:] == ["Cell", "Decoder", "Order", "Lost", "Memory"]
    longer, *_, lost, memory = (text.split("\n## ")[i] for i in (2, 9, 10))
    assert "*Longer echoes with the encoder-decoder.*" in longer
    assert "The source expects more cells and more epochs. Found for this pair: " in longer
    assert "Whatever is to be echoed" in longer
    assert "after 100 epochs" in lost
    assert "with shuffled labels, at most" in memory
    assert "nan" not in text


def test_answers_of_an_earlier_version_are_refused() -> None:
    with pytest.raises(
        EchoseqError, match=r"answers\.csv: expected the answers of a later version"
    ):
        answers_table(EARLIER)


def test_the_readme_has_a_place_for_the_answers() -> None:
    readme = (PROJECT / "README.md").read_text(encoding="utf-8")
    assert readme.count("<!-- answers: begin -->") == readme.count("<!-- answers: end -->") == 1


@pytest.mark.parametrize("command", ["answers", "findings", "claims"])
def test_answers_that_are_not_there_yet_are_made_by_the_extensions(
    results: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    assert main([command, str(results)]) == 1
    assert capsys.readouterr().err == (
        f"echoseq: {results}/tables/answers.csv: there are no answers to the open questions yet, "
        "`snakemake --cores 4 extensions` makes them\n"
    )


# Claims


def test_a_refuted_claim_says_so_wherever_it_is_printed() -> None:
    claims = read_table(PUBLISHED / "tables/claims.csv")
    refuted = claims[claims["verdict"] == "refuted"].iloc[0]
    begin = markdown(refuted["claim"])[:40]
    for text in (read_now(findings), read_now(claims_text)):
        said = text.split(begin)[-1].split("\n\n- ")[0]
        line = next(x for x in said.splitlines() if "expected" in x or "|" in x)
        assert "refuted" in line.lower()
        assert measured(refuted.to_dict()).lower() in line.lower()


def reading_with(tmp_path: Path, claims: list[dict[str, Any]]) -> Path:
    path = tmp_path / "reading.yaml"
    config = yaml.safe_load(NOW.read_text(encoding="utf-8"))
    for question in config["questions"].values():
        question.pop("because", None)
    config["experiments"]["later"] = config["experiments"]["full_echo"]
    config["questions"]["new"] = {"text": "New?", "because": claims}
    path.write_text(yaml.safe_dump(config))
    return path


def test_a_claim_about_what_a_version_has_not_trained_is_not_yet_measured(tmp_path: Path) -> None:
    """It is on a question that the version does not ask."""
    fact = {"table": "skill", "column": "accuracy", "experiment": "later"}
    other = {"table": "skill", "column": "accuracy", "experiment": "full_echo"}
    claims = [
        {"claim": "So it will be.", "fact": fact, "expect": {"at_least": 0.5}},
        {"claim": "So it is.", "fact": other, "expect": {"at_least": 0.5}},
    ]
    reading = reading_with(tmp_path, claims)
    text = claims_text(PUBLISHED, reading)
    assert "Holds: 1; not yet measured: 1." in text
    assert "**Not yet measured.** Expected at least .5000." in text
    assert "remark" not in answers_table(PUBLISHED, reading).lower()


def test_a_configuration_without_claims_has_none_to_print(tmp_path: Path) -> None:
    with pytest.raises(EchoseqError, match=r"config\.yaml: there are no claims \(`because`\)$"):
        claims_text(V2)
