"""Two versions side by side."""

import json
import re
import shutil
from pathlib import Path

import pandas as pd
import pytest
from workspaces import PROJECT, Workspace, describe_again, new_version

from echoseq.cli import main
from echoseq.provenance.manifest import read_manifest
from echoseq.provenance.publishing import publish
from echoseq.training.files import PROGRAM

V1 = PROJECT / "results/published/v1"


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
    value = change(pair[1], "mean", 1e-9)
    assert main(["compare", *pair]) == 1
    said = capsys.readouterr().out
    assert "tables/summary.csv: full_echo, position 1, windows complete: mean: " in said
    assert f"| {value!r}\n" in said
    assert re.search(r"metrics .*: 1 differ\n  full_echo, position 1.*\[.*, .*\] \| ", said)
    assert main(["compare", *pair, "--tolerance", "1e-8"]) == 0
    assert main(["compare", *pair, "--tolerance", "1e-10"]) == 1


def test_digits_that_tables_have_no_more_are_no_difference(pair: tuple[str, str]) -> None:
    """Version v1 has 17 of each number."""
    for folder, value in zip(pair, ("0.12345678901", "0.123456789")):
        Path(folder, "tables/made.csv").write_text(f"experiment,accuracy\nx,{value}\n")
        describe_again(Path(folder))
    assert main(["compare", *pair, "--tolerance", "0"]) == 0
    Path(pair[1], "tables/made.csv").write_text("experiment,accuracy\nx,0.12345679\n")
    describe_again(Path(pair[1]))
    assert main(["compare", *pair, "--tolerance", "0"]) == 1


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


def test_a_version_and_its_published_copy_are_the_same(
    pair: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    published = tmp_path / "published"
    publish(Path(pair[0]), published, workflow=PROJECT / "Snakefile", jobs=[])
    assert main(["compare", pair[0], str(published)]) == 0
    capsys.readouterr()
    record = Path(pair[0], "runs/full_echo/seed-1/run.json")
    record.write_text(json.dumps(json.loads(record.read_text()) | {"digest": "f" * 64}))
    describe_again(Path(pair[0]))
    assert main(["compare", pair[0], str(published)]) == 1
    said = capsys.readouterr().out
    assert "runs: 1 differ\n  full_echo/seed-1: digest: ffffffffffff... | " in said


def test_what_only_one_version_has_is_counted(
    pair: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    """An earlier version: another training program, and other experiments on the questions."""
    assert main(["compare", str(V1), pair[0]]) == 1
    said = capsys.readouterr().out
    assert f"training program: 1 | {PROGRAM}, so the bits of all runs differ\n" in said
    assert re.search(r"\nexperiments: \d in both; 3\d only in A \(five_of_10, .* more\);", said)
    assert re.search(
        r"\nfiles only in A: \d+ \(data \d+, figures \d+, runs \d+, tables \d+\)", said
    )
    assert re.search(
        r"\n  tables/seeds.csv: 18 rows in both; \d+ values differ, \d+ rows only", said
    )
    assert "experiments.five_of_10" not in said
    assert len(said.splitlines()) < 110
    assert main(["compare", pair[0], str(V1)]) == 1
    said = capsys.readouterr().out
    assert re.search(r"\nexperiments: .* in both; \d+ only in A \(.*\); 3\d only in B \(f", said)


def test_copies_of_runs_are_counted_once(
    pair: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    for folder in pair:
        shutil.copytree(Path(folder, "runs/full_echo"), Path(folder, "runs/twin"))
    for name in ("full_echo", "twin"):
        path = Path(pair[1], f"runs/{name}/seed-1/run.json")
        path.write_text(json.dumps(json.loads(path.read_text()) | {"digest": "f" * 64}))
    shutil.rmtree(Path(pair[1], "runs/partial_echo"))
    shutil.copytree(Path(pair[1], "runs/twin"), Path(pair[1], "runs/another_twin"))
    for folder in pair:
        describe_again(Path(folder))
    assert main(["compare", *pair]) == 1
    said = capsys.readouterr().out
    assert "\nruns: 1 differ\n  full_echo/seed-1: digest: " in said
    assert "\nruns: 2 in both; 2 only in A (partial_echo/seed-0, partial_echo/seed-1)" in said
    # A copy that differs where its run does not is told.
    path = Path(pair[1], "runs/full_echo/seed-1/run.json")
    shutil.copy(Path(pair[0], "runs/full_echo/seed-1/run.json"), path)
    describe_again(Path(pair[1]))
    assert main(["compare", *pair]) == 1
    assert "\nruns: 1 differ\n  twin/seed-1: digest: " in capsys.readouterr().out


def test_answers_that_differ_are_told_with_the_experiments_behind_them(
    pair: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    for folder, answer in zip(pair, ("yes", "no")):
        table = f"question,answer\nlonger,{answer}\nstate,same\n"
        Path(folder, "tables/answers.csv").write_text(table)
    describe_again(Path(pair[0]))
    configuration = read_manifest(Path(pair[1]))["configuration"]
    asked = [n for n, e in configuration["experiments"].items() if e["question"] == "longer"]
    kept = {n: e for n, e in configuration["experiments"].items() if n != asked[0]}
    describe_again(Path(pair[1]), configuration={"experiments": kept})
    assert main(["compare", *pair]) == 1
    said = capsys.readouterr().out
    assert "answers: 1 differ, from these experiments on the questions:\n" in said
    assert f"\n  longer: {len(asked) - 1} in both, 1 only in A, 0 only in B\n" in said
    assert "yes | no" not in said


def test_what_both_have_has_a_verdict_though_one_has_more(
    pair: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    """As a version with the extensions beside one without them."""
    more = Path(pair[1])
    (more / "tables/extensions").mkdir()
    (more / "tables/extensions/facts.csv").write_text("experiment,accuracy\nx,1\n")
    with (more / "tables/seeds.csv").open("a") as table:
        table.write(",".join(["added"] * 4) + "\n")
    describe_again(Path(pair[0]))
    describe_again(more)
    assert main(["compare", *pair]) == 1
    said = capsys.readouterr().out
    assert said.splitlines()[-1] == (
        "the same in all that both have; only in B: files 1, rows of tables/seeds.csv 1"
    )
    assert main(["compare", *reversed(pair), "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert (found["same"], found["same_in_both"]) == (False, True)
    change(pair[1], "mean", 1e-9)
    assert main(["compare", *pair]) == 1
    assert capsys.readouterr().out.endswith("\ndifferent\n")
