"""Runs held against a published version: identical, near, different, or not to be compared."""

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest
from workspaces import PROJECT, Workspace

from echoseq.cli import main
from echoseq.errors import EchoseqError
from echoseq.files import write_json
from echoseq.provenance.manifest import describe_files, read_manifest, seal
from echoseq.provenance.publishing import publish
from echoseq.provenance.records import read_records, records_text
from echoseq.provenance.verification import runs_to_train, verifiable, verify
from echoseq.study.reading import load
from echoseq.study.schema import Study
from echoseq.training.files import PROGRAM


@pytest.fixture
def pair(smoke_study: Workspace, tmp_path: Path) -> tuple[Path, Path]:
    """A copy of the results as if trained again, and the results as published."""
    results, published = smoke_study.results(), tmp_path / "published"
    publish(results, published, workflow=PROJECT / "Snakefile", jobs=[])
    return Path(shutil.copytree(results, tmp_path / "trained")), published


def edit_record(folder: Path, **values: object) -> None:
    path = folder / "runs/full_echo/seed-1/run.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | values))


def edit_accuracy(folder: Path, by: float) -> None:
    path = folder / "tables/seeds.csv"
    table = pd.read_csv(path, dtype={"position": str})
    row = (table["experiment"] == "full_echo") & (table["seed"] == 1) & (table["position"] == "2")
    table.loc[row, "accuracy"] += by
    table.to_csv(path, index=False)


