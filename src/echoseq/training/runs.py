"""Runs: one experiment trained with one seed each, and their files."""

import logging
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from echoseq.errors import EchoseqError
from echoseq.files import array_digest, file_digest, write_atomically, write_json, write_table
from echoseq.networks import backend
from echoseq.networks.building import build, teacher
from echoseq.networks.coding import coding_of
from echoseq.networks.weights import weights_digest
from echoseq.own import own_file
from echoseq.places import HISTORY, MODEL, RECORD, TIMING
from echoseq.study.architectures import is_built_in
from echoseq.study.plan import Plan
from echoseq.training.checkpoints import Checkpoints, clear, run_key
from echoseq.training.files import FINAL_EPOCHS, PROGRAM, history_digest
from echoseq.training.loop import BLOCK, History, Progress, Stop, Trainer
from echoseq.training.stopping import epochs_to_learn

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class NewRun:
    """A seed, its training data, and the folders of its files and checkpoints.

    sequences: for training, (epochs or more, length).
    """

    seed: int
    sequences: np.ndarray
    folder: Path
    checkpoints: Path


@dataclass(frozen=True)
class CheckpointSettings:
    """How often to save checkpoints, and the digest of the code that they depend on."""

    seconds: float
    code: str


def train_runs(
    experiment: str,
    plan: Plan,
    runs: Sequence[NewRun],
    *,
    checkpointing: CheckpointSettings,
    progress: Progress | None = None,
) -> list[dict[str, Any]]:
    """Train runs of one experiment in turn; write the model, history, record and timing of each.

    Runs of a built-in model share one compiled program; in the user's own model, more than the
    variables may depend on the seed. Runs that were killed resume from their last checkpoint.
    Checkpoints are removed when all runs are done, because a failure may cost the files of all.

    Returns:
        The contents of the run.json files.

    Raises:
        EchoseqError: if there are too few sequences, or training diverges.
    """
    shared = trainer_of(plan) if is_built_in(plan.model) else None
    records = []
    for run in runs:
        logger.info("training %s with seed %d", experiment, run.seed)
        record = _train_run(
            plan,
            run,
            shared or trainer_of(plan),
            checkpointing,
            at_end=len(runs) > 1,
            progress=progress,
        )
        records.append({**record, "experiment": experiment})
        write_json(run.folder / RECORD, records[-1])
    for run in runs:
        clear(run.checkpoints)
    return records


def trainer_of(plan: Plan) -> Trainer:
    """A trainer of models of a plan, with a program that is not yet compiled."""
    return Trainer(
        coding_of(plan),
        plan.task,
        batch_size=plan.batch_size,
        optimizer=plan.optimizer,
        learning_rate=plan.learning_rate,
        block=min(BLOCK, plan.epochs),
        teach=teacher(plan),
    )


def _train_run(
    plan: Plan,
    run: NewRun,
    trainer: Trainer,
    checkpointing: CheckpointSettings,
    *,
    at_end: bool,
    progress: Progress | None,
) -> dict[str, Any]:
    """Train one run and write its files except the record, which is returned."""
    sequences = _sequences(plan, run)
    facts = _facts(plan, run.seed, sequences)
    start = time.process_time()
    model = build(plan, run.seed)
    initial_digest = weights_digest(model)
    trainer.prepare(model)
    built = time.process_time()
    key = run_key({**facts, "code": checkpointing.code})
    checkpoints = Checkpoints(run.checkpoints, key, checkpointing.seconds, at_end)
    history = history_table(
        trainer.train(
            model, sequences, stop=_stop(plan), progress=progress, checkpoints=checkpoints
        )
    )
    trained = time.process_time()
    timing = {
        "build_seconds": built - start,
        "training_seconds": trained - built + checkpoints.earlier_seconds,
        "resumed_after_epoch": checkpoints.resumed_after,
    }
    write_atomically(run.folder / MODEL, model.save)
    write_table(run.folder / HISTORY, history)
    write_json(run.folder / TIMING, timing)
    return {
        **facts,
        "initial_digest": initial_digest,
        **_outcome(plan, model, history),
    }


def _sequences(plan: Plan, run: NewRun) -> np.ndarray:
    """What a run trains on, (epochs, length)."""
    found = len(run.sequences)
    if found < plan.epochs:
        raise EchoseqError(f"snapshot: expected {plan.epochs} sequences or more, got {found}")
    return run.sequences[: plan.epochs]


def _facts(plan: Plan, seed: int, sequences: np.ndarray) -> dict[str, Any]:
    """What a run depends on, known before it is trained."""
    return {
        "seed": seed,
        "plan": plan.facts(),
        "data_digest": array_digest([sequences]),
        "program": PROGRAM,
        "versions": backend.versions(),
        "numerics": backend.numerics(),
        **_sources(plan),
    }


def _outcome(plan: Plan, model: Any, history: pd.DataFrame) -> dict[str, Any]:
    """How a run ended."""
    stop = _stop(plan)
    return {
        "parameters": model.count_params(),
        "epochs": len(history),
        "updates": len(history) * plan.updates,
        "learned": stop(history["accuracy"].to_numpy()) if stop else None,
        "final_loss": final_mean(history["loss"]),
        "final_accuracy": final_mean(history["accuracy"]),
        "digest": weights_digest(model),
        "history_digest": history_digest(history),
    }


def _sources(plan: Plan) -> dict[str, str]:
    """The digests of the files of the user's own: of the model, and of the task."""
    own = {"model_digest": plan.model, "task_digest": plan.own_task}
    return {
        key: file_digest(own_file(path))
        for key, path in own.items()
        if path is not None and not is_built_in(path)
    }


def _stop(plan: Plan) -> Stop | None:
    """Whether to stop training, from the accuracy of all epochs so far."""
    success, over = plan.success, plan.learned_over
    if plan.until != "learned" or success is None or over is None:
        return None
    return lambda accuracy: not math.isnan(epochs_to_learn(accuracy, success, over))


def history_table(history: History) -> pd.DataFrame:
    """A row for each epoch, from 1: epoch, loss (nats), accuracy."""
    return pd.DataFrame(
        {
            "epoch": np.arange(1, len(history.loss) + 1),
            "loss": history.loss,
            "accuracy": history.accuracy,
        }
    )


def final_mean(values: pd.Series) -> float:
    """The mean over the last epochs of training: `FINAL_EPOCHS`, or all if there are fewer."""
    return float(values.to_numpy(np.float64)[-FINAL_EPOCHS:].mean())


def final_text(record: dict[str, Any]) -> str:
    """How a run ended, in a line."""
    last = min(FINAL_EPOCHS, record["epochs"])
    loss, accuracy = record["final_loss"], record["final_accuracy"]
    over = f"the last {last} epochs" if last > 1 else "the last epoch"
    return f"loss {loss:.3f}, accuracy {accuracy:.3f}, means over {over}"


def require_free(folder: Path) -> None:
    """Refuse to train into a folder that already contains a run."""
    for name in (MODEL, HISTORY, RECORD):
        if (folder / name).exists():
            raise EchoseqError(f"{folder / name}: already exists; name another folder")
