"""Tables with their digests: damaged ones are not used."""

from pathlib import Path

import pandas as pd
import pytest

from echoseq.errors import EchoseqError
from echoseq.tables.store import require_intact, write_table


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "seeds.csv"
    write_table(path, pd.DataFrame({"seed": [0, 1], "accuracy": [0.5, 1.0]}))
    return path


def test_a_table_is_intact_until_it_is_changed(table: Path) -> None:
    require_intact(table)
    table.write_text(table.read_text())
    require_intact(table)


@pytest.mark.parametrize(
    "text", ["", "seed,accuracy\n0,0.5\n", "seed,accuracy\n0,0.5\n1,1.1\n"], ids=str.__len__
)
def test_a_changed_table_is_refused(table: Path, text: str) -> None:
    table.write_text(text)
    with pytest.raises(EchoseqError, match=r"seeds\.csv: damaged, .* --force "):
        require_intact(table)


def test_a_table_without_its_digest_is_refused(table: Path) -> None:
    (note,) = table.parent.glob(".*.sha256")
    note.unlink()
    with pytest.raises(EchoseqError, match=r"cannot read \.seeds\.csv\.sha256"):
        require_intact(table)
