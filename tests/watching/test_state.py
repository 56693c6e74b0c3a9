"""How far a version is: not begun, unfinished, failed, running, killed, finished."""

import json
from base64 import urlsafe_b64encode
from pathlib import Path

import numpy as np
import pytest
from configurations import study_of_two

from echoseq.places import checkpoint_folder
from echoseq.study.reading import load
from echoseq.training.checkpoints import Checkpoints
from echoseq.watching import snakemake
from echoseq.watching.expected import expected
from echoseq.watching.logs import Trained
from echoseq.watching.state import (
    ABSENT,
    FAILED,
    FINISHED,
    LOCKED,
    RUNNING,
    UNFINISHED,
    State,
    state_of,
)

FACTS = study_of_two()
FACTS["experiments"]["b"]["cells"] = 4  # or it would be a copy of a
STUDY = load(FACTS)
TIMING = {"build_seconds": 1.0, "training_seconds": 9.0, "resumed_after_epoch": 0}
LOG = """\
  Command: bin/snakemake --cores 2 --configfile my.yaml
Provided cores: 2
total                      9
[Fri May  1 10:00:01 2026]
rule train_0_to_1:
    output: results/v/runs/b/seed-0/model.keras, results/v/runs/b/seed-1/model.keras
    log: results/v/logs/train/b/seeds-0_to_1.log
    jobid: 5
    wildcards: experiment=b
"""
TRAINING = """\
2026-05-01 10:00:02,000 INFO training b with seed 0
2026-05-01 10:00:03,000 INFO epoch 2: loss 4.1, accuracy 0.01
2026-05-01 10:00:05,000 INFO epoch 4: loss 4.1, accuracy 0.01
"""
ENDED = "[Fri May  1 10:00:09 2026]\nError in rule train_0_to_1:\n    jobid: 5\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A version of which the runs of one of its two experiments are there."""
    folder = tmp_path / "results/v"
    for item in expected(STUDY)["study"]:
        if item.part in ("description", "data") or (item.run or "b")[0] == "a":
            make(folder, *item.paths)
    for seed in (0, 1):
        (folder / f"runs/a/seed-{seed}/timing.json").write_text(json.dumps(TIMING))
    (tmp_path / ".snakemake/log").mkdir(parents=True)
    return folder


def make(folder: Path, *paths: str) -> None:
    for path in paths:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text("")


def begin(folder: Path, log: str = LOG, training: str = TRAINING) -> None:
    """Let a training begin, as far as its traces tell."""
    home = folder.parents[1]
    (home / ".snakemake/log/1.snakemake.log").write_text(log)
    (folder / "logs/train/b").mkdir(parents=True)
    (folder / "logs/train/b/seeds-0_to_1.log").write_text(training)


def lock(folder: Path) -> None:
    home = folder.parents[1]
    outputs = [
        f"results/v/runs/b/seed-{seed}/{name}"
        for seed in (0, 1)
        for name in ("model.keras", "history.csv", "run.json", "timing.json")
    ]
    for name in ("locks", "incomplete"):
        (home / ".snakemake" / name).mkdir()
    (home / ".snakemake/locks/0.output.lock").write_text("\n".join(outputs))
    for path in outputs:
        marker = urlsafe_b64encode(path.encode()).decode()
        (home / ".snakemake/incomplete" / marker).write_text("{}")


def missing(state: State, part: str) -> tuple[str, ...]:
    (found,) = (p for p in state.targets["study"] if p.name == part)
    return found.missing


def test_what_is_not_there_has_not_begun(tmp_path: Path) -> None:
    state = state_of(tmp_path / "results/v", STUDY)
    assert (state.summary, state.left, state.going) == (ABSENT, None, ())
    assert len(missing(state, "runs")) == 4


def test_what_is_missing_is_named_and_estimated(folder: Path) -> None:
    state = state_of(folder, STUDY)
    assert (state.summary, state.begun) == (UNFINISHED, ("study",))
    assert missing(state, "data") == ()
    assert missing(state, "runs") == ("b, seed 0", "b, seed 1")
    assert missing(state, "predictions") == ("a", "b")
    # Each as long as those of the other experiment, on one core.
    assert (state.left.seconds, state.left.runs, state.left.alike) == (20, 2, 0)


def test_half_a_run_is_none(folder: Path) -> None:
    make(folder, "runs/b/seed-0/model.keras", "runs/b/seed-0/history.csv")
    assert missing(state_of(folder, STUDY), "runs") == ("b, seed 0", "b, seed 1")


def test_all_of_it_is_finished(folder: Path) -> None:
    for item in expected(STUDY)["study"]:
        make(folder, *item.paths)
    state = state_of(folder, STUDY)
    assert (state.summary, state.left, state.failed) == (FINISHED, None, ())
    assert not any(part.missing for part in state.targets["study"])
    assert state.targets["page"][0].missing == ("page.html",)


