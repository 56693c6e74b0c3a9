"""Several seeds in one process: the same bits and files as one at a time."""

import json
from pathlib import Path

import pytest
from conftest import Workspace, digests

from echoseq.data.snapshots import TRAINING, draw
from echoseq.errors import EchoseqError
from echoseq.networks.building import build, weights_digest
from echoseq.training import loop as training
from echoseq.training.runs import Keeping, Run, _trainer, train_runs

PLAN = {
    **{"n_in": 4, "n_out": 4, "alphabet": 10, "cells": 6, "length": 12, "batch_size": 3},
    **{"encoding": "one_hot", "framing": "drop", "stateful": True, "masking": False},
    **{"model": "lstm", "epochs": 30},
}
SEEDS = (0, 1, 2)


class InterruptionError(Exception):
    """The end of a process."""


def run_in(folder: Path, seed: int) -> Run:
    (folder / f"seed-{seed}").mkdir(exist_ok=True)
    training = draw(TRAINING, seed, count=30, length=12, alphabet=10)
    kept = folder / "checkpoints/small" / f"seed-{seed}"
    return Run(seed, training, folder / f"seed-{seed}", kept)


def train_in(folder: Path, *seeds: int, plan: dict = PLAN, **options) -> list[dict]:
    runs = [run_in(folder, seed) for seed in seeds]
    return train_runs("small", plan, runs, keeping=Keeping(10, []), **options)


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


def test_training_a_model_leaves_the_ones_before_as_they_are() -> None:
    trainer = _trainer(PLAN)
    sequences = draw(TRAINING, 0, count=20, length=12, alphabet=10)
    done = []
    for seed in SEEDS:
        model = build(PLAN, seed)
        trainer.train(model, sequences)
        done.append((model, weights_digest(model)))
    assert len({digest for _, digest in done}) == len(SEEDS)
    assert [weights_digest(model) for model, _ in done] == [digest for _, digest in done]


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


@pytest.mark.parametrize(("model", "programs"), [("lstm", 1), ("of_mine:mine", 2)])
def test_only_models_of_the_package_share_a_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, model: str, programs: int
) -> None:
    """A model of one's own may differ from seed to seed by more than its variables."""
    source = "from echoseq.networks.building import BUILDERS\n\ndef mine(sizes):\n"
    (tmp_path / "of_mine.py").write_text(source + "    return BUILDERS['lstm'](sizes)\n")
    monkeypatch.chdir(tmp_path)
    compiled = []
    compile_program = training._compile
    monkeypatch.setattr(
        training, "_compile", lambda *a, **k: compiled.append(1) or compile_program(*a, **k)
    )
    train_in(tmp_path, 0, 1, plan=PLAN | {"model": model})
    assert len(compiled) == programs


def test_too_few_sequences_are_refused_by_number(tmp_path: Path) -> None:
    run = run_in(tmp_path, 0)
    short = Run(0, run.sequences[:29], run.folder, run.checkpoints)
    with pytest.raises(EchoseqError, match="snapshot: expected 30 sequences or more, got 29"):
        train_runs("small", PLAN, [short], keeping=Keeping(10, []))


def test_a_study_with_shared_jobs_has_the_same_files(
    workspace: Workspace, smoke_study: Workspace
) -> None:
    path = workspace.folder / "config/extra.yaml"
    path.write_text(path.read_text() + "execution: {seeds_per_job: 2}\n")
    done = workspace.snakemake()
    assert done.returncode == 0, done.stderr
    assert digests(workspace) == digests(smoke_study)
    logs = [path.name for path in (workspace.results() / "logs/train").rglob("*.log")]
    assert logs == ["seeds-0_to_1.log"] * 3
