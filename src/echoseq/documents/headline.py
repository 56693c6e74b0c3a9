"""The headline table of a version and its answers as Markdown, for the README and docs/."""

from pathlib import Path

import pandas as pd

from echoseq.checked import show
from echoseq.documents.markdown import markdown_table
from echoseq.documents.questions import ANSWER_HEAD, ANSWER_KEYS, answer_cells, verdict
from echoseq.documents.results import Row, rows_of
from echoseq.errors import DamagedError, EchoseqError
from echoseq.study.parts import Question
from echoseq.study.reading import load, read_yaml
from echoseq.study.schema import one_of
from echoseq.tables.columns import EXACT_MATCH, complete_windows, read_columns, read_table
from echoseq.wording import capitalized, spoken, with_interval

ANSWERS = "tables/answers.csv"
_TEXT = ("experiment", "position", "windows")
_NUMBERS = ("confidence", "chance", "mean", "low", "high", "seeds")


def headline_table(folder: Path) -> str:
    """Accuracy on held-out sequences, a row for each experiment and a column for each position.

    Args:
        folder: of a complete version, which may be a published one.

    Raises:
        EchoseqError: if a table cannot be read.
    """
    path = folder / "tables" / "summary.csv"
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
    confidence, chance = complete["confidence"].iloc[0], complete["chance"].max()
    return (
        f"Accuracy on held-out sequences, mean over seeds with its {confidence:.0%} interval; "
        f"chance is {chance:g} at a position."
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


def answers_table(folder: Path) -> str:
    """The answers to the open questions in short: a row for each pair.

    Args:
        folder: of a version whose open questions have been answered.

    Raises:
        EchoseqError: if there are no answers, or those of an earlier version, without a pair.
    """
    answers = _answers(folder)
    pairs = rows_of(answers[answers["compared"].notna()])
    return (
        "What was compared; accuracy per value; the cells that are needed; the epochs and updates "
        "until learned (medians); what the source expects, and whether that is right.\n\n"
        f"{markdown_table(ANSWER_HEAD, map(answer_cells, pairs))}"
    )


def findings(folder: Path) -> str:
    """The answers to the open questions in sentences: a section for each, with its explanation.

    Args:
        folder: as for `answers_table`.

    Raises:
        EchoseqError: as `answers_table`.
    """
    path = folder / "config.yaml"
    content = read_yaml(path)
    try:
        asked = load(content).questions
    except EchoseqError as error:
        raise EchoseqError(f"{path}: {error}") from error
    rows = rows_of(_answers(folder))
    for row in rows:
        if row["question"] not in asked:
            raise DamagedError(
                f"{folder / ANSWERS}: question: expected {one_of(asked)}, got "
                f"{show(row['question'])}"
            )
    return "\n".join(_section(row, asked[row["question"]]) for row in rows)


def _answers(folder: Path) -> pd.DataFrame:
    path = folder / ANSWERS
    answers = read_table(path)
    if "compared" not in answers:
        raise EchoseqError(f"{path}: expected the answers of a later version, with pairs")
    return read_columns(path, text=("question", "text", "answer"), optional=ANSWER_KEYS)


def _section(row: Row, question: Question) -> str:
    head = f"## {capitalized(spoken(row['question']))}"
    parts = [head, f"*{row['text']}.*", verdict(row), row["answer"], question.explanation or ""]
    return "".join(f"{part}\n\n" for part in parts if part).removesuffix("\n")
