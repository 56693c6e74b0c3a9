"""Made-up tables of small studies, and the figures that are drawn from them."""

from collections.abc import Iterable
from importlib import import_module
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pandas as pd

from echoseq.figures import style
from echoseq.figures.catalogue import FIGURES
from echoseq.files import write_table

ERRORS = [
    ("repeat", "repeated", 0.07),
    ("repeat", "distinct", 0.05),
    ("repeat", "repeated less distinct", 0.02),
    ("position", "1", 0.06),
    ("position", "2", 0.04),
    ("offset", "-1", 0.4),
    ("offset", "+1", 0.2),
    ("offset", "+2", 0.1),
    ("offset", "not in the window", 0.3),
    ("distance", "1", 0.1),
    ("distance", "2 to 5", 0.2),
    ("distance", "6 to 20", 0.3),
    ("distance", "21 or more", 0.4),
]


def tables(folder: Path, names: list[str], *, seeds: int = 3, accuracy: float = 0.99) -> dict:
    """Small tables of a study with these experiments, two positions each."""
    runs = [(name, seed) for name in names for seed in range(seeds)]
    learning = pd.DataFrame(
        [
            {"experiment": n, "seed": s, "epoch": e, "loss": 4 / e, "accuracy": 1 - 1 / e}
            for n, s in runs
            for e in (5.5, 15.5, 25.5)
        ]
    )
    facts = pd.DataFrame({"experiment": names, "chance_loss": 4.6, "chance_accuracy": 0.01})
    facts["encoding"] = "one_hot"
    facts = facts.assign(length=25, alphabet=100, n_in=3, n_out=2, cells=20, question=np.nan)
    facts["model"] = ["lstm", "encoder_decoder", *["my_models:gru"] * len(names)][: len(names)]
    runs_table = pd.DataFrame(runs, columns=["experiment", "seed"]).assign(parameters=11_780)
    learned = pd.DataFrame(
        [
            {"experiment": n, "epoch": e, "learned": k, "share": k / seeds}
            for n in names
            for e, k in ((0, 0), (20, 1), (30, 1))
        ]
    ).assign(seeds=seeds, low=0.1, high=0.9, confidence=0.95)
    errors = pd.DataFrame(
        [{"experiment": n, "split": s, "group": g, "rate": r} for n in names for s, g, r in ERRORS]
    ).assign(part=7, whole=100, low=0.0, high=0.5, chance=0.02, confidence=0.95)
    facts = facts.assign(reference_loss_low=1.0, reference_loss_high=1.5, reference_accuracy=1.0)
    facts.loc[0, ["reference_loss_low", "reference_loss_high", "reference_accuracy"]] = np.nan
    positions = ["1", "2", "all"]
    by_seed = pd.DataFrame(
        [
            {"experiment": n, "seed": s, "position": p, "accuracy": accuracy - 0.001 * s}
            for n, s in runs
            for p in positions
        ]
    ).assign(windows="complete")
    summary = pd.DataFrame(
        [{"experiment": n, "position": p, "mean": accuracy} for n in names for p in positions]
    ).assign(low=accuracy - 0.01, high=min(1, accuracy + 0.005), confidence=0.95, chance=0.01)
    summary["windows"] = "complete"
    if seeds == 1:
        summary[["low", "high"]] = np.nan
    grid = pd.DataFrame(
        [
            {"experiment": n, "window": w, "position": p, "expected": w + p, "predicted": w + 1}
            for n in names
            for w in range(1, 22)
            for p in (1, 2)
        ]
    ).assign(seed=0, sequence=7, alphabet=100)
    found = {
        "learning": learning,
        "experiments": facts,
        "seeds": by_seed,
        "summary": summary,
        "echoes": grid,
        "runs": runs_table,
        "learned": learned,
        "errors": errors,
    }
    for name, table in found.items():
        write_table(folder / f"{name}.csv", table)
    return {name: folder / f"{name}.csv" for name in found}


