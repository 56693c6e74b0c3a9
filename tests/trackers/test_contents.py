"""What trackers take of a version."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from tracked import CAPTION, EPOCHS, RUNS, history, make_version
from workspaces import PROJECT

import echoseq
from echoseq.errors import DamagedError
from echoseq.tables.columns import read_table
from echoseq.trackers.contents import CURVE, FINAL, figures_of, runs_of


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return make_version(tmp_path / "results")


def test_a_run_has_its_history_its_plan_and_its_skill(folder: Path) -> None:
    runs = list(runs_of(echoseq.results(folder)))
    assert [(run.experiment, run.seed) for run in runs] == RUNS
    first = runs[0]
    assert first.name == "full_echo/seed-0"
    assert first.last == EPOCHS
    expected = history("full_echo", 0)
    assert list(first.curve) == ["epoch", *CURVE]
    np.testing.assert_array_equal(first.curve["epoch"], expected["epoch"])
    np.testing.assert_array_equal(first.curve["training/loss"], expected["loss"])
    np.testing.assert_array_equal(first.curve["training/accuracy"], expected["accuracy"])
    assert first.settings["cells"] == 20
    assert first.settings["model"] == "lstm"
    assert first.settings["stateful"] is True
    assert first.settings["symbols"] == "[]"  # as a text: trackers know no lists
    assert "frame" not in first.settings  # left open
    assert first.final["held_out/accuracy"] == 0.5
    assert first.final["held_out/incomplete_accuracy"] == 0.6
    assert first.final["training/epochs_to_learn"] == 300
    assert first.final["training/updates"] == 92
    assert set(first.final) < set(FINAL)  # no bits: they are missing in the table
    assert "training/epochs_to_learn" not in runs[1].final
    assert "held_out/incomplete_accuracy" not in runs[2].final


def test_without_tables_the_records_are_enough(folder: Path) -> None:
    shutil.rmtree(folder / "tables")
    shutil.rmtree(folder / "figures")
    version = echoseq.results(folder)
    assert [*next(runs_of(version)).final] == [n for n in FINAL if n.startswith("training/")][:4]
    assert figures_of(version) == []


def test_a_damaged_history_is_named(folder: Path) -> None:
    path = folder / "runs/full_echo/seed-1/history.csv"
    path.write_text(path.read_text().replace("\n7,", "\n7,1"))
    with pytest.raises(DamagedError, match=r"seed-1/history\.csv"):
        list(runs_of(echoseq.results(folder)))


def test_figures_come_with_their_captions(folder: Path) -> None:
    (figure,) = figures_of(echoseq.results(folder))
    assert (figure.name, figure.path.name, figure.caption) == ("field", "field.png", CAPTION)
    assert figures_of(echoseq.results(folder), (".svg",)) == []


def test_a_published_version_has_its_curves_in_short() -> None:
    version = echoseq.results(PROJECT / "results/published/v2")
    runs = {run.name: run for run in runs_of(version)}
    run = runs["full_echo/seed-3"]
    table = read_table(PROJECT / "results/published/v2/tables/learning.csv")
    table = table[(table["experiment"] == "full_echo") & (table["seed"] == 3)]
    np.testing.assert_array_equal(run.curve["training/loss"], table["loss"])
    assert run.curve["epoch"].is_monotonic_increasing
    assert run.final["held_out/accuracy"] > 0.9
    extended = runs["cell_GRU_2_of_5_100/seed-0"]  # published with its skill alone
    assert extended.curve.empty
    assert extended.final["held_out/accuracy"] > 0.9
    assert {figure.path.suffix for figure in figures_of(version, (".png", ".svg"))} == {".svg"}