def alive(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = folder.parents[1]
    found = {True: [(123, False), (124, True)], False: []}
    monkeypatch.setattr(snakemake, "_processes", lambda where: iter(found[where == home]))


def test_it_runs_while_snakemake_lives(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begin(folder)
    lock(folder)
    alive(folder, monkeypatch)
    state = state_of(folder, STUDY)
    assert state.summary == RUNNING
    assert (state.activity.processes, state.activity.jobs) == ((123,), (124,))
    (job,) = state.going
    assert (job.label, job.epochs) == ("train b, seeds 0 to 1", 10)
    assert (job.trained.seed, job.trained.epoch, job.trained.seconds) == (0, 4, 1.0)
    assert job.log == folder / "logs/train/b/seeds-0_to_1.log"
    # Six epochs of a second of one run, and ten of another.
    assert state.left.seconds == 6 + 10
    assert (state.left.alike, state.left.at_a_time) == (2, 1)


def test_what_a_job_has_made_is_not_there_until_it_is_done(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """But the run that is trained takes no more time."""
    begin(folder)
    lock(folder)
    alive(folder, monkeypatch)
    files = ("model.keras", "history.csv", "run.json", "timing.json")
    make(folder, *(f"runs/b/seed-1/{name}" for name in files))
    state = state_of(folder, STUDY)
    assert missing(state, "runs") == ("b, seed 0", "b, seed 1")
    assert (state.left.runs, state.left.seconds) == (1, 6)


def test_a_lock_without_its_snakemake_is_left_behind(folder: Path) -> None:
    begin(folder)
    lock(folder)
    make(folder, "checkpoints/b/seed-0/epoch-3.abc.npz", "checkpoints/b/seed-0/epoch-2.abc.npz")
    state = state_of(folder, STUDY)
    assert state.summary == LOCKED
    assert [job.label for job in state.going] == ["train b, seeds 0 to 1"]
    assert state.resuming == {("b", 0): Trained("b", 0, 3, None)}
    assert (state.left.at_a_time, state.left.runs) == (1, 2)  # two cores, but one job


def test_what_failed_has_its_reason_and_its_log(folder: Path) -> None:
    begin(folder, LOG + ENDED, f"{TRAINING}2026-05-01 10:00:08,000 ERROR the loss is not finite\n")
    state = state_of(folder, STUDY)
    assert (state.summary, state.going) == (FAILED, ())
    (failure,) = state.failed
    assert (failure.label, failure.reason) == ("train b, seeds 0 to 1", "the loss is not finite")
    assert failure.log == folder / "logs/train/b/seeds-0_to_1.log"


def test_of_jobs_that_stopped_together_the_one_that_says_so_failed(folder: Path) -> None:
    """As in a job of a cluster that several share."""
    stopped = "[Fri May  1 10:00:09 2026]\n    jobs:\n        rule x:\n            jobid: 5\n"
    begin(folder, LOG + stopped)
    assert (state_of(folder, STUDY).summary, state_of(folder, STUDY).going) == (UNFINISHED, ())
    (folder / "logs/train/b/seeds-0_to_1.log").write_text("2026-05-01 10:00:08,000 ERROR no\n")
    assert [(f.label, f.reason) for f in state_of(folder, STUDY).failed] == [
        ("train b, seeds 0 to 1", "no")
    ]


def test_a_job_that_was_killed_failed_without_a_reason(folder: Path) -> None:
    begin(folder, LOG + ENDED)
    state = state_of(folder, STUDY)
    assert (state.summary, state.failed[0].reason) == (FAILED, None)


def test_a_failure_is_known_when_snakemake_has_run_something_else_since(folder: Path) -> None:
    begin(folder, LOG + ENDED, "2026-05-01 10:00:08,000 ERROR no\n")
    log = folder.parents[1] / ".snakemake/log/2.snakemake.log"
    log.write_text(LOG.split("[Fri", maxsplit=1)[0] + "    output: results/v/figures/task.svg\n")
    make(folder, "logs/train/removed/seed-0.log")
    (folder / "logs/train/removed/seed-0.log").write_text("2026-05-01 10:00:08,000 ERROR old\n")
    state = state_of(folder, STUDY)
    assert [(f.label, f.reason) for f in state.failed] == [("train b seeds-0_to_1", "no")]


def test_interrupted_runs_are_resumed(folder: Path) -> None:
    begin(folder)
    run = folder / "runs/b/seed-0"
    checkpoints = Checkpoints(checkpoint_folder(run), key="any", seconds=0)
    checkpoints.earlier_seconds = 10.0
    checkpoints.save(5, {"weights": np.zeros(3)})
    state = state_of(folder, STUDY)
    assert (state.summary, state.going) == (UNFINISHED, ())
    (resumed,) = state.resuming.values()
    assert (resumed.experiment, resumed.seed, resumed.epoch) == ("b", 0, 5)
    assert resumed.seconds == pytest.approx(2, rel=0.1)
    assert state.left.seconds == pytest.approx(5 * 2 + 10 * 2, rel=0.1)


def test_copies_take_no_time(folder: Path) -> None:
    study = load(study_of_two())
    assert study.twins() == {"b": "a"}
    state = state_of(folder, study)
    assert missing(state, "runs") == ("b, seed 0", "b, seed 1")
    assert state.left is None