# The extensions

NEVER = float("nan")
# experiment: question, base, n_in, n_out, parameters, epochs, epochs to learn by seed
ASKED: dict[str, tuple] = {
    "base": (None, None, 5, 2, 1_000, 500, (100, 200)),
    "stateless": ("state", "base", 5, 2, 1_000, 500, (120, NEVER)),
    "three": ("longer", "base", 5, 3, 2_000, 500, (NEVER, NEVER)),
    "four": ("longer", "base", 5, 4, 3_000, 900, (800, 900)),
    "two_of_10": ("longer", "base", 10, 2, 4_000, 500, (NEVER, 500)),
    "odd": (None, "base", 5, 2, 500, 500, (50, 60)),
}


def extension_tables(folder: Path, asked: dict[str, tuple] = ASKED, seeds: int = 2) -> dict:
    """Tables of experiments with questions; every value identifies its origin."""
    facts, by_seed, summary, runs, comparisons = [], [], [], [], []
    for i, (name, row) in enumerate(asked.items()):
        question, base, n_in, n_out, parameters, epochs, learned = row
        facts.append({"experiment": name, "question": question, "compare_to": base})
        facts[-1] |= {"n_in": n_in, "n_out": n_out, "cells": parameters // 10}
        for p, position in enumerate([*map(str, range(1, n_out + 1)), "all"]):
            place = {"experiment": name, "position": position, "windows": "complete"}
            mean = 0.9 - 0.02 * i - 0.03 * p
            summary.append(place | {"mean": mean})
            summary.append(place | {"mean": 0.111, "windows": "incomplete"})
            for seed in range(seeds):
                by_seed.append(place | {"seed": seed, "accuracy": mean - 0.001 * seed})
                incomplete = {"seed": seed, "accuracy": 0.111, "windows": "incomplete"}
                by_seed.append(place | incomplete)
            if base:
                ends = (NEVER, NEVER) if seeds == 1 else (-0.1 * i - 0.02, -0.1 * i + 0.01)
                comparisons.append(
                    {"experiment": name, "base": base, "position": position, "confidence": 0.9}
                    | {"difference": -0.1 * i if position == "all" else 0.77}
                    | dict(zip(("low", "high"), ends))
                    | {"seeds": seeds}
                )
        for seed in range(seeds):
            run = {"experiment": name, "seed": seed, "parameters": parameters, "epochs": epochs}
            runs.append(run | {"epochs_to_learn": learned[seed]})
    tables = {
        "experiments": facts,
        "seeds": by_seed,
        "summary": summary,
        "runs": runs,
        "comparisons": comparisons,
    }
    for name, rows in tables.items():
        write_table(folder / f"{name}.csv", pd.DataFrame(rows))
    return {name: folder / f"{name}.csv" for name in tables}


def wanted(name: str, paths: dict[str, Path]) -> dict[str, Path]:
    """The tables that a figure declares to be drawn from."""
    return {table: paths[table] for table in FIGURES[name].tables}


def drawn(name: str, paths: dict[str, Path], *, laid_out: bool = False) -> mpl.figure.Figure:
    """The figure, laid out too if it matters where things are."""
    with mpl.rc_context(style.STYLE):
        figure = import_module(f"echoseq.figures.{name}").draw(**wanted(name, paths))
        if laid_out:
            figure.draw_without_rendering()
    return figure


def render(name: str, paths: dict[str, Path], files: Iterable[Path]) -> None:
    """Draw the figure and write it."""
    style.render(import_module(f"echoseq.figures.{name}").draw, wanted(name, paths), files)


def caption_of(name: str, paths: dict[str, Path]) -> str:
    return import_module(f"echoseq.figures.{name}").caption(**wanted(name, paths))


def texts(figure: mpl.figure.Figure) -> list[str]:
    return [t.get_text() for t in figure.findobj(mpl.text.Text) if t.get_text()]