def test_identical_bits(pair: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", *map(str, pair)]) == 0
    assert "identical bits\n" in capsys.readouterr().out


def test_other_weights_are_named(
    pair: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    edit_record(pair[0], digest="f" * 64)
    assert main(["verify", *map(str, pair)]) == 1
    assert "different: runs/full_echo/seed-1/run.json: digest is fff" in capsys.readouterr().out


def test_another_accuracy_is_named(pair: tuple[Path, Path]) -> None:
    """Where bits are promised, the least difference is one, whatever the tolerance."""
    edit_accuracy(pair[0], 1e-9)
    here = read_manifest(pair[1])["environment"]
    verdict = verify(*pair, here, tolerance=0.5)
    assert not verdict.same
    assert (
        "tables/seeds.csv: full_echo, seed 1, position 2, windows complete: accuracy is"
        in verdict.line
    )


@pytest.mark.parametrize(("by", "same"), [(0.04, True), (0.06, False)])
def test_elsewhere_accuracies_may_differ_by_the_tolerance(
    pair: tuple[Path, Path], by: float, same: bool
) -> None:
    edit_record(pair[0], digest="f" * 64)
    edit_accuracy(pair[0], by)
    here = read_manifest(pair[1])["environment"] | {"machine": "aarch64"}
    verdict = verify(*pair, here, tolerance=0.05)
    assert verdict.same == same
    assert ("not promised here" if same else "by more than 0.05: tables/seeds.csv") in verdict.line


def test_with_other_libraries_bits_are_not_promised(pair: tuple[Path, Path]) -> None:
    edit_record(pair[0], digest="f" * 64, versions={"keras": "0", "numpy": "0", "tensorflow": "0"})
    here = read_manifest(pair[1])["environment"]
    assert "keras is 0, published with" in verify(*pair, here).line


def test_what_cannot_be_compared(
    pair: tuple[Path, Path], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    trained, published = map(str, pair)
    assert main(["verify", str(tmp_path / "none"), published]) == 2
    assert "expected runs to verify" in capsys.readouterr().err
    assert main(["verify", trained, str(tmp_path / "none")]) == 2
    plan = read_records(pair[0])["full_echo", 1]["plan"]
    edit_record(pair[0], plan=plan | {"cells": 7})
    assert main(["verify", trained, published]) == 2
    said = capsys.readouterr().err
    assert "trained with another plan than the published run: cells is 7, published 20\n" in said
    (pair[1] / "tables/seeds.csv").write_text("")
    assert main(["verify", trained, published]) == 2
    assert "changed: tables/seeds.csv" in capsys.readouterr().err


def edit_plan(folder: Path, left_out: str = "", **values: object) -> None:
    record = json.loads((folder / "runs/full_echo/seed-1/run.json").read_text())
    plan = {key: value for key, value in record["plan"].items() if key != left_out}
    edit_record(folder, plan=plan | values)


def test_a_plan_without_a_newer_key_has_its_default(pair: tuple[Path, Path]) -> None:
    edit_plan(pair[0], left_out="learning_rate")
    here = read_manifest(pair[1])["environment"]
    assert verify(*pair, here).line.endswith("identical bits")


def test_the_key_in_which_plans_differ_is_named(
    pair: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    edit_plan(pair[0], learning_rate=0.01)
    assert main(["verify", *map(str, pair)]) == 2
    said = capsys.readouterr().err
    assert said == (
        f"echoseq: {pair[0]}: full_echo, seed 1: trained with another plan than the published run: "
        "learning_rate is 0.01, published 0.001\n"
    )
    edit_plan(pair[0], later=1)
    assert main(["verify", *map(str, pair)]) == 2
    assert "plan.later: unknown key (full_echo, seed 1)" in capsys.readouterr().err


def configured(published: Path, **verify: object) -> Study:
    """The published configuration, with settings for verification."""
    return load(read_manifest(published)["configuration"] | {"verify": verify})


def test_which_runs_are_trained_again(pair: tuple[Path, Path]) -> None:
    names = sorted(path.name for path in (pair[0] / "runs").iterdir())
    every = [(name, seed) for name in names for seed in (0, 1)]
    assert runs_to_train(pair[1], configured(pair[1], share="one")) == every[::2]
    assert runs_to_train(pair[1], configured(pair[1])) == every
    other = read_manifest(pair[1])["configuration"]
    other["experiments"]["full_echo"]["epochs"] = 7
    with pytest.raises(EchoseqError, match=r"published with epochs 60, but .* has 7"):
        runs_to_train(pair[1], load(other))
    other["experiments"] = {
        "partial_echo": other["experiments"]["partial_echo"] | {"question": None}
    }
    del other["page"]  # which names it too
    with pytest.raises(EchoseqError, match="full_echo is published, but not in the configuration"):
        runs_to_train(pair[1], load(other | {"questions": {}}))
    assert verifiable(pair[1], load(other | {"questions": {}})) == []


def test_the_verdict_says_which_share_was_verified(
    pair: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    trained, published = map(str, pair)
    assert main(["verify", trained, published]) == 0
    assert f"{published}: 4 of 4 runs trained again, identical" in capsys.readouterr().out
    assert main(["verify", trained, published, "--share", "one"]) == 0
    said = capsys.readouterr().out
    assert said.startswith(f"{published}: 2 of 4 runs trained again (one: one seed of each exp")
    assert main(["verify", trained, published, "--share", "sample"]) == 0
    assert "(sample: the study, no question has runs)" in capsys.readouterr().out


def test_only_the_runs_of_the_share_are_compared(
    pair: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    """Others may be left from a verification that was stopped."""
    trained, published = map(str, pair)
    edit_record(pair[0], digest="f" * 64)  # of seed 1
    assert main(["verify", trained, published, "--share", "one"]) == 0
    assert main(["verify", trained, published, "--share", "all"]) == 1
    shutil.rmtree(pair[0] / "runs/full_echo/seed-1")
    capsys.readouterr()
    assert main(["verify", trained, published, "--share", "all"]) == 2
    said = capsys.readouterr().err
    assert said == f"echoseq: {trained}: expected the record of full_echo, seed 1, found none\n"


def test_a_copy_of_a_run_is_not_counted(
    pair: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    """Its record names the experiment that was trained."""
    for folder in pair:
        manifest = read_manifest(folder)
        copies = {("twin", 0): read_records(folder)["full_echo", 0]}
        records = records_text(read_records(folder) | copies)
        (folder / "runs.json").write_text(records)
        table = pd.read_csv(folder / "tables/seeds.csv", dtype=str)
        rows = table[(table["experiment"] == "full_echo") & (table["seed"] == "0")]
        table = pd.concat([table, rows.assign(experiment="twin")])
        table.to_csv(folder / "tables/seeds.csv", index=False)
        files = ("runs.json", "tables/seeds.csv")
        described = describe_files(folder, files, bits_promised=manifest["bits_promised"])
        key = "published" if "published" in manifest else "files"
        manifest[key] |= described
        write_json(folder / "manifest.json", seal(manifest))
    assert main(["verify", *map(str, pair)]) == 0
    assert "4 of 4 runs trained again" in capsys.readouterr().out


def test_an_earlier_program_is_named_with_its_commit(
    pair: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    """Its bits are others, so nothing is different that should be the same."""
    published = PROJECT / "results/published/v1"
    commit = read_manifest(published)["code"]["commit"]
    for path in pair[0].glob("runs/*/seed-*/run.json"):  # in the place of its runs
        theirs = published / path.relative_to(pair[0])
        path.write_text(json.dumps(json.loads(theirs.read_text()) | {"program": PROGRAM}))
    said = (
        f"{published}: made by an earlier training program (1, not {PROGRAM}), with other bits; "
        f"check out commit {commit} to verify it"
    )
    assert main(["verify", str(pair[0]), str(published)]) == 2
    assert capsys.readouterr().err == f"echoseq: {said}\n"
    with pytest.raises(EchoseqError) as caught:
        runs_to_train(published, configured(pair[1]))
    assert str(caught.value) == said
