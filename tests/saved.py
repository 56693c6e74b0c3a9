"""A saved network that needs memory, and the code of docs/models.md, which needs no echoseq."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from small import PARTIAL, sequences
from workspaces import PROJECT

from echoseq.training.runs import CheckpointSettings, NewRun, train_runs

FENCE = re.compile(r"```python\n# (\S+)\n(.*?)```", flags=re.DOTALL)
# The page's files, by the name in their first line.
FILES = dict(FENCE.findall((PROJECT / "docs/models.md").read_text(encoding="utf-8")))
# An echo of 2 of 3 in one batch of 9 windows, learned in seconds.
PLAN = replace(PARTIAL, alphabet=5, length=11, n_in=3, cells=30, learning_rate=0.01, epochs=600)
HELD_OUT = sequences(PLAN, 20, seed=7)
TARGETS = np.lib.stride_tricks.sliding_window_view(HELD_OUT, PLAN.n_in, axis=-1)[..., : PLAN.n_out]


def functions(name: str) -> dict[str, Any]:
    """What a file of the page defines."""
    defined: dict[str, Any] = {"__name__": name}
    exec(compile(FILES[name], name, "exec"), defined)
    return defined


def save_network(folder: Path) -> Path:
    """Train a partial echo, and return its model.keras."""
    run = NewRun(0, sequences(PLAN, PLAN.epochs), folder, folder / "checkpoints")
    train_runs("partial", PLAN, [run], checkpointing=CheckpointSettings(1000, []))
    return folder / "model.keras"
