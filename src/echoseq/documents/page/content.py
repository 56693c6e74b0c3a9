"""The content of the page, from the files of a version."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from echoseq.documents.claims import NOTE, claims_of
from echoseq.documents.headline import headline_note, headline_rows
from echoseq.documents.page import survey
from echoseq.documents.page.trial import trial
from echoseq.documents.questions import ANSWER_HEAD, answer_cells
from echoseq.documents.results import parsed, rows_of
from echoseq.errors import EchoseqError
from echoseq.figures import style
from echoseq.study.reading import load
from echoseq.study.schema import Study
from echoseq.tables.columns import read_table
from echoseq.tables.copies import trained
from echoseq.wording import capitalized, plural, spoken

# What a page is made from; answers and needs only where there are open questions, and claims where
# there are some.
TABLES = (
    *("experiments", "learning", "runs", "skill_of_seeds", "summary", "answers", "needs"),
    "claims",
)


@dataclass(frozen=True)
class PageFiles:
    """The files that a page is made from.

    config: config.yaml of the version.
    tables: by name, those of `TABLES`.
    networks: of each experiment whose network can be tried, by name, the files `model`, `record`
        and `held_out`.
    """

    config: Path
    tables: Mapping[str, Path]
    networks: Mapping[str, Mapping[str, Path]] = field(default_factory=dict)


def gather(sources: PageFiles) -> dict[str, Any]:
    """The content of the page, ready to be placed.

    Raises:
        EchoseqError: if a file is missing or damaged, or a network cannot be computed on the page.
    """
    study = load(parsed(sources.config, yaml.safe_load))
    tables = {name: read_table(path) for name, path in sources.tables.items()}
    skill = tables["skill_of_seeds"]
    try:
        return {
            "version": study.version,
            "extent": _extent(tables["runs"]),
            "headline": {
                "note": headline_note(tables["summary"]),
                "rows": headline_rows(tables["summary"]),
            },
            "answers": _answers(study, tables) if "answers" in tables else [],
            "claims": NOTE if "claims" in tables else "",
            "data": {
                "networks": [
                    trial(name, study, skill, **files) for name, files in sources.networks.items()
                ],
                "colors": {"ours": style.OURS, "error": style.ERROR},
                "questions": survey.questions(study, tables) if "needs" in tables else [],
                **survey.experiments(study, tables),
            },
        }
    except KeyError as error:
        raise EchoseqError(f"page: expected {error} in the tables, make them again") from error
    except IndexError as error:
        raise EchoseqError("page: a row is missing in the tables, make them again") from error


def _extent(runs: pd.DataFrame) -> str:
    experiments = runs["experiment"].nunique()
    return f"{plural(experiments, 'experiment')} and {plural(len(trained(runs)), 'run')}"


def _answers(study: Study, tables: Mapping[str, pd.DataFrame]) -> list[dict[str, Any]]:
    """Each question with its answer, its claims, and what was compared: names and values."""
    found = []
    for row in rows_of(tables["answers"]):
        cells = dict(zip(ANSWER_HEAD, answer_cells(row), strict=True))
        compared = {key: text for key, text in cells.items() if text and key != "question"}
        found.append(
            {
                "title": capitalized(spoken(row["question"])),
                "text": row["text"],
                "answer": row["answer"],
                "claims": claims_of(tables.get("claims"), row["question"]),
                "conjecture": study.questions[row["question"]].explanation,
                "compared": compared if "compared" in compared else {},
            }
        )
    return found
