"""Several seeds in one process: the same bits and files as one at a time."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from small import FULL as PLAN
from small import sequences

from echoseq.errors import EchoseqError
from echoseq.files import file_digest
from echoseq.places import HISTORY, MODEL, RECORD
from echoseq.study.plan import Plan
from echoseq.training import loop
from echoseq.training.files import FINAL_EPOCHS
from echoseq.training.runs import (
    CheckpointSettings,
    NewRun,
    final_text,
    require_free,
    train_runs,
)

SEEDS = (0, 1, 2)


@pytest.mark.parametrize(
    ("epochs", "over"),
    [(500, "the last 20 epochs"), (7, "the last 7 epochs"), (1, "the last epoch")],
)
def test_how_a_run_ended_says_over_how_many_epochs(epochs: int, over: str) -> None:
    record = {"final_loss": 1.5, "final_accuracy": 0.25, "epochs": epochs}
    assert final_text(record) == f"loss 1.500, accuracy 0.250, means over {over}"


class InterruptionError(Exception):
    """The end of a process."""


def run_in(folder: Path, seed: int) -> NewRun:
    (folder / f"seed-{seed}").mkdir(exist_ok=True)
    training = sequences(PLAN, 30, seed)
    kept = folder / "checkpoints/small" / f"seed-{seed}"
    return NewRun(seed, training, folder / f"seed-{seed}", kept)


def train_in(
    folder: Path, *seeds: int, plan: Plan = PLAN, code: str = "code", **options
) -> list[dict]:
    runs = [run_in(folder, seed) for seed in seeds]
    return train_runs("small", plan, runs, checkpointing=CheckpointSettings(10, code), **options)


@pytest.fixture(scope="module")
def apart(tmp_path_factory: pytest.TempPathFactory) -> list[dict]:
    folder = tmp_path_factory.mktemp("apart")
    return [record for seed in SEEDS for record in train_in(folder, seed)]


def test_runs_trained_together_are_those_trained_apart(apart: list[dict], tmp_path: Path) -> None:
    together = train_in(tmp_path, *SEEDS)
    assert together == apart
    assert len({record["digest"] for record in together}) == len(SEEDS)
    for seed, record in zip(SEEDS, together, strict=True):
        assert json.loads((tmp_path / f"seed-{seed}/run.json").read_text()) == record
    assert not (tmp_path / "checkpoints").exists()


def test_the_file_of_a_task_of_ones_own_is_recorded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    source = "def backwards(windows):\n    return windows[..., ::-1]\n"
    (tmp_path / "told_backwards.py").write_text(source, encoding="utf-8")
    plan = replace(PLAN, epochs=2, targets="told_backwards:backwards")
    (record,) = train_in(tmp_path, 0, plan=plan)
    assert record["task_digest"] == file_digest(tmp_path / "told_backwards.py")
    assert "model_digest" not in record


def test_runs_that_were_done_before_a_kill_are_not_trained_again(
    apart: list[dict], tmp_path: Path
) -> None:
    """Even if their files are gone, as Snakemake removes them with those of the whole job."""

    def stop_in_the_second(done: int, *_: float) -> None:
        calls.append(done)
        if len(calls) == 2:
            raise InterruptionError

    calls: list[int] = []
    with pytest.raises(InterruptionError):
        train_in(tmp_path, *SEEDS, progress=stop_in_the_second)
    for file in (tmp_path / "seed-0").iterdir():
        file.unlink()
    trained: list[int] = []
    assert train_in(tmp_path, *SEEDS, progress=lambda done, *_: trained.append(done)) == apart
    timings = [json.loads((tmp_path / f"seed-{s}/timing.json").read_text()) for s in SEEDS]
    assert [timing["resumed_after_epoch"] for timing in timings] == [30, 30, 0]
    assert trained == [30]  # the third alone
    assert not (tmp_path / "checkpoints").exists()


def test_runs_of_other_code_are_trained_from_the_start(tmp_path: Path) -> None:
    def stop_in_the_second(*_: float) -> None:
        if (tmp_path / "seed-0/history.csv").exists():
            raise InterruptionError

    with pytest.raises(InterruptionError):
        train_in(tmp_path, 0, 1, progress=stop_in_the_second)
    train_in(tmp_path, 0, 1, code="other code")
    timing = json.loads((tmp_path / "seed-0/timing.json").read_text())
    assert timing["resumed_after_epoch"] == 0


@pytest.mark.parametrize(("model", "programs"), [("lstm", 1), ("of_mine:mine", 2)])
def test_only_models_of_the_package_share_a_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, model: str, programs: int
) -> None:
    """A model of one's own may differ from seed to seed by more than its variables."""
    source = "from echoseq.networks.architectures.lstm import build as mine\n"
    (tmp_path / "of_mine.py").write_text(source)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    compiled = []
    function = loop.tf.function
    monkeypatch.setattr(
        loop.tf, "function", lambda *a, **options: compiled.append(1) or function(*a, **options)
    )
    train_in(tmp_path, 0, 1, plan=replace(PLAN, model=model))
    assert len(compiled) == programs


def test_too_few_sequences_are_refused_by_number(tmp_path: Path) -> None:
    run = run_in(tmp_path, 0)
    short = NewRun(0, run.sequences[:29], run.folder, run.checkpoints)
    with pytest.raises(EchoseqError, match="snapshot: expected 30 sequences or more, got 29"):
        train_runs("small", PLAN, [short], checkpointing=CheckpointSettings(10, "code"))


def test_the_final_values_are_the_means_of_the_last_epochs(tmp_path: Path) -> None:
    (record,) = train_in(tmp_path, 0)
    history = pd.read_csv(tmp_path / "seed-0/history.csv", dtype=np.float32)
    assert history["epoch"].tolist() == list(range(1, 31))
    for key in ("loss", "accuracy"):
        last = history[key].to_numpy(np.float64)[-FINAL_EPOCHS:]
        assert len(last) == 20
        assert record[f"final_{key}"] == pytest.approx(last.mean(), rel=1e-12)


@pytest.mark.parametrize("name", [MODEL, HISTORY, RECORD])
def test_a_folder_that_holds_a_run_is_not_free(tmp_path: Path, name: str) -> None:
    require_free(tmp_path)
    require_free(tmp_path / "none")
    (tmp_path / name).touch()
    with pytest.raises(EchoseqError, match=rf"{name}: already exists; name another folder$"):
        require_free(tmp_path)
