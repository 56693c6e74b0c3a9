"""Tables of results, stored with their digests, so that no damaged one is used."""

from pathlib import Path

import pandas as pd

from echoseq import files
from echoseq.errors import EchoseqError
from echoseq.files import file_digest

DIGITS = 9  # of a number; those beyond are noise: losses and accuracies come as float32


def write_table(path: Path, table: pd.DataFrame) -> None:
    """Write a CSV table, and its SHA-256 to a hidden file in the same folder, both atomically.

    The hidden file has the format of `sha256sum`.
    """
    files.write_table(path, rounded(table))
    files.write_text(_digest_path(path), f"{file_digest(path)}  {path.name}\n")


def rounded(table: pd.DataFrame) -> pd.DataFrame:
    """A table with its numbers as they are written, with nine significant digits."""
    short = {
        name: [float(f"{value:.{DIGITS}g}") for value in table[name]]
        for name in table.select_dtypes("float").columns
    }
    return table.assign(**short)


def require_intact(*tables: Path) -> None:
    """Refuse tables that have changed since `write_table` wrote them.

    Raises:
        EchoseqError: if a table or its digest file is missing or was changed.
    """
    for path in tables:
        try:
            recorded, found = _digest_path(path).read_bytes()[:64], file_digest(path).encode()
        except OSError as error:
            name = Path(error.filename).name
            raise EchoseqError(
                f"{path}: expected a table and its digest, cannot read {name}"
            ) from error
        if recorded != found:
            raise EchoseqError(
                f"{path}: damaged, its SHA-256 is not the one recorded when it was written; make "
                f"it again: snakemake --cores 1 --force {path}"
            )


def _digest_path(path: Path) -> Path:
    return path.with_name(f".{path.name}.sha256")
