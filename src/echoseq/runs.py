"""One run: one experiment trained with one seed, and the files it leaves."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from echoseq import backend
from echoseq.checkpoints import Checkpoints, run_key
from echoseq.errors import EchoseqError
from echoseq.files import array_digest, write_atomically, write_json, write_table
from echoseq.models import build, builder_file, coding_of, weights_digest
from echoseq.run_files import HISTORY, MODEL, RECORD, TIMING, history_digest
from echoseq.training import History, Progress, train

# A single epoch is one sequence, so its loss is noisy: a final value is the mean of the last ones.
FINAL_EPOCHS = 20


@dataclass(frozen=True)
class Keeping:
    """Where a run keeps its checkpoints, how often, and the package's files that it rests on."""

    folder: Path
    seconds: float
    sources: Sequence[Path]


def train_run(
    experiment: str,
    seed: int,
    plan: dict[str, Any],
    sequences: np.ndarray,
    *,
    folder: Path,
    keeping: Keeping,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Train one run and write its model, history, record and timing to `folder`.

    A run that was killed goes on from its last checkpoint. The checkpoints go when it is done.

    Args:
        plan: from `study.training_plan`.
        sequences: training sequences, (at least plan["epochs"], length).

    Returns:
        The record that run.json holds.

    Raises:
        EchoseqError: if there are too few sequences, or training diverges.
    """
    epochs = plan["epochs"]
    if len(sequences) < epochs:
        raise EchoseqError(f"snapshot: expected {epochs} sequences or more, got {len(sequences)}")
    sequences = sequences[:epochs]
    facts = {
        "seed": seed,
        "plan": plan,
        "data_digest": array_digest([sequences]),
        "versions": backend.versions(),
        "numerics": backend.numerics(),
    }
    start = time.perf_counter()
    model = build(plan, seed)
    initial_digest = weights_digest(model)
    built = time.perf_counter()
    key = run_key(facts, [*keeping.sources, builder_file(plan["model"])])
    checkpoints = Checkpoints(keeping.folder, key, keeping.seconds)
    sizes = {key: plan[key] for key in ("n_in", "n_out", "batch_size")}
    history = history_table(
        train(
            model,
            sequences,
            coding_of(plan),
            **sizes,
            progress=progress,
            checkpoints=checkpoints,
        )
    )
    trained = time.perf_counter()
    record = {
        **facts,
        "experiment": experiment,
        "parameters": model.count_params(),
        "epochs": epochs,
        "final_loss": final_mean(history["loss"]),
        "final_accuracy": final_mean(history["accuracy"]),
        "digest": weights_digest(model),
        "initial_digest": initial_digest,
        "history_digest": history_digest(history),
    }
    timing = {
        "build_seconds": built - start,
        "training_seconds": trained - built + checkpoints.earlier_seconds,
        "resumed_after_epoch": checkpoints.resumed_after,
    }
    write_atomically(folder / MODEL, model.save)
    write_table(folder / HISTORY, history)
    write_json(folder / TIMING, timing)
    write_json(folder / RECORD, record)
    checkpoints.clear()
    return record


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
    """The mean over the last epochs."""
    return float(values.to_numpy(np.float64)[-FINAL_EPOCHS:].mean())


def require_free(folder: Path) -> None:
    """Refuse to train into a folder that holds a run already."""
    for name in (MODEL, HISTORY, RECORD):
        if (folder / name).exists():
            raise EchoseqError(f"{folder / name}: there already; name another folder")
