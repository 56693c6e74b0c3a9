"""The headline table of a version and its answers as Markdown, for the README and docs/."""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from echoseq.documents import claims as told
from echoseq.documents import needed
from echoseq.documents.markdown import markdown_table
from echoseq.documents.questions import ANSWER_HEAD, answer_cells, verdict
from echoseq.documents.results import Row, rows_of
from echoseq.errors import DamagedError, EchoseqError
from echoseq.escaping import markdown
from echoseq.layout import ANSWERS, CONFIG, SUMMARY
from echoseq.names import unknown
from echoseq.packing import stored
from echoseq.study.questions import Question
from echoseq.study.reading import load, read_yaml
from echoseq.study.schema import Study
from echoseq.tables.catalogue import (
    CLAIMED,
    OTHERS,
    READING,
    made_from,
    read_for,
    settings_of,
    table_file,
)
from echoseq.tables.columns import EXACT_MATCH, complete_windows, read_columns, read_table
from echoseq.tables.making import make_from_tables
from echoseq.wording import (
    capitalized,
    coverage,
    listed,
    sentence,
    spoken,
    spread,
    with_interval,
)

OPTIONAL = ("probes",)  # of the tables behind answers; only some questions have probes
_TEXT = ("experiment", "position", "windows")
_NUMBERS = ("confidence", "chance", "mean", "low", "high", "seeds")


def headline_table(folder: Path) -> str:
    """Accuracy on held-out sequences, a row for each experiment and a column for each position.

    Args:
        folder: of a complete version, which may be a published one.

    Raises:
        EchoseqError: if a table cannot be read.
    """
    path = folder / SUMMARY
    summary = read_columns(path, text=_TEXT, numbers=_NUMBERS)
    complete = complete_windows(summary)
    if (
        complete.empty
        or not complete["position"].str.fullmatch(f"[0-9]{{1,9}}|{EXACT_MATCH}").all()
    ):
        raise DamagedError(f"{path}: position: expected numbers and '{EXACT_MATCH}'")
    header, *rows = headline_rows(summary)
    return f"{headline_note(summary)}\n\n{markdown_table(header, rows)}"


def headline_note(summary: pd.DataFrame) -> str:
    """What the headline table shows, in a sentence.

    Args:
        summary: tables/summary.csv.
    """
    complete = complete_windows(summary)
    chance = complete.loc[complete["position"] != EXACT_MATCH, "chance"]
    return (
        "Accuracy on held-out sequences, mean over seeds with its "
        f"{coverage(complete['confidence'].iloc[0])} interval; chance is "
        f"{spread(chance, '{:g}'.format)} at a position."
    )


def headline_rows(summary: pd.DataFrame) -> list[list[str]]:
    """The head of the headline table, and its rows.

    Args:
        summary: tables/summary.csv.
    """
    complete = complete_windows(summary)
    positions = sorted(set(complete["position"]) - {EXACT_MATCH}, key=int)
    lines = [["echo", "seeds", *(f"position {p}" for p in positions), "exact match"]]
    for name, rows in complete.groupby("experiment", sort=False):
        by_position = {row["position"]: row for row in rows.to_dict("records")}
        cells = [
            with_interval(row["mean"], row["low"], row["high"]) if row else ""
            for row in map(by_position.get, [*positions, EXACT_MATCH])
        ]
        lines.append([spoken(str(name)), str(rows["seeds"].iloc[0]), *cells])
    return lines


def answers_table(folder: Path, reading: Path | None = None) -> str:
    """The answers to the open questions in short: a row for each pair, and how many claims hold.

    They are made from the version's numbers as this program makes them: what was published stays,
    also where it was put badly.

    Args:
        folder: of a version whose open questions have been answered.
        reading: a configuration; what it says of a question (expectation, set-up, claims,
            explanation) takes the place of what the version's own says, also if it says nothing.

    Raises:
        EchoseqError: if there are no answers, or those of an earlier version, without a pair.
    """
    tables, asked = _answers(folder, reading)
    found = tables["answers"]
    claims = _claims(folder, {name: asked[name] for name in found["question"]})
    reasons = f"\nReasons that are put to the test: {told.tally(claims)}.\n"
    pairs = found[found["compared"].notna()]
    rows = [map(markdown, answer_cells(row)) for row in rows_of(pairs)]
    return (
        "What was compared; accuracy per value in complete windows; the cells that are needed "
        f"within each number of epochs in parentheses, or else within the cap{_caps(pairs)}; the "
        "epochs and updates until learned (medians); what the source expects, and whether that is "
        "right.\n\n"
        f"{markdown_table(ANSWER_HEAD, rows)}{reasons if len(claims) else ''}"
    )


def findings(folder: Path, reading: Path | None = None) -> str:
    """The answers to the open questions in sentences: a section for each.

    After the answer come the cells that all groups need, the claims why it should be so, and what
    is said besides, a remark.

    Args:
        folder, reading: as for `answers_table`.

    Raises:
        EchoseqError: as `answers_table`.
    """
    tables, asked = _answers(folder, reading)
    claims = _claims(folder, asked)
    return "\n".join(
        _section(row, asked[row["question"]], claims, _needed(tables, row["question"]))
        for row in rows_of(tables["answers"])
    )


