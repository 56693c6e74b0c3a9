"""Tables with their digests: damaged ones are not used."""

import subprocess
from pathlib import Path

import pandas as pd
import pytest

from echoseq.errors import EchoseqError
from echoseq.tables.store import digest_path, require_intact, with_digests, write_table


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "seeds.csv"
    write_table(path, pd.DataFrame({"seed": [0, 1], "accuracy": [0.5, 1.0]}))
    return path


def test_a_table_is_intact_until_it_is_changed(table: Path) -> None:
    require_intact(table)
    table.write_text(table.read_text())
    require_intact(table)


def test_a_digest_can_be_checked_without_echoseq(table: Path) -> None:
    command = ["sha256sum", "--check", "seeds.csv.sha256"]
    assert subprocess.run(command, cwd=table.parent, check=False).returncode == 0
    table.write_text("")
    assert subprocess.run(command, cwd=table.parent, check=False).returncode == 1


@pytest.mark.parametrize(
    "text", ["", "seed,accuracy\n0,0.5\n", "seed,accuracy\n0,0.5\n1,1.1\n"], ids=str.__len__
)
def test_a_changed_table_is_refused(table: Path, text: str) -> None:
    table.write_text(text)
    with pytest.raises(EchoseqError, match=r"seeds\.csv: damaged, .* --force "):
        require_intact(table)


def test_a_table_without_its_digest_is_refused(table: Path) -> None:
    digest_path(table).unlink()
    with pytest.raises(EchoseqError, match=r"cannot read seeds\.csv\.sha256"):
        require_intact(table)


def test_numbers_are_written_with_nine_digits(tmp_path: Path) -> None:
    """And whole ones, names and gaps as they are."""
    columns = {"n": [2**40, 1], "x": [2 / 3, 1e-12 / 3], "y": [1234567890.5, 0.1 + 0.2]}
    table = pd.DataFrame(columns | {"z": [None, 3.0], "name": ["1.23456789012", ""]})
    write_table(tmp_path / "made.csv", table)
    assert (tmp_path / "made.csv").read_text() == (
        "n,x,y,z,name\n1099511627776,0.666666667,1234567890.0,,1.23456789012\n"
        "1,3.33333333e-13,0.3,3.0,\n"
    )


def test_tables_are_named_with_their_digests() -> None:
    assert with_digests({"seeds": "<results>/tables/seeds.csv"}) == {
        "seeds": "<results>/tables/seeds.csv",
        "digests": ["<results>/tables/seeds.csv.sha256"],
    }
