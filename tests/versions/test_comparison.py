"""Two versions side by side."""

import json
import re
import shutil
from pathlib import Path

import pandas as pd
import pytest
from workspaces import Workspace, describe_again, new_version

from echoseq.cli import main


@pytest.fixture
def pair(smoke_study: Workspace, tmp_path: Path) -> tuple[str, str]:
    """The smoke study and a copy of it under another name."""
    original = Path(shutil.copytree(smoke_study.results(), tmp_path / "smoke"))
    return str(original), str(new_version(original, "other"))


def change(folder: str, column: str, by: float) -> float:
    """Add to the first value of a column of summary.csv; returns the new value."""
    path = Path(folder, "tables/summary.csv")
    table = pd.read_csv(path, dtype={"position": str})
    table.loc[0, column] += by
    table.to_csv(path, index=False)
    describe_again(Path(folder))
    return float(table.loc[0, column])


def test_the_same_under_another_name(
    pair: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["compare", *pair]) == 0
    said = capsys.readouterr().out
    assert said.endswith("the same\n")
    assert "tables: no difference" in said


def test_a_last_digit_is_a_difference_unless_tolerated(
    pair: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    value = change(pair[1], "mean", 1e-12)
    assert main(["compare", *pair]) == 1
    said = capsys.readouterr().out
    assert "tables/summary.csv: full_echo, position 1, windows complete: mean: " in said
    assert f"| {value!r}\n" in said
    assert re.search(r"metrics .*: 1 differ\n  full_echo, position 1.*\[.*, .*\] \| ", said)
    assert main(["compare", *pair, "--tolerance", "1e-9"]) == 0
    assert main(["compare", *pair, "--tolerance", "1e-13"]) == 1


def test_tolerance_ignores_bits_but_no_number(pair: tuple[str, str]) -> None:
    runs = Path(pair[1], "tables/runs.csv")
    runs.write_text(re.sub("[0-9a-f]{64}", "f" * 64, runs.read_text()))
    Path(pair[1], "figures/echoes.svg").write_text("another picture")
    describe_again(Path(pair[1]))
    assert main(["compare", *pair]) == 1
    assert main(["compare", *pair, "--tolerance", "0"]) == 0
    Path(pair[1], "tables/seeds.csv").unlink()
    describe_again(Path(pair[1]))
    assert main(["compare", *pair, "--tolerance", "1"]) == 1


def test_configuration_and_environment_by_key(
    pair: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    describe_again(Path(pair[1]), environment={"python": "9.9"})
    assert main(["compare", *pair, "--json"]) == 0  # another machine, the same results
    found = json.loads(capsys.readouterr().out)
    python = [d["b"] for d in found["environment"] if d["what"] == "environment.python"]
    assert python == ["9.9"]
    assert found["same"] is True
    describe_again(Path(pair[1]), configuration={"version": "other", "seeds": 3})
    assert main(["compare", *pair, "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert {"what": "seeds", "a": 2, "b": 3} in found["configuration"]
    assert found["metrics"][0]["a"] == found["metrics"][0]["b"]


def test_what_cannot_be_compared(
    pair: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path(pair[1], "tables/seeds.csv").write_text("")
    assert main(["compare", *pair]) == 2
    assert "changed: tables/seeds.csv" in capsys.readouterr().err
    assert main(["compare", pair[0], str(tmp_path / "none")]) == 2
    assert "found none" in capsys.readouterr().err
    assert main(["compare", *pair, "--tolerance", "-1"]) == 2


def test_numbers_apart_by_just_the_tolerance_are_the_same(pair: tuple[str, str]) -> None:
    for folder, value in zip(pair, ("0.5", "0.75")):
        Path(folder, "tables/made.csv").write_text(f"experiment,accuracy\nx,{value}\n")
        describe_again(Path(folder))
    assert main(["compare", *pair, "--tolerance", "0.25"]) == 0
    assert main(["compare", *pair, "--tolerance", "0.24"]) == 1
