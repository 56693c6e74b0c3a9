"""What others published beside what is found here, as Markdown: verdicts, numbers and reasons."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from echoseq.answers.published import IN_WORDS, measure_of, tally
from echoseq.documents import claims as told
from echoseq.documents.markdown import markdown_table
from echoseq.documents.results import Row, rows_of
from echoseq.errors import EchoseqError
from echoseq.escaping import markdown
from echoseq.layout import MANIFEST
from echoseq.places import TABLE
from echoseq.tables.columns import read_table
from echoseq.tables.store import digest_path, require_intact
from echoseq.wording import capitalized, plural, sentence, share, spoken

HEAD = ("experiment", "measure", "theirs", "ours", "difference", "tolerance", "verdict")
NOTE = (
    "Met: the whole interval of the difference, ours less theirs, is within the tolerance, which "
    "is what a run of ours and one of theirs differ by if the means are the same. Not met: all of "
    "it is beyond. A result that varies much is met easily, so met means that a run of ours would "
    "pass for one of theirs, not that the means are equal; one run of theirs is taken as it is. Of "
    "what a source expects and did not run, the bound is ours (for lags, the least accuracy that "
    "it prints for a lag of one), and the interval is that of our mean."
)
TABLES = ("published", "published_claims")


def published_text(folder: Path) -> str:
    """Every result with its verdict, the claims beside them, and what is cited.

    Args:
        folder: of a version for which `snakemake published` has been run.

    Raises:
        EchoseqError: if it has not; DamagedError: if a table is damaged.
    """
    paths = [folder / TABLE.format(table=name) for name in TABLES]
    if not paths[0].exists():
        raise EchoseqError(
            f"{paths[0]}: expected what others published, `snakemake --cores 4 published` makes it"
        )
    # A published version has the digests of its tables in its manifest, which the command checks.
    listed = (folder / MANIFEST).is_file()
    require_intact(*(path for path in paths if digest_path(path).is_file() or not listed))
    results, claims = map(read_table, paths)
    reasons = ""
    if len(claims):
        table = told.table_of_claims(told.of_published(claims))
        reasons = f"\nThe reasons that are put to the test. {table}"
    return f"{_table(results)}{_remarks(results)}{reasons}\n{_cited(results)}"


def content(results: pd.DataFrame) -> dict[str, Any] | None:
    """What others published beside ours: a row for each result, and how many are met.

    None if it has not been compared, or if there is nothing.
    """
    if results.empty:
        return None
    verdicts = "; ".join(f"{verdict}: {number}" for verdict, number in tally(results))
    return {
        "head": [*HEAD],
        "rows": [cells(row) for row in rows_of(results)],
        "note": NOTE,
        "counted": capitalized(verdicts),
        "remarks": [
            f"{capitalized(spoken(row['experiment']))}, {measure_of(row)}: "
            f"{sentence(row['reason'])}"
            for row in rows_of(results)
            if pd.notna(row["reason"])
        ],
        "sources": [sentence(one) for one in dict.fromkeys(results["citation"])],
    }


def _table(results: pd.DataFrame) -> str:
    counted = "; ".join(f"{verdict}: {number}" for verdict, number in tally(results))
    rows = [[f"`{name}`", *others] for name, *others in map(cells, rows_of(results))]
    return f"{NOTE} {capitalized(counted)}.\n\n{markdown_table(HEAD, rows)}"


def cells(row: Row) -> list[str]:
    """A published result and ours, with the columns `HEAD`, as text without markup."""
    write = _writer(row)
    different = pd.notna(row["difference"])
    return [
        row["experiment"],
        measure_of(row),
        _theirs(row, write),
        f"{_with_ends(row, 'ours', write)}, {plural(int(row['seeds']), 'run')}",
        f"{_signed(row['difference'], write)} ({_signed(row['low'], write)} to "
        f"{_signed(row['high'], write)})"
        if different
        else "",
        write(row["tolerance"]) if different else "",
        row["verdict"],
    ]


def _theirs(row: Row, write: Callable[[float], str]) -> str:
    """What they print, or what they expect and did not run."""
    if pd.isna(row["theirs"]):
        ends = [("at least", row["at_least"]), ("at most", row["at_most"])]
        said = [f"{word} {write(end)}" for word, end in ends if pd.notna(end)]
        return f"expected: {' and '.join(said)}"
    runs = plural(int(row["theirs_runs"]), "run")
    if row["theirs_low"] == row["theirs_high"]:
        return f"{write(row['theirs'])}, {runs}"
    low, high = write(row["theirs_low"]), write(row["theirs_high"])
    return f"{write(row['theirs'])} ({low} to {high}), {runs}"


def _with_ends(row: Row, key: str, write: Callable[[float], str]) -> str:
    if pd.isna(row[f"{key}_low"]):
        return write(row[key])
    return f"{write(row[key])} ({write(row[f'{key}_low'])} to {write(row[f'{key}_high'])})"


def _writer(row: Row) -> Callable[[float], str]:
    return share if "loss" not in row["measure"] else lambda value: f"{value:.4f}"


def _signed(value: float, write: Callable[[float], str]) -> str:
    sign = "\u2212" if value < 0 else "+"
    return f"{sign}{write(abs(value))}"


def _remarks(results: pd.DataFrame) -> str:
    """Why results are undecided or not comparable, and what else is to be said."""
    lines = [
        f"- `{row['experiment']}`, {IN_WORDS[row['measure']]}: "
        f"{markdown(sentence(row['reason']))}\n"
        for row in rows_of(results)
        if pd.notna(row["reason"])
    ]
    return f"\n{''.join(lines)}" if lines else ""


def _cited(results: pd.DataFrame) -> str:
    """What is cited, each once, with the experiments that are about it."""
    lines = []
    for citation, rows in results.groupby("citation", sort=False):
        names = ", ".join(spoken(name) for name in dict.fromkeys(rows["experiment"]))
        lines.append(f"- {markdown(str(citation))} ({markdown(names)})\n")
    return f"Sources:\n\n{''.join(lines)}"
