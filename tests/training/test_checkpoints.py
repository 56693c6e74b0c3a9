"""A run that was killed goes on from its last checkpoint, and ends with the same bits."""

import hashlib
import io
import json
import logging
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest
import yaml
from small import PARTIAL, sequences, train
from workspaces import Workspace

from echoseq.cli import main
from echoseq.networks.building import build
from echoseq.networks.weights import weights_digest
from echoseq.study.plan import Plan
from echoseq.training.checkpoints import Checkpoints, clear, run_key
from echoseq.training.loop import History

STATE = {"variable_0": np.arange(6.0, dtype=np.float32).reshape(2, 3), "loss": np.ones(2)}


def later(epoch: int) -> dict[str, np.ndarray]:
    return STATE | {"loss": np.full(epoch, 0.5, np.float32)}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """With checkpoints of the epochs 20 and 30."""
    checkpoints = Checkpoints(tmp_path / "checkpoints/echo/seed-0", "key", 0)
    for epoch in (10, 20, 30):
        checkpoints.save(epoch, later(epoch))
    return checkpoints.folder


def load(folder: Path, key: str = "key") -> int | None:
    """The epochs of what is loaded, which is whole."""
    state = Checkpoints(folder, key, 0).load()
    if state is None:
        return None
    epoch = len(state["loss"])
    assert {name: array.tobytes() for name, array in state.items()} == {
        name: array.tobytes() for name, array in later(epoch).items()
    }
    return epoch


def epochs(folder: Path) -> list[int]:
    return sorted(int(path.name.split(".")[0].removeprefix("epoch-")) for path in folder.iterdir())


def newest(folder: Path) -> Path:
    return next(path for path in folder.iterdir() if path.name.startswith("epoch-30"))


# The files


def test_the_newest_two_are_kept_and_the_newest_is_loaded(folder: Path) -> None:
    assert epochs(folder) == [20, 30]
    assert load(folder) == 30


def test_where_there_is_none_nothing_is_loaded(tmp_path: Path) -> None:
    assert load(tmp_path / "none") is None


def truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def flipped(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[content.index(STATE["variable_0"].tobytes()) + 7] ^= 1
    path.write_bytes(content)


DAMAGE = pytest.mark.parametrize("damage", [truncated, emptied, flipped])


@DAMAGE
def test_a_damaged_one_gives_way_to_the_one_before(
    folder: Path, damage: Callable[[Path], None], caplog: pytest.LogCaptureFixture
) -> None:
    damage(newest(folder))
    assert load(folder) == 20
    warnings = [r for r in caplog.records if r.levelno == logging.WARNING]
    assert [r.getMessage().split("ignored")[1] for r in warnings] == [": damaged"]
    assert epochs(folder) == [20]


@DAMAGE
def test_with_both_damaged_it_begins_again(folder: Path, damage: Callable[[Path], None]) -> None:
    for path in folder.iterdir():
        damage(path)
    assert load(folder) is None
    assert list(folder.iterdir()) == []


def test_no_flipped_bit_gets_through(folder: Path) -> None:
    content = newest(folder).read_bytes()
    name = newest(folder).name
    for position in range(0, len(content), 7):
        changed = bytearray(content)
        changed[position] ^= 1 << position % 8
        (folder / name).write_bytes(changed)
        assert load(folder) == 20


@pytest.mark.parametrize("content", [b"", b"none", b"{}"])
def test_one_that_holds_something_else_gives_way(folder: Path, content: bytes) -> None:
    """Its digest is right."""
    digest = hashlib.sha256(content).hexdigest()
    (folder / f"epoch-40.{digest}.npz").write_bytes(content)
    assert load(folder) == 30


def test_one_without_its_key_gives_way(folder: Path) -> None:
    content = io.BytesIO()
    np.savez(content, seconds=np.array(1.0))
    digest = hashlib.sha256(content.getvalue()).hexdigest()
    (folder / f"epoch-40.{digest}.npz").write_bytes(content.getvalue())
    assert load(folder) == 30


def test_one_of_another_run_is_ignored(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    newest(folder).rename(folder.parent / newest(folder).name)
    assert load(folder, "another key") is None
    assert len(caplog.records) == 1
    assert "ignored: of another plan, code, data or library" in caplog.text
    Checkpoints(folder, "another key", 0).save(5, later(5))
    assert epochs(folder) == [5]


def test_half_written_ones_and_other_files_are_no_checkpoints(folder: Path) -> None:
    content = newest(folder).read_bytes()
    for name in (".epoch-40.abc.1.tmp.npz", "epoch-40.npz", "epoch-x.npz", "note.txt"):
        (folder / name).write_bytes(content)
    assert load(folder) == 30


def test_a_run_does_without_one_that_cannot_be_written(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "checkpoints").write_text("a file where the folder should be")
    Checkpoints(tmp_path / "checkpoints/seed-0", "key", 0).save(10, later(10))
    assert "no checkpoint after epoch 10" in caplog.text


def test_they_are_due_after_the_seconds_and_count_them(tmp_path: Path) -> None:
    checkpoints, began = Checkpoints(tmp_path, "key", 0.2), time.process_time()
    assert not checkpoints.due(False)
    while time.process_time() - began < 0.2:  # counted in processor seconds
        pass
    time.sleep(0.1)
    assert checkpoints.due(False)
    checkpoints.save(1, later(1))
    assert not checkpoints.due(False)
    again = Checkpoints(tmp_path, "key", 0.2)
    again.load()
    assert again.resumed_after == 1
    assert 0.2 <= again.earlier_seconds < 10


def test_one_of_the_end_is_due_only_where_it_is_wanted(tmp_path: Path) -> None:
    assert not Checkpoints(tmp_path, "key", 0).due(True)
    assert Checkpoints(tmp_path, "key", 1000, at_end=True).due(True)


def test_cleared_they_leave_nothing_but_those_of_other_runs(folder: Path) -> None:
    top = folder.parents[1]
    other = Checkpoints(top / "echo/seed-1", "key", 0)
    other.save(10, later(10))
    clear(folder)
    assert [path.name for path in top.rglob("seed-*")] == ["seed-1"]
    clear(top / "echo/seed-1")
    assert list(top.parent.iterdir()) == []
    assert top.parent.is_dir()
    clear(top / "echo/seed-1")


def test_the_key_depends_on_every_fact_in_any_order() -> None:
    facts = {"seed": 1, "plan": {"cells": 5, "epochs": 7}, "code": "code:1"}
    keys = [
        run_key(facts),
        run_key(facts | {"seed": 2}),
        run_key(facts | {"plan": {"cells": 6, "epochs": 7}}),
        run_key(facts | {"code": "code:2"}),
    ]
    assert run_key({"code": "code:1", "plan": {"epochs": 7, "cells": 5}, "seed": 1}) == keys[0]
    assert len(set(keys)) == len(keys)


# The training loop

PLAN = replace(PARTIAL, batch_size=3)
DECAY = {"initial_learning_rate": 0.05, "decay_steps": 20, "decay_rate": 0.5}


class InterruptionError(Exception):
    """The end of a process."""


def trained(
    folder: Path | None, stop_after: int | None = None, plan: Plan = PLAN
) -> tuple[str, History]:
    def progress(done: int, *_: float) -> None:
        if done == stop_after:
            raise InterruptionError

    model = build(plan, 0)
    history = train(
        plan,
        model,
        sequences(plan, 75),
        progress=progress,
        checkpoints=Checkpoints(folder, "key", 0) if folder else None,
        block=10,
    )
    return weights_digest(model), history


@pytest.fixture(scope="module")
def uninterrupted() -> tuple[str, History]:
    return trained(None)


@pytest.mark.parametrize(
    ("stops", "damaged"),
    [([10], []), ([30, 40, 70], []), ([40], [40]), ([40], [30, 40])],
    ids=["once", "again and again", "the newest damaged", "both damaged"],
)
def test_an_interrupted_run_ends_with_the_same_bits(
    tmp_path: Path, uninterrupted: tuple[str, History], stops: list[int], damaged: list[int]
) -> None:
    folder = tmp_path / "checkpoints"
    for stop in stops:
        with pytest.raises(InterruptionError):
            trained(folder, stop)
        assert epochs(folder)[-1] == stop
    for epoch in damaged:
        (path,) = folder.glob(f"epoch-{epoch}.*")
        truncated(path)
    digest, history = trained(folder)
    assert digest == uninterrupted[0]
    np.testing.assert_array_equal(history.loss, uninterrupted[1].loss)
    np.testing.assert_array_equal(history.accuracy, uninterrupted[1].accuracy)


def test_random_numbers_go_on_where_they_were(tmp_path: Path) -> None:
    """Dropout and noise draw from generators whose states are kept."""
    plan = replace(PLAN, model="builders:noisy", n_out=PLAN.n_in)
    digest, history = trained(None, plan=plan)
    with pytest.raises(InterruptionError):
        trained(tmp_path, 30, plan)
    resumed, resumed_history = trained(tmp_path, plan=plan)
    assert resumed == digest
    np.testing.assert_array_equal(resumed_history.loss, history.loss)


@pytest.mark.parametrize(
    ("optimizer", "rate"),
    [
        ({"name": "rmsprop", "clipnorm": 0.05}, 0.01),
        ({"name": "sgd", "momentum": 0.9}, 0.01),
        ("nadam", {"schedule": "InverseTimeDecay", **DECAY}),
    ],
    ids=["rmsprop", "sgd", "nadam scheduled"],
)
def test_every_optimizer_goes_on_where_it_was(tmp_path: Path, optimizer: Any, rate: Any) -> None:
    """What it keeps of each weight, and the number of updates, which a schedule depends on."""
    plan = Plan.from_facts(PLAN.facts() | {"optimizer": optimizer, "learning_rate": rate})
    digest, history = trained(None, plan=plan)
    with pytest.raises(InterruptionError):
        trained(tmp_path, 40, plan)
    resumed, resumed_history = trained(tmp_path, plan=plan)
    assert resumed == digest
    np.testing.assert_array_equal(resumed_history.loss, history.loss)


def test_a_taught_model_goes_on_where_it_was(tmp_path: Path) -> None:
    plan = replace(PLAN, model="encoder_decoder_teacher_forcing")
    digest, history = trained(None, plan=plan)
    with pytest.raises(InterruptionError):
        trained(tmp_path, 40, plan)
    resumed, resumed_history = trained(tmp_path, plan=plan)
    assert resumed == digest
    np.testing.assert_array_equal(resumed_history.loss, history.loss)
    np.testing.assert_array_equal(resumed_history.accuracy, history.accuracy)


# Processes killed

LONG = {"task": "full", "model": "lstm", "cells": 5, "epochs": 4000, "batch_size": 7}
CONFIGURATION = {
    "experiments": {"long_echo": LONG},
    "execution": {"checkpoint_seconds": 0, "seeds_per_job": 1},
}
FILES = ("run.json", "history.csv")


@pytest.fixture(scope="module")
def configured(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("configuration") / "long.yaml"
    path.write_text(yaml.safe_dump(CONFIGURATION))
    return path


@pytest.fixture(scope="module")
def undisturbed(configured: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The exact files of a run that was left alone."""
    folder = tmp_path_factory.mktemp("undisturbed")
    train_by_hand = ["train", "long_echo", "--config", str(configured), "--output", str(folder)]
    assert main(train_by_hand) == 0
    return contents(folder)


def contents(run: Path) -> dict[str, str]:
    return {name: (run / name).read_text() for name in FILES}


def kill_after_a_checkpoint(process: subprocess.Popen, folder: Path, script: str) -> None:
    """SIGKILL the one process that trains, the started one or a child of it."""
    while not list(folder.glob("epoch-*")):
        assert process.poll() is None
        time.sleep(0.005)
    started = psutil.Process(process.pid)
    family = [started, *started.children(recursive=True)]
    (training,) = [p for p in family if re.search(script, " ".join(p.cmdline()))]
    os.kill(training.pid, signal.SIGKILL)
    assert process.wait(timeout=60) != 0


def test_a_run_by_hand_that_was_killed_goes_on(
    configured: Path, undisturbed: dict[str, str], tmp_path: Path
) -> None:
    run = tmp_path / "run"
    arguments = ["train", "long_echo", "--config", str(configured), "--output", str(run)]
    process = subprocess.Popen([sys.executable, "-m", "echoseq.cli", *arguments])
    kill_after_a_checkpoint(process, run / "checkpoints", "echoseq.cli")
    assert not set(FILES) & {path.name for path in run.iterdir()}
    assert main(arguments) == 0
    assert contents(run) == undisturbed
    timing = json.loads((run / "timing.json").read_text())
    assert 100 <= timing["resumed_after_epoch"] < 4000
    assert not (run / "checkpoints").exists()


def test_a_job_that_was_killed_goes_on(workspace: Workspace, undisturbed: dict[str, str]) -> None:
    workspace.configure(**CONFIGURATION)
    results = workspace.results()
    run = results / "runs/long_echo/seed-0"
    folder = results / "checkpoints/long_echo/seed-0"
    target = "results/smoke/runs/long_echo/seed-0/run.json"
    process = workspace.start(target)
    kill_after_a_checkpoint(process, folder, r"train\.py")
    assert not (run / "run.json").exists()
    assert list(folder.iterdir())
    done = workspace.snakemake(targets=[target])
    assert done.returncode == 0, done.stderr
    assert "resuming after epoch" in (results / "logs/train/long_echo/seed-0.log").read_text()
    assert contents(run) == undisturbed
    assert not (results / "checkpoints").exists()
