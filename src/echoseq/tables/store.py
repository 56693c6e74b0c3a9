"""Tables of results: stored with their digest beside them, so that no damaged one is drawn."""

from pathlib import Path

import pandas as pd

from echoseq import files
from echoseq.errors import EchoseqError
from echoseq.files import file_digest


def write_table(path: Path, table: pd.DataFrame) -> None:
    """Write a CSV table and note its SHA-256 in a hidden file beside it, both atomically.

    The note has the format of `sha256sum`.
    """
    files.write_table(path, table)
    files.write_text(_note(path), f"{file_digest(path)}  {path.name}\n")


def require_intact(*tables: Path) -> None:
    """Refuse tables that are not what `write_table` wrote.

    Raises:
        EchoseqError: if a table, or what was noted about it, is missing or was changed.
    """
    for path in tables:
        try:
            noted, found = _note(path).read_bytes()[:64], file_digest(path).encode()
        except OSError as error:
            name = Path(error.filename).name
            raise EchoseqError(
                f"{path}: expected a table and its digest, cannot read {name}"
            ) from error
        if noted != found:
            raise EchoseqError(
                f"{path}: damaged, its SHA-256 is not the one noted when it was written; make it "
                f"again: snakemake --cores 1 --force {path}"
            )


def _note(path: Path) -> Path:
    return path.with_name(f".{path.name}.sha256")
