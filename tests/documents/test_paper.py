"""The paper: its numbers from the tables, its commands true, its bytes always the same."""

import json
import re
import shlex
import shutil
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from planning import planned_jobs
from workspaces import PROJECT, Workspace

from echoseq import wording
from echoseq.documents import paper
from echoseq.errors import EchoseqError
from echoseq.evaluation.predictions import read_predictions
from echoseq.figures.catalogue import FORMATS, STUDY, figures_of
from echoseq.tables import answers as answer_tables
from echoseq.tables import comparisons

TABLES = ("experiments", "summary", "errors", "runs")
FIGURES = tuple(figures_of(STUDY))
ANSWERS, ANSWER_FIGURES = ("answers", "comparisons"), ("differences", "cost", "longer_echoes")
OPTIONS = "--configfile config/smoke.yaml config/extra.yaml"
NUMERALS = "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|hundred|thousand"


@pytest.fixture
def results(smoke_study: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What the paper is made of, from the smoke study, free to be changed; no runs."""
    monkeypatch.chdir(tmp_path)
    for part in ("tables", "figures"):
        shutil.copytree(smoke_study.results() / part, f"results/smoke/{part}")
    for file in ("config.yaml", "environment.json"):
        shutil.copy2(smoke_study.results() / file, f"results/smoke/{file}")
    return Path("results/smoke")


def sources(results: Path, *, answered: bool = False) -> paper.Sources:
    tables = TABLES + (ANSWERS if answered else ())
    figures = FIGURES + (ANSWER_FIGURES if answered else ())
    return paper.Sources(
        config=results / "config.yaml",
        environment=results / "environment.json",
        tables={name: results / f"tables/{name}.csv" for name in tables},
        figures=[results / f"figures/{name}.svg" for name in figures],
        options=OPTIONS,
    )


def typeset(files: paper.Sources, kind: str = "pdf") -> bytes:
    made = paper.compile_paper(PROJECT / "paper", paper.gather(files), files, kind)
    assert isinstance(made, bytes)
    return made


def text(files: paper.Sources) -> str:
    """The words of the paper, in order, but for the title and the abstract."""
    page = re.sub(r"<(style|svg).*?</\1>", "", typeset(files, "html").decode(), flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", "", re.sub(r"</(td|th|p|div)>", " ", page)).split())


def change(results: Path, table: str, where: dict[str, str], **values: Any) -> None:
    """Change a row of a stored table."""
    path = results / f"tables/{table}.csv"
    rows = pd.read_csv(path, dtype={"position": str})
    chosen = (rows[list(where)] == list(where.values())).all(axis=1)
    assert chosen.sum() == 1
    for column, value in values.items():
        rows[column] = rows[column].astype(type(value))
        rows.loc[chosen, column] = value
    rows.to_csv(path, index=False)


def answer(smoke_study: Workspace, results: Path) -> None:
    """Turn an experiment of the study into one on an open question, and answer it."""
    where = {"experiment": "short_echo"}
    change(results, "experiments", where, question="state", compare_to="full_echo")
    tables = {
        name: pd.read_csv(results / f"tables/{name}.csv", dtype={"position": str})
        for name in ("experiments", "summary", "runs")
    }
    run = tables["experiments"]["experiment"].isin(tables["summary"]["experiment"])
    tables["experiments"] = tables["experiments"][run]
    pair = [
        (name, read_predictions(smoke_study.results() / f"runs/{name}/predictions.npz"))
        for name in ("short_echo", "full_echo")
    ]
    compared = comparisons.make([tuple(pair)], confidence=0.95, resamples=200)
    questions = {"state": {"text": "Does the state matter", "expectation": "same"}}
    given = tables | {"comparisons": compared}
    answers = answer_tables.make(given, questions=questions, margin=0.01)
    answers.to_csv(results / "tables/answers.csv", index=False)
    compared.to_csv(results / "tables/comparisons.csv", index=False)
    for name in ANSWER_FIGURES:  # any picture does
        for suffix in ("svg", "txt"):
            shutil.copy2(results / f"figures/task.{suffix}", results / f"figures/{name}.{suffix}")


def test_the_rule_makes_the_same_file_as_a_call(
    smoke_copy: Workspace, results: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = smoke_copy.snakemake(targets=["paper"])
    assert done.returncode == 0, done.stderr
    made = (smoke_copy.results() / "paper.pdf").read_bytes()
    assert made.startswith(b"%PDF")
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    assert made == typeset(sources(results))
    assert b"CreationDate" not in made
    assert planned_jobs(smoke_copy, target="paper") == {}


def test_every_command_of_the_paper_makes_what_it_stands_beside(
    smoke_study: Workspace, results: Path
) -> None:
    answer(smoke_study, results)
    files = sources(results, answered=True)
    made, words = paper.gather(files)["made"], text(files)
    assert set(made) == {*TABLES, *FIGURES, *ANSWERS, *ANSWER_FIGURES}
    for name, of in made.items():
        origin = f"Rule {of['rule']} · file {of['file']} · version smoke · make it again: "
        assert origin + of["command"] in words, name
        assert Path(of["file"]).stem == name
    targets = {of["rule"] for of in made.values()}
    commands = {f"snakemake --cores 4 {rule} {OPTIONS}" for rule in targets}
    assert {of["command"] for of in made.values()} == commands
    dry_run = shlex.split(f"{sys.executable} -m snakemake --dry-run --forceall --cores 4")
    planned = smoke_study.run(*dry_run, *sorted(targets), *shlex.split(OPTIONS))
    assert planned.returncode == 0, planned.stderr
    outputs = dict(re.findall(r"^ *rule (\w+):.*?\n +output: (.*?)\n", planned.stdout, re.M | re.S))
    for of in made.values():
        assert of["file"] in outputs[of["rule"]].split(", ")


def test_figures_and_tables_are_all_numbered(smoke_study: Workspace, results: Path) -> None:
    """A table or figure put into the source by hand would have no origin."""
    answer(smoke_study, results)
    words = text(sources(results, answered=True))
    captions = re.findall(r"(?:Figure|Table) \d+: ", words)
    assert len(captions) == len(FIGURES) + len(ANSWER_FIGURES) + 4
    assert len(set(captions)) == len(captions)


def test_the_text_follows_the_tables(results: Path) -> None:
    assert ".8765" not in text(sources(results))
    change(results, "summary", {"experiment": "partial_echo", "position": "all"}, mean=0.87654)
    files = sources(results)
    words = text(files)
    assert "The partial echo has a mean exact match of .8765 (" in words
    assert re.search(r"exact match \.8765 \(", words)  # in the table
    assert ".8765" in paper.gather(files)["abstract"]
    caption = results / "figures/echoes.txt"
    caption.write_text("Another caption.\n", encoding="utf-8")
    assert "Another caption. Rule echoes" in text(files)


def test_a_study_that_learns_nothing_is_told_as_it_is(results: Path) -> None:
    runs = pd.read_csv(results / "tables/runs.csv").assign(epochs_to_learn=float("nan"))
    runs.to_csv(results / "tables/runs.csv", index=False)
    words = text(sources(results))
    assert "Of the full echo, 0 of 2 seeds learn; 60 epochs bring the loss" in words


def test_one_seed_has_no_interval(results: Path) -> None:
    path = results / "tables/summary.csv"
    table = pd.read_csv(path, dtype={"position": str}).assign(low=None, high=None, mean=0.25)
    table.to_csv(path, index=False)
    words = text(sources(results))
    assert "has a mean exact match of .2500; " in words
    assert "nan" not in words


def test_open_questions_are_told_when_they_are_answered(
    smoke_study: Workspace, results: Path
) -> None:
    before = text(sources(results))
    assert f"not part of this version yet: snakemake --cores 4 extensions {OPTIONS}" in before
    answer(smoke_study, results)
    files = sources(results, answered=True)
    words = text(files)
    assert "not part of this version yet" not in words
    assert "State. Does the state matter. Expected: hardly any change." in words
    exact = pd.read_csv(results / "tables/comparisons.csv").query("position == 'all'").iloc[0]
    shown = (
        f"{wording.signed(exact['difference'])} ({wording.signed(exact['low'])} to "
        f"{wording.signed(exact['high'])}) {wording.share(exact['p_holm'])}"
    )
    assert shown in words
    figures = json.loads(pd.read_csv(results / "tables/answers.csv")["figures"][0])
    assert f"{figures[0]['verdict']} short_echo" in words


def test_the_rule_uses_the_answers_only_if_they_are_there(smoke_copy: Workspace) -> None:
    assert planned_jobs(smoke_copy, target="paper") == {}
    extra = [f"tables/{name}.csv" for name in ANSWERS]
    figures = [f"figures/{name}.{form}" for name in ANSWER_FIGURES for form in FORMATS]
    for path in extra + figures[:-1]:
        (smoke_copy.results() / path).touch()
    assert planned_jobs(smoke_copy, target="paper") == {}  # of a run that was stopped halfway
    (smoke_copy.results() / figures[-1]).touch()
    extra += [path for path in figures if path.endswith((".svg", ".txt"))]
    planned = smoke_copy.snakemake("--dry-run", targets=["paper"])
    assert planned.returncode == 0, planned.stderr
    (inputs,) = re.findall(r"^rule paper:\n    input: (.*)", planned.stdout, flags=re.MULTILINE)
    assert {f"results/smoke/{path}" for path in extra} <= set(inputs.split(", "))


def test_no_number_stands_in_the_prose() -> None:
    source = (PROJECT / "paper" / "paper.typ").read_text(encoding="utf-8")
    code = r"//.*|@\w+|\b[a-z]+(\.\w+)+(\([^()]*\))?"  # comments, references, values and calls
    prose = re.sub(code, "", source)
    found = re.findall(rf".*(?:\d|\b(?:{NUMERALS})\b).*", prose, flags=re.IGNORECASE)
    assert found == []


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (wording.share(0.99571), ".9957"),
        (wording.share(0.99999), "1"),
        (wording.share(0.00001), "0"),
        (wording.share(-0.25), "\N{MINUS SIGN}.2500"),
        (wording.signed(0.0012), "+.0012"),
        (wording.signed(-0.00001), "0"),
        (wording.guess(1e-10), "1e\N{MINUS SIGN}10"),
        (wording.guess(0.01), ".0100"),
        (wording.with_interval(0.9957, 0.9838, 1.0), ".9957 (.9838 to 1)"),
        (wording.loss(1.5), "1.50"),
        (wording.loss(0.03412), "0.0341"),
        (wording.either([5, 10, 5]), "5 or 10"),
        (wording.plural(1, "seed"), "one seed"),
        (wording.plural(5000, "epoch"), "5,000 epochs"),
    ],
)
def test_numbers_are_written_in_one_way(written: str, expected: str) -> None:
    assert written == expected


def test_a_file_that_cannot_be_read_is_named(results: Path) -> None:
    (results / "tables/summary.csv").write_text("experiment,mean\n", encoding="utf-8")
    with pytest.raises(EchoseqError, match="'windows' in the tables"):
        paper.gather(sources(results))
    (results / "tables/summary.csv").unlink()
    with pytest.raises(EchoseqError, match=r"summary\.csv: expected a table"):
        paper.gather(sources(results))


def test_a_mistake_in_the_source_is_told_in_one_line(results: Path, tmp_path: Path) -> None:
    folder = tmp_path / "paper"
    shutil.copytree(PROJECT / "paper", folder)
    (folder / "paper.typ").write_text("#unknown", encoding="utf-8")
    files = sources(results)
    with pytest.raises(EchoseqError, match=r"paper\.typ: unknown variable: unknown$"):
        paper.compile_paper(folder, paper.gather(files), files)
