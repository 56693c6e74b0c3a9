"""`echoseq status` beside a real Snakemake: while it runs, killed, with a failed job, and done."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from workspaces import Workspace

from echoseq.study.reading import load, read_yaml
from echoseq.watching.choosing import study_of
from echoseq.watching.state import FAILED, FINISHED, LOCKED, RUNNING, State, state_of

BROKEN = """\
import sys
import keras


def broken(sizes):
    if sys.argv[0].endswith(".train.py"):
        raise RuntimeError("not in the mood")
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input(batch_shape=(sizes.batch_size, sizes.n_in, sizes.features)),
            layers.GRU(sizes.cells, return_sequences=True, stateful=sizes.stateful),
            layers.TimeDistributed(layers.Dense(sizes.features, activation=sizes.activation)),
        ]
    )
"""


def state(workspace: Workspace) -> State:
    return state_of(workspace.results(), study_of(workspace.results(), None))


def once(workspace: Workspace, holds: Callable[[State], bool]) -> State:
    """The first state of which something holds."""
    end = time.monotonic() + 300
    while time.monotonic() < end:
        if (workspace.results() / "config.yaml").is_file() and holds(now := state(workspace)):
            return now
        time.sleep(0.5)
    pytest.fail((workspace.folder / "output.txt").read_text())


def trains(now: State) -> bool:
    return any(job.trained is not None and job.trained.epoch > 100 for job in now.going)


def test_a_study_that_runs_and_is_killed(workspace: Workspace) -> None:
    workspace.configure(experiments={"full_echo": {"epochs": 900_000}})
    home = workspace.folder
    model = "results/smoke/runs/full_echo/seed-0/model.keras"
    started = workspace.start("results/smoke/config.yaml", model)
    try:
        running = once(workspace, trains)
        assert running.summary == RUNNING
        assert running.activity.processes == (started.pid,)
        (job,) = running.going
        assert job.label == "train full_echo, seeds 0 to 1"
        assert job.log == home / "results/smoke/logs/train/full_echo/seeds-0_to_1.log"
        assert (job.trained.experiment, job.trained.seed, job.epochs) == ("full_echo", 0, 900_000)
        assert running.left.runs == 2
        assert running.left.seconds > 10
        assert (running.last.done, running.last.total) == (2, 3)
    finally:
        os.killpg(started.pid, signal.SIGKILL)
        started.wait()
    killed = state(workspace)
    assert killed.summary == LOCKED
    assert killed.activity.processes == killed.activity.jobs == ()
    assert [job.label for job in killed.going] == ["train full_echo, seeds 0 to 1"]


def test_a_job_that_failed(workspace: Workspace) -> None:
    (workspace.folder / "my_models.py").write_text(BROKEN)
    facts = {"task": "full", "model": "my_models:broken", "cells": 5, "epochs": 5, "batch_size": 7}
    workspace.configure(experiments={"broken": facts})
    model = "results/smoke/runs/broken/seed-0/model.keras"
    done = workspace.snakemake(targets=["results/smoke/config.yaml", model])
    assert done.returncode == 1
    failed = state(workspace)
    assert (failed.summary, failed.going) == (FAILED, ())
    (failure,) = failed.failed
    assert failure.label == "train broken, seeds 0 to 1"
    assert "not in the mood" in failure.reason
    assert failure.log.is_file()


def test_a_study_that_is_done(smoke_study: Workspace) -> None:
    folder: Path = smoke_study.results()
    done = state_of(folder, load(read_yaml(folder / "config.yaml")))
    assert (done.summary, done.begun) == (FINISHED, ("study",))
    assert not any(part.missing for part in done.targets["study"])
    assert (done.left, done.failed, done.going) == (None, (), ())
    assert done.last.done == done.last.total