def claims_text(folder: Path, reading: Path | None = None) -> str:
    """All claims: how many hold, a table of them, and each in a section with what tests it.

    Args:
        folder: of a version whose open questions have been answered.
        reading: a configuration whose claims are judged instead of the version's own, also those
            on questions that the version does not ask.

    Raises:
        EchoseqError: if there are none, or a table cannot be read.
    """
    _answered(folder)
    asked = _study(folder / CONFIG if reading is None else reading).questions
    claims = _claims(folder, asked)
    if claims.empty:
        raise EchoseqError(f"{reading or folder / CONFIG}: there are no claims (`because`)")
    return f"{told.table_of_claims(claims)}\n{told.sections(claims, folder.name)}"


def _asked(folder: Path, reading: Path | None) -> dict[str, Question]:
    """The questions of a version, as a configuration reads them."""
    asked = _study(folder / CONFIG).questions
    if reading is None:
        return asked
    now, silent = _study(reading).questions, Question(text="Not asked now.")
    kept = ("expectation", "set_up", "because", "explanation")
    return {
        name: question.model_copy(update={key: getattr(now.get(name, silent), key) for key in kept})
        for name, question in asked.items()
    }


def _study(path: Path) -> Study:
    content = read_yaml(path)
    try:
        return load(content)
    except EchoseqError as error:
        raise EchoseqError(f"{path}: {error.first}") from error


def _answers(
    folder: Path, reading: Path | None
) -> tuple[dict[str, pd.DataFrame], Mapping[str, Question]]:
    """The tables of answers as this program makes them, and the questions."""
    path = _answered(folder)
    if "compared" not in read_table(path):
        raise EchoseqError(f"{path}: expected the answers of a later version, with pairs")
    published, asked = read_columns(path, text=("question",)), _asked(folder, reading)
    for name in published["question"]:
        if name not in asked:
            raise DamagedError(f"{path}: question: {unknown(name, asked)}")
    # In their order in the table: that of the configuration is lost where its keys are sorted.
    questions = {name: asked[name] for name in published["question"]}
    tables = _tables(folder, read_for(OTHERS))
    settings = _settings(folder, questions)
    return make_from_tables(made_from(OTHERS), tables, settings), asked


def _answered(folder: Path) -> Path:
    """The table of answers.

    Raises:
        EchoseqError: if there is none yet.
    """
    path = folder / ANSWERS
    if not path.exists():
        raise EchoseqError(
            f"{path}: there are no answers to the open questions yet, `snakemake --cores 4 "
            "extensions` makes them"
        )
    return path


def _claims(folder: Path, asked: Mapping[str, Question]) -> pd.DataFrame:
    """The claims of questions, judged by the tables of a version as far as it has them."""
    facts = [claim.fact.table for q in asked.values() for claim in q.because or () if claim.fact]
    tables = _tables(folder, {*READING[CLAIMED], *facts}, needed=READING[CLAIMED])
    return make_from_tables(("claims",), tables, _settings(folder, asked))["claims"]


def _tables(
    folder: Path, names: Collection[str], needed: Collection[str] | None = None
) -> dict[str, pd.DataFrame]:
    """Tables of all experiments by name; those that are not needed may be missing."""
    paths = {name: stored(folder / table_file(name, extensions=True)) for name in sorted(names)}
    wanted = set(names) - set(OPTIONAL) if needed is None else needed
    found = {n: path for n, path in paths.items() if n in wanted or path.exists()}
    return {name: read_table(path) for name, path in found.items()}


def _settings(folder: Path, asked: Mapping[str, Question]) -> dict[str, Any]:
    """What tables depend on: of the version, but for the questions."""
    study = _study(folder / CONFIG)
    dumped = {name: question.model_dump() for name, question in asked.items()}
    return settings_of(
        {
            "statistics": study.statistics.model_dump(),
            "evaluation": study.evaluation.model_dump(),
            "questions": dumped,
        }
    )


def _caps(pairs: pd.DataFrame) -> str:
    """The caps within which cells are needed: (10,000 for linear; 30,000 for longer and cell)."""
    sized = pairs[pairs["cells"].notna()]
    caps = [
        f"{cap} for {listed(map(spoken, rows['question']))}"
        for cap, rows in sized.groupby("cap", sort=False)
    ]
    return f" ({'; '.join(caps)})" if caps else ""


def _needed(tables: Mapping[str, pd.DataFrame], question: str) -> str:
    """The cells that the groups of a question need, if there are more than the pair."""
    own = needed.of_question(tables, question)
    if own["sizes"]["group"].nunique() <= len(("base", "other")):
        return ""
    head, rows = needed.head(own["sizes"]), needed.rows(own)
    return markdown_table(head[1:], [map(markdown, row[1:]) for row in rows]).rstrip()


def _section(row: Row, question: Question, claims: pd.DataFrame, sizes: str) -> str:
    head = f"## {capitalized(spoken(row['question']))}"
    texts = [f"*{markdown(sentence(row['text']))}*", *map(markdown, (verdict(row), row["answer"]))]
    reasons = told.bullets(claims, row["question"]).rstrip()
    thought = markdown(f"{told.REMARK} {question.explanation}") if question.explanation else ""
    parts = [head, *texts, sizes, reasons, thought]
    return "".join(f"{part}\n\n" for part in parts if part).removesuffix("\n")
