"""Measure how the workflow scales: planning, a run with nothing to do, and making the tables.

`python benchmarks/size.py [--runs 20 200 2000 5000]`. For each number of training runs it simulates
a finished study in a temporary folder: both echoes with many seeds or, from 5,000 on, 50
experiments. The files have the sizes and digests of real ones, so every check passes, but their
numbers are random. Each step is measured in a separate process.
"""

import argparse
import json
import os
import runpy
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import yaml

from echoseq.data.snapshots import EVALUATION, draw
from echoseq.evaluation.predictions import (
    Predictions,
    drawn_in,
    places_of,
    stored,
    write_predictions,
)
from echoseq.files import write_table, write_text
from echoseq.places import HISTORY, MODEL, RECORD, TIMING
from echoseq.study.plan import Plan
from echoseq.study.reading import read
from echoseq.study.schema import Study
from echoseq.tables.catalogue import made_from, settings_text
from echoseq.training.files import history_digest

PROJECT = Path(__file__).parents[1]
PARTS = ("Snakefile", "requirements.lock", "workflow", "config", "profiles", "src", "paper")
ECHOES = ("full_echo", "partial_echo")
MANY = 5000  # runs, from which there are 50 experiments instead of two
RESULTS = Path("results/size")


def configuration(runs: int) -> dict[str, Any]:
    """The changes to the study's configuration for a number of training runs."""
    experiments: dict[str, Any] = {}
    if runs >= MANY:
        given = yaml.safe_load((PROJECT / "config/config.yaml").read_text())["experiments"]
        keys = ("task", "model", "epochs", "batch_size")
        for i in range(24):
            for echo in ECHOES:
                kept_keys = {key: given[echo][key] for key in keys}
                experiments[f"{echo}_{i}"] = kept_keys | {"cells": 10 + i}
    seeds = runs // (len(experiments) + len(ECHOES))
    return {"version": "size", "seeds": seeds, "experiments": experiments}


def make_up(study: Study, names: list[str]) -> None:
    """Write the files of a finished study, except its tables and figures, to `RESULTS`."""
    stream = np.random.default_rng(0)
    for task in {study.experiments[name].task for name in names}:
        for seed in {seed for name in names for seed in study.seeds_of(name)}:
            write_text(RESULTS / f"data/{task}/seed-{seed}.npz", "")
        write_text(RESULTS / f"data/{task}/evaluation.npz", "")
    for name in names:
        folder = RESULTS / "runs" / name
        plan = study.plan_of(name)
        write_runs(folder, name, plan, study.seeds_of(name), stream)
        answers = predictions(plan, study.seeds_of(name), study.evaluation.sequences, stream)
        write_predictions(folder / "predictions.npz", answers)
        write_text(folder / "listing.txt", "")


def write_runs(
    folder: Path, name: str, plan: Plan, seeds: list[int], stream: np.random.Generator
) -> None:
    """Write the files of one experiment's runs: the same random history for every seed."""
    epochs = plan.epochs
    losses = stream.random((epochs, 2), np.float32)
    history = pd.DataFrame({"epoch": np.arange(1, epochs + 1)})
    history[["loss", "accuracy"]] = losses
    record = {
        "experiment": name,
        "plan": plan.facts(),
        "parameters": 1,
        "epochs": epochs,
        "updates": epochs,
        "digest": "f" * 64,
        "versions": {},
    }
    record |= {"final_loss": 1.0, "final_accuracy": 1.0, "history_digest": history_digest(history)}
    write_table(folder / "first.csv", history)
    for seed in seeds:
        run = folder / f"seed-{seed}"
        run.mkdir(parents=True)
        shutil.copyfile(folder / "first.csv", run / HISTORY)
        (run / MODEL).touch()
        (run / TIMING).write_text("{}")
        (run / RECORD).write_text(json.dumps(record | {"seed": seed}))


def predictions(
    plan: Plan, seeds: list[int], sequences: int, stream: np.random.Generator
) -> Predictions:
    """Answers, of which one in a hundred is wrong."""
    sizes = {"length": plan.length, "alphabet": plan.alphabet}
    held_out = draw(EVALUATION, 0, count=sequences, **sizes)
    windows, expected = map(stored, plan.task.frame(held_out))
    tokens = np.stack([expected.astype(held_out.dtype)] * len(seeds))
    tokens[stream.random(tokens.shape) < 0.01] = 0
    shape = (len(seeds), sequences, plan.n_out)
    return Predictions(
        seeds=np.array(seeds),
        sequences=held_out,
        windows=windows,
        expected=expected,
        tokens=tokens,
        loss=stream.random(shape, np.float32),
        distance=stream.random(shape, np.float32),
        places=places_of(plan.task),
        drawn=drawn_in(plan.task),
        alphabet=np.array(plan.alphabet),
    )


