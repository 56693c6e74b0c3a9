"""The content of the page, from the files of a version."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from echoseq.documents import published
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

# What a page is made from; the last of these only where they have been made: where there are open
# questions, claims, and results that others published.
TABLES = (
    *("experiments", "learning", "runs", "skill_of_seeds", "summary"),
    *("answers", "needs", "sizes", "slopes", "claims", "published"),
)
BESIDE = ("experiment", "verdict", "measure", "theirs", "ours")  # of what others published


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
    core = study.names(extensions=False)
    try:
        summary = tables["summary"][tables["summary"]["experiment"].isin(core)]
        return {
            "version": study.version,
            "extent": _extent(tables["runs"]),
            "left_out": _left_out(study, core),
            "headline": {"note": headline_note(summary), "rows": headline_rows(summary)},
            "answers": _answers(study, tables) if "answers" in tables else [],
            "claims": NOTE if "claims" in tables else "",
            "published": _published(tables.get("published", pd.DataFrame())),
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


def _left_out(study: Study, core: Sequence[str]) -> list[str]:
    """The experiments whose networks would be tried, but for models or tasks of the user's own."""
    named = dict.fromkeys([*(study.page.networks or ()), *core])
    return [spoken(name) for name in named if study.plan_of(name).own_code()]


def _extent(runs: pd.DataFrame) -> str:
    experiments = runs["experiment"].nunique()
    return f"{plural(experiments, 'experiment')} and {plural(len(trained(runs)), 'run')}"


def _published(results: pd.DataFrame) -> dict[str, Any] | None:
    """What others published, in fewer columns than in the paper, the verdict first."""
    found = published.content(results)
    if found is None:
        return None
    places = [found["head"].index(name) for name in BESIDE]
    return found | {"head": BESIDE, "rows": [[row[p] for p in places] for row in found["rows"]]}


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
                "remark": study.questions[row["question"]].explanation,
                "compared": compared if "compared" in compared else {},
            }
        )
    return found
