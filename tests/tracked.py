"""A small version made by hand, with curves, tables and a figure, for what trackers take."""

from pathlib import Path

import numpy as np
import pandas as pd
from configurations import CONFIG
from PIL import Image
from records import run_record

from echoseq.files import write_json, write_text
from echoseq.files import write_table as write_plain
from echoseq.study.reading import read
from echoseq.tables.store import write_table
from echoseq.training.files import history_digest

EPOCHS = 600  # with two metrics each, more than MLflow takes at once
CAPTION = "Made by hand: a *red* field."
RUNS = [("full_echo", 0), ("full_echo", 1), ("partial_echo", 0)]


def history(experiment: str, seed: int) -> pd.DataFrame:
    """Losses and accuracies that differ by run."""
    epochs = np.arange(1, EPOCHS + 1)
    loss = np.float32(4.6) / epochs.astype(np.float32) + len(experiment) + seed
    accuracy = (epochs / EPOCHS * (0.5 + seed / 4)).astype(np.float32)
    return pd.DataFrame({"epoch": epochs, "loss": loss, "accuracy": accuracy})


def make_version(folder: Path) -> Path:
    """Write results/<version> as far as trackers read it."""
    study = read(CONFIG)
    write_text(folder / "config.yaml", study.model_dump_json())
    for experiment, seed in RUNS:
        run, curve = folder / f"runs/{experiment}/seed-{seed}", history(experiment, seed)
        digest = history_digest(curve)
        named = {"experiment": experiment, "seed": seed, "plan": study.plan_of(experiment).facts()}
        write_json(run / "run.json", run_record(epochs=EPOCHS, history_digest=digest, **named))
        write_plain(run / "history.csv", curve)
    rows = [
        (e, s, w)
        for e, s in RUNS
        for w in ("complete", "incomplete")
        if (e, w) != (RUNS[2][0], "incomplete")
    ]
    skill = pd.DataFrame(rows, columns=["experiment", "seed", "windows"])
    skill = skill.assign(accuracy=np.linspace(0.5, 0.9, len(rows)), exact_match=0.25, bits=np.nan)
    write_table(folder / "tables/skill_of_seeds.csv", skill)
    learned = pd.DataFrame(RUNS, columns=["experiment", "seed"]).assign(
        epochs_to_learn=[300, None, None]
    )
    write_table(folder / "tables/runs.csv", learned)
    (folder / "figures").mkdir()
    Image.new("RGB", (30, 20), "red").save(folder / "figures/field.png")
    write_text(folder / "figures/field.txt", CAPTION + "\n")
    return folder
