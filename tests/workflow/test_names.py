"""A study of awkward names and texts, run to its end: everything shows them as they are written."""

import html
import json
import re
import shutil
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pandas as pd
import pytest
import yaml
from conftest import made_once
from drawing import render
from paged import kept
from workspaces import PROJECT, Workspace, new_workspace

from echoseq import results as version_of
from echoseq.documents import paper
from echoseq.documents.headline import answers_table, claims_text, findings
from echoseq.escaping import one_line
from echoseq.tables.columns import read_table

NAMES = PROJECT / "tests" / "names.yaml"
GIVEN = yaml.safe_load(NAMES.read_text(encoding="utf-8"))
LABELS = list(GIVEN["sweeps"]["inf"]["grid"]["context"])
QUESTION = GIVEN["questions"]["None"]
TEXT, EXPLANATION = QUESTION["text"], one_line(QUESTION["explanation"])
CLAIM = QUESTION["because"][0]["claim"]
NEEDED = {"needs": "tables/needs.csv", "runs": "tables/extensions/runs.csv"}
NEEDED["experiments"] = "tables/experiments.csv"
MARKUP = re.compile(r"<i data-mark")


@pytest.fixture(scope="module")
def study(shared_folder: Path) -> Workspace:
    """The study with its page and report, in a folder with a taste in figures of its own."""

    def make(folder: Path) -> None:
        workspace = new_workspace(folder)
        shutil.copy2(NAMES, folder / "names.yaml")
        (folder / "matplotlibrc").write_text("font.size: 14\nlines.linewidth: 3\n")
        run = ("--configfile", "names.yaml", "--cores", "2")
        for more in (("--", "study", "extensions", "page"), ("--", "paper", "reported")):
            done = workspace.run_snakemake(*run, *more, MPLBACKEND="not_here")
            assert done.returncode == 0, done.stderr
        done = workspace.run_snakemake(*run, "--report", "report.zip", "--", "reported")
        assert done.returncode == 0, done.stderr

    return made_once(shared_folder / "names", make)


@pytest.fixture(scope="module")
def folder(study: Workspace) -> Path:
    return study.folder / "results" / "NA"


def words(page: str) -> str:
    """What a reader sees of HTML, in one line."""
    seen = re.sub(r"<(style|svg|script)\b.*?</\1>", "", page, flags=re.DOTALL)
    return one_line(html.unescape(re.sub(r"<[^>]*>", "", seen)))


def script(report: str, name: str) -> Any:
    """The data in a script of a report."""
    found = re.search(rf'<script id="{name}">\s*var \w+ = (.*);\n', report)
    return json.loads(found[1])  # type: ignore[index]


def test_tables_have_names_and_texts_as_written(folder: Path) -> None:
    experiments = read_table(folder / "tables/experiments.csv").set_index("experiment")
    assert "NA" in experiments.index
    assert set(experiments["group"].dropna()) == set(LABELS)
    assert set(experiments["question"].dropna()) == {"None"}
    answers = read_table(folder / "tables/answers.csv").set_index("question")
    assert answers["text"].to_dict() == {"None": TEXT}
    sizes = read_table(folder / "tables/sizes.csv")
    assert set(sizes["group"]) == set(LABELS)
    needs = version_of(folder).table("needs")
    assert set(needs["base"].dropna()) == {"None"}
    assert set(needs["group"]) == set(LABELS)


def test_figures_pay_no_heed_to_settings_of_the_user(folder: Path, tmp_path: Path) -> None:
    files = [tmp_path / f"needed_time.{form}" for form in ("pdf", "svg")]
    render("needed_time", {name: folder / table for name, table in NEEDED.items()}, files)
    for file in files:
        assert file.read_bytes() == (folder / "figures" / file.name).read_bytes()


def test_the_report_shows_texts_and_runs_none(study: Workspace) -> None:
    with ZipFile(study.folder / "report.zip") as packed:
        (page,) = [packed.read(n).decode() for n in packed.namelist() if n.endswith("report.html")]
        tables = [packed.read(n).decode() for n in packed.namelist() if "answers" in n]
    assert not MARKUP.search(page)
    assert not any(map(MARKUP.search, tables))
    front, shown = (script(page, name) for name in ("workflow-desc", "results"))
    assert TEXT in words(front)
    assert all(label in words(front) for label in LABELS)
    captions = {Path(path).stem: found["caption"] for path, found in shown.items()}
    for name in ("needed_cells", "needed_time"):
        caption = (study.folder / f"results/NA/figures/{name}.txt").read_text(encoding="utf-8")
        assert words(captions[name]) == caption.strip()


def test_the_page_has_texts_as_data(folder: Path) -> None:
    page = (folder / "page.html").read_text(encoding="utf-8")
    assert not MARKUP.search(page)
    data = json.loads(kept(page, "data"))
    (question,) = [one for one in data["questions"] if one["name"] == "None"]
    assert question["title"] == TEXT
    assert {row[0] for row in question["numbers"]["rows"]} == set(LABELS)
    assert EXPLANATION in words(page)
    assert CLAIM in words(page)
    assert TEXT in words(page)


def test_the_paper_places_texts_as_written(folder: Path) -> None:
    tables = [
        "experiments",
        "summary",
        "errors",
        "runs",
        "seeds",
        "answers",
        "comparisons",
        "needs",
    ]
    tables += ["claims", "sizes", "slopes"]
    paths = {name: folder / f"tables/{name}.csv" for name in tables}
    sources = paper.PaperFiles(
        config=folder / "config.yaml",
        environment=folder / "environment.json",
        tables=paths | {"skill": folder / "tables/extensions/skill.csv"},
        figures=sorted(folder.glob("figures/*.pdf")),
    )
    made = paper.compile_paper(PROJECT / "paper", paper.gather(sources), sources, "html")
    assert isinstance(made, bytes)
    shown = words(made.decode())
    for text in (TEXT, EXPLANATION, CLAIM, *LABELS):
        assert text in shown


def test_answers_in_markdown_have_as_many_cells_as_their_head(folder: Path) -> None:
    for table in (answers_table(folder), claims_text(folder).partition("\n## ")[0]):
        *_, head, rule, row = [line for line in table.splitlines() if "|" in line]
        bars = [len(re.findall(r"(?<!\\)\|", line)) for line in (head, rule, row)]
        assert len(set(bars)) == 1
    assert not MARKUP.search(findings(folder).replace("\\<", "&lt;"))


def test_the_configuration_is_kept_as_given(folder: Path) -> None:
    kept = yaml.safe_load((folder / "config.yaml").read_text(encoding="utf-8"))
    assert kept["questions"]["None"]["text"] == TEXT
    assert kept["questions"]["None"]["explanation"] == QUESTION["explanation"]
    seeds = pd.read_csv(folder / "tables/seeds.csv", keep_default_na=False)
    assert set(seeds["experiment"]) == {"NA"}
