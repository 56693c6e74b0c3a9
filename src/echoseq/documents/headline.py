"""The headline table of a version as Markdown, for the README."""

import re
from pathlib import Path

from echoseq.documents.questions import ANSWER_HEAD, answer_cells
from echoseq.documents.results import rows_of
from echoseq.errors import EchoseqError
from echoseq.files import write_text
from echoseq.tables.columns import EXACT_MATCH, complete_windows, read_table
from echoseq.wording import spoken, with_interval

BEGIN, END = "<!-- headline: begin -->", "<!-- headline: end -->"


def headline_table(folder: Path) -> str:
    """Accuracy on held-out sequences, a row for each experiment and a column for each position.

    If the open questions are answered, the table of answers follows.

    Args:
        folder: of a complete version, which may be a published one.

    Raises:
        EchoseqError: if a table cannot be read.
    """
    complete = complete_windows(read_table(folder / "tables" / "summary.csv"))
    positions = sorted(set(complete["position"]) - {EXACT_MATCH}, key=int)
    confidence = complete["confidence"].iloc[0]
    header = ["echo", "seeds", *(f"position {p}" for p in positions), "exact match"]
    lines = [header, ["---"] * len(header)]
    for name, rows in complete.groupby("experiment", sort=False):
        by_position = {row["position"]: row for row in rows.to_dict("records")}
        cells = [
            with_interval(row["mean"], row["low"], row["high"]) if row else ""
            for row in map(by_position.get, [*positions, EXACT_MATCH])
        ]
        lines.append([spoken(str(name)), str(rows["seeds"].iloc[0]), *cells])
    table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    chance = complete["chance"].max()
    return (
        f"Accuracy on held-out sequences, mean over seeds with its {confidence:.0%} interval; "
        f"chance is {chance:g} at a position.\n\n{table}\n{_answers(folder)}"
    )


def _answers(folder: Path) -> str:
    """The table of answers; empty if there is none, or one of an earlier version without a pair."""
    path = folder / "tables" / "answers.csv"
    if not path.exists() or "compared" not in (answers := read_table(path)).columns:
        return ""
    lines = [ANSWER_HEAD, ["---"] * len(ANSWER_HEAD), *map(answer_cells, rows_of(answers))]
    table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    return (
        "\nThe open questions: what was compared, accuracy per value, the cells that are needed, "
        "and the epochs and updates until learned (medians); what the source expects, and whether "
        f"that is right.\n\n{table}\n"
    )


def insert(path: Path, table: str) -> None:
    """Put a table between the two markers of a Markdown file.

    Raises:
        EchoseqError: if the file does not contain each marker once.
    """
    text = path.read_text(encoding="utf-8")
    if text.count(BEGIN) != 1 or text.count(END) != 1:
        raise EchoseqError(f"{path}: expected the lines {BEGIN} and {END}, each once")
    between = re.compile(f"{re.escape(BEGIN)}.*?{re.escape(END)}", re.DOTALL)
    write_text(path, between.sub(f"{BEGIN}\n{table}{END}", text))
