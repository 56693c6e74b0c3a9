"""Tables of results, stored with their digests, so that no damaged one is used."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd

from echoseq import files
from echoseq.errors import DamagedError
from echoseq.files import file_digest
from echoseq.places import DIGEST

DIGITS = 9  # of a number; those beyond are noise: losses and accuracies come as float32


def write_table(path: Path, table: pd.DataFrame) -> None:
    """Write a CSV table, and its SHA-256 to a file beside it, both atomically.

    `sha256sum --check` reads the latter.
    """
    files.write_table(path, rounded(table))
    files.write_text(digest_path(path), f"{file_digest(path)}  {path.name}\n")


def digest_path(table: Path) -> Path:
    """The file with the SHA-256 of a table: <name>.csv.sha256 beside it."""
    return table.with_suffix(DIGEST)


def digests_of(tables: Iterable[str]) -> list[str]:
    """The paths of the digests of tables, which whoever reads them needs as well."""
    return [digest_path(Path(table)).as_posix() for table in tables]


def with_digests(tables: Mapping[str, str]) -> dict[str, str | list[str]]:
    """The paths of tables by name, and under `digests` those of their digests."""
    return {**tables, "digests": digests_of(tables.values())}


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
        DamagedError: if a table or its digest file is missing or was changed.
    """
    for path in tables:
        try:
            recorded, found = digest_path(path).read_bytes()[:64], file_digest(path).encode()
        except OSError as error:
            name = Path(error.filename).name
            raise DamagedError(
                f"{path}: expected a table and its digest, cannot read {name}"
            ) from error
        if recorded != found:
            raise DamagedError(
                f"{path}: damaged, its SHA-256 is not the one recorded when it was written; make "
                f"it again: snakemake --cores 1 --force {path}"
            )