SOURCES = {"summarize": "predictions", "learning": "runs"}  # by the rule that makes the tables


def make_table(rule: str, study: Study, names: list[str]) -> None:
    """Run the workflow's own script with the values that its rule would pass."""
    runs = [RESULTS / f"runs/{name}/seed-{seed}" for name in names for seed in study.seeds_of(name)]
    files = {
        "predictions": {
            "predictions": [str(RESULTS / f"runs/{name}/predictions.npz") for name in names]
        },
        "runs": {
            "histories": [str(run / HISTORY) for run in runs],
            "records": [str(run / RECORD) for run in runs],
        },
    }
    source = SOURCES[rule]
    tables = made_from(source)
    job = SimpleNamespace(
        log=[str(RESULTS / "logs/size.log")],
        input=files[source],
        output={name: str(RESULTS / f"tables/{name}.csv") for name in tables},
        params=SimpleNamespace(
            source=source, settings=settings_text(tables, study.model_dump(mode="json"))
        ),
    )
    runpy.run_path("workflow/scripts/tables.py", init_globals={"snakemake": job})


def measure(*command: str) -> tuple[float, float]:
    """Processor seconds of a command and its children, and peak MB of the largest process.

    Processor time, because other programs on a busy machine hardly affect it.

    Raises:
        SystemExit: if it fails, with its last output.
    """
    with tempfile.TemporaryFile("w+") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output)
        _, status, usage = os.wait4(process.pid, 0)
        if status:
            output.seek(0)
            sys.exit(f"size: {' '.join(command)} failed:\n{output.read()[-3000:]}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


@contextmanager
def workspace() -> Iterator[None]:
    """A copy of the project in a temporary folder, as the working directory and import path."""
    home = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        for part in PARTS:
            copy = shutil.copytree if (PROJECT / part).is_dir() else shutil.copy2
            copy(PROJECT / part, Path(folder, part))
        os.chdir(folder)
        os.environ["PYTHONPATH"] = str(Path(folder, "src"))
        try:
            yield
        finally:
            os.chdir(home)


def measure_size(runs: int) -> dict[str, tuple[float, float]]:
    """Measure every step for a number of training runs."""
    with workspace():
        write_text(Path("size.yaml"), yaml.safe_dump(configuration(runs)))
        snakemake = (sys.executable, "-m", "snakemake", "--configfile", "size.yaml", "--quiet")
        results = {"plan": measure(*snakemake, "--cores", "4", "--dry-run")}
        cluster = ("--workflow-profile", "profiles/slurm", "--dry-run")
        results["plan for Slurm"] = measure(*snakemake, *cluster)
        study = read(Path("config/config.yaml"), Path("size.yaml"))
        names = sorted(study.names(extensions=False))
        make_up(study, names)
        (RESULTS / "logs").mkdir()
        for script in ("summarize", "learning"):
            step = (sys.executable, __file__, "--table", script)
            results[script] = measure(*step)
        # Touching creates Snakemake's record of every file; then the figures are made.
        measure(*snakemake, "--cores", "4", "--touch")
        measure(*snakemake, "--cores", "4")
        results["nothing to do"] = measure(*snakemake, "--cores", "4")
        return results


def main() -> None:
    """Measure all sizes, or make one table in the current folder."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, nargs="+", default=[20, 200, 2000, 5000])
    parser.add_argument("--table", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.table:
        study = read(Path("config/config.yaml"), Path("size.yaml"))
        make_table(options.table, study, sorted(study.names(extensions=False)))
        return
    for i, runs in enumerate(options.runs):
        measured = measure_size(runs)
        if i == 0:
            print("  runs" + "".join(f"{step:>20}" for step in measured))
        cells = (f"{seconds:.1f} s {mb:.0f} MB" for seconds, mb in measured.values())
        print(f"{runs:6}" + "".join(f"{cell:>20}" for cell in cells), flush=True)


if __name__ == "__main__":
    main()
