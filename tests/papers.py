"""The parts of a paper, from the smoke study, and the paper made from them."""

import re
import shutil
from pathlib import Path
from typing import Any

import pandas as pd
from configurations import CONFIG
from workspaces import PROJECT, Workspace

from echoseq.documents import paper
from echoseq.figures.catalogue import EXTENSIONS, STUDY, figures_of
from echoseq.study.reading import read

TABLES = ("experiments", "summary", "errors", "runs", "seeds")
FIGURES = tuple(figures_of(STUDY))
ANSWERS = ("answers", "claims", "comparisons", "needs", "sizes", "slopes")
ANSWERS += ("extensions/runs", "extensions/skill")
# Of the questions that the smoke study has experiments on.
QUESTIONS = read(CONFIG).questions
ANSWER_FIGURES = tuple(figures_of(EXTENSIONS, QUESTIONS, QUESTIONS))
OPTIONS = "--configfile config/smoke.yaml config/extra.yaml"


def copy_parts(study: Workspace) -> Path:
    """What the paper is made from, copied to the working directory for changes; no runs."""
    for part in ("tables", "figures"):
        shutil.copytree(study.results() / part, f"results/smoke/{part}")
    for file in ("config.yaml", "environment.json"):
        shutil.copy2(study.results() / file, f"results/smoke/{file}")
    return Path("results/smoke")


def sources(results: Path, *, answered: bool = False) -> paper.PaperFiles:
    tables = TABLES + (ANSWERS if answered else ())
    figures = FIGURES + (ANSWER_FIGURES if answered else ())
    return paper.PaperFiles(
        config=results / "config.yaml",
        environment=results / "environment.json",
        tables={Path(name).name: results / f"tables/{name}.csv" for name in tables},
        figures=[results / f"figures/{name}.pdf" for name in figures],
        options=OPTIONS,
    )


def typeset(files: paper.PaperFiles, kind: str = "pdf") -> bytes:
    made = paper.compile_paper(PROJECT / "paper", paper.gather(files), files, kind)
    assert isinstance(made, bytes)
    return made


def text(files: paper.PaperFiles) -> str:
    """The words of the paper, in order, without the title and the abstract."""
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
