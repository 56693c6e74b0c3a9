"""Tasks by position and of one's own, from the configuration to the paper."""

import json
from pathlib import Path

import numpy as np
import own
import pandas as pd
import pytest
from own import from_outside

from echoseq.evaluation.predictions import read_predictions
from echoseq.files import file_digest
from echoseq.provenance.manifest import check, read_manifest

TASKS = """
import numpy as np


def sorted(windows):
    return np.sort(windows, axis=-1)


def copy(sequences, blank, delimiter):
    count, length = sequences.shape
    windows = np.full((count, 1, 2 * length + 2), blank)
    windows[:, 0, :length] = sequences
    windows[:, 0, length + 1] = delimiter
    targets = np.full_like(windows, -1)
    targets[:, 0, length + 2 :] = sequences
    return windows, targets
"""
SMALL = {"cells": 8, "epochs": 40, "model": "encoder_decoder", "batch_size": 6}
STUDY = {
    "version": "mine",
    "inherit": False,
    "seeds": 2,
    "tasks": {
        "positions": {"n_in": 3, "length": 9, "alphabet": 10, "echo": [3, "none", {"say": 0}, 0]},
        "sorted": {
            **{"n_in": 3, "n_out": 3, "length": 8, "alphabet": 10},
            "targets": "my_tasks:sorted",
        },
        "copy": {
            **{"n_in": 8, "n_out": 8, "length": 3, "alphabet": 8},
            "frame": "my_tasks:copy",
            "symbols": ["blank", "delimiter"],
        },
    },
    "experiments": {
        "positions": {"task": "positions", **SMALL},
        "sorted": {"task": "sorted", **SMALL},
        "copy": {"task": "copy", **SMALL, "model": "lstm", "batch_size": 1},
    },
    "evaluation": {"sequences": 5},
    "statistics": {"resamples": 100, "learned_over": 20},
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The study, made. Not to be changed."""
    folder = own.new_folder(tmp_path_factory.mktemp("tasks") / "folder", STUDY)
    (folder / "my_tasks.py").write_text(TASKS, encoding="utf-8")
    done = from_outside(folder)
    assert done.returncode == 0, done.stderr
    return folder


def test_all_of_it_is_made(folder: Path) -> None:
    results = folder / "results/mine"
    assert check(results, read_manifest(results)) == []
    assert (results / "paper.pdf").is_file()


def test_the_table_of_experiments_says_what_is_asked(folder: Path) -> None:
    table = pd.read_csv(folder / "results/mine/tables/experiments.csv").set_index("experiment")
    assert table["echo"].to_dict() == {
        "positions": "3, none, say 0, 0 of 3",
        "sorted": "sorted",
        "copy": "copy",
    }
    assert table.loc["positions", "asked_positions"] == '[3, "none", {"say": 0}, 0]'
    assert table["sequence_windows"].to_dict() == {"positions": 6, "sorted": 6, "copy": 1}
    assert table.loc["copy", "chance_accuracy"] == pytest.approx(0.1)  # with its symbols


def test_the_figure_of_the_task_shows_what_is_asked(folder: Path) -> None:
    """The first held-out sequence of the functions' tasks, with the symbols by name."""
    results = folder / "results/mine"
    examples = pd.read_csv(results / "tables/examples.csv").set_index("experiment")
    sequence = read_predictions(results / "runs/copy/predictions.npz").sequences[0].tolist()
    copied = examples.loc["copy"]
    assert json.loads(copied["values"]) == [*sequence, 8, 9, 8, 8, 8]
    assert json.loads(copied["answer"]) == [-1] * 5 + sequence
    assert examples.loc["sorted", "window"].tolist() == [1, 2]
    caption = (results / "figures/task.txt").read_text(encoding="utf-8")
    assert "the experiment copy is to say what the function copy returns (" in caption
    assert "with b for blank, d for delimiter and - where nothing is asked." in caption


def test_answers_stand_beside_what_was_asked(folder: Path) -> None:
    found = {
        name: read_predictions(folder / f"results/mine/runs/{name}/predictions.npz")
        for name in STUDY["experiments"]
    }
    sequences, expected = found["positions"].sequences, found["positions"].expected
    np.testing.assert_array_equal(expected[:, 0, 0], sequences[:, 3])
    np.testing.assert_array_equal(expected[:, 0, 3], sequences[:, 0])
    assert found["positions"].places.tolist() == [2, -1, -1, -1]
    assert [int(found[name].symbols) for name in found] == [0, 0, 2]
    windows = found["sorted"].windows
    np.testing.assert_array_equal(found["sorted"].expected, np.sort(windows, axis=-1))
    np.testing.assert_array_equal(found["copy"].expected[:, 0, 5:], found["copy"].sequences)
    summary = pd.read_csv(folder / "results/mine/tables/summary.csv")
    asked = summary.groupby("experiment")["position"].agg(list)
    assert asked["positions"] == ["1", "3", "4", "all"]  # nothing at the second place
    assert asked["copy"] == ["6", "7", "8", "all"]


def test_the_file_of_a_task_is_recorded_and_a_change_of_it_trains_again(folder: Path) -> None:
    source = folder / "my_tasks.py"
    record = json.loads((folder / "results/mine/runs/sorted/seed-0/run.json").read_text())
    assert record["task_digest"] == file_digest(source)
    before = source.read_text(encoding="utf-8")
    planned = []
    try:
        for text in (before + "\n# a remark\n", before.replace("axis=-1)", "axis=-1)[..., ::-1]")):
            source.write_text(text, encoding="utf-8")
            dry = ("--dry-run", "--quiet", "rules", "--", "train")
            planned.append(from_outside(folder, *dry).stdout)
    finally:
        source.write_text(before, encoding="utf-8")
    assert "train_0_to_1" not in planned[0]
    assert "train_0_to_1" in planned[1]


def test_a_task_that_does_not_fit_starts_nothing(folder: Path, tmp_path: Path) -> None:
    there = own.new_folder(tmp_path / "folder", STUDY)
    (there / "my_tasks.py").write_text(TASKS.replace("axis=-1)", "axis=-1) + 9"), encoding="utf-8")
    done = from_outside(there)
    assert done.returncode != 0
    (said,) = [line for line in done.stderr.splitlines() if line.startswith("echoseq:")]
    assert "experiments.sorted.task: my_tasks:sorted: expected targets from 0 to 9" in said
    assert not (there / "results").exists()
