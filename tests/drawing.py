"""Made-up tables of small studies, and the figures that are drawn from them."""

import math
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

from echoseq.figures import style
from echoseq.figures.catalogue import FIGURES
from echoseq.files import write_table
from echoseq.tables import needs, slopes

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
    facts = facts.assign(echo="2 of 3", asked_positions="[1, 2]", sequence_windows=23)
    facts = facts.assign(task="two", overlap=True, framing="drop", frame=None, symbols=None)
    facts["model"] = ["lstm", "encoder_decoder", *["my_models:gru"] * len(names)][: len(names)]
    runs_table = pd.DataFrame(runs, columns=["experiment", "seed"]).assign(parameters=11_780)
    runs_table = runs_table.assign(epochs=30, final_loss=0.15 + 0.01 * runs_table["seed"])
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
        "examples": pd.DataFrame(columns=["experiment", "window", "values", "answer"]),
    }
    for name, table in found.items():
        write_table(folder / f"{name}.csv", table)
    return {name: folder / f"{name}.csv" for name in found}


# The extensions

NEVER = float("nan")
CAP = 5000
# By question: group, cells, epochs until learned of each seed, and the facts that set it apart.
Row = tuple[str, int, tuple[float, ...], dict[str, Any]]
ASKED: dict[str, list[Row]] = {
    "longer": [
        ("short", 10, (800, 900), {}),
        ("short", 20, (300, 400), {}),
        ("long", 10, (NEVER, NEVER), {"n_out": 3}),
        ("long", 20, (NEVER, 2000), {"n_out": 3}),
    ],
    "state": [
        ("carried, batch 7", 20, (NEVER, 3000), {"stateful": True, "batch_size": 7}),
        ("reset, batch 7", 20, (1000, 1200), {"stateful": False, "batch_size": 7}),
        ("reset, batch 21", 20, (1500, 1500), {"stateful": False, "batch_size": 21}),
    ],
    "masking": [
        ("2 of 5, kept", 20, (700, 900), {"framing": "mask"}),
        ("2 of 5, masked", 20, (600, 600), {"framing": "mask", "masking": True}),
    ],
    "linear": [
        ("one-hot", 20, (500, 500), {}),
        ("linear", 20, (NEVER, NEVER), {"encoding": "linear"}),
        ("linear, rate", 20, (4000, NEVER), {"encoding": "linear", "learning_rate": 0.01}),
    ],
    "lost": [
        ("2 of 5, epochs 200", 20, (200, 200), {"until": "epochs", "epochs": 200}),
        ("2 of 5, epochs 100", 20, (100, 100), {"until": "epochs", "epochs": 100}),
        ("3 of 5, epochs 100", 20, (100, 100), {"until": "epochs", "epochs": 100, "n_out": 3}),
    ],
}
KINDS = {"swap": 0.1, "repeat": 0.6, "other value": 0.1, "foreign value": 0.2}
FACTS = {"model": "lstm", "length": 25, "n_in": 5, "n_out": 2, "encoding": "one_hot"}
FACTS |= {"learning_rate": 0.001, "batch_size": 21, "stateful": True, "until": "learned"}
FACTS |= {"compare_to": None, "epochs": CAP, "framing": "drop", "sequence_windows": 21}


def extension_tables(
    folder: Path, asked: dict[str, list[Row]] = ASKED, seeds: int = 2, accuracy: float = 0.99
) -> dict[str, Path]:
    """Tables of experiments on questions; the accuracy of seed s is s thousandths less."""
    facts, runs, skill, by_seed, learning = [], [], [], [], []
    by_position: list[dict[str, Any]] = []
    errors: list[dict[str, Any]] = []
    for question, rows in asked.items():
        for i, (group, cells, learned, own) in enumerate(rows):
            name = {"experiment": f"{question}_{i}"}
            facts.append(
                name | FACTS | {"question": question, "group": group, "cells": cells} | own
            )
            facts[-1]["echo"] = f"{facts[-1]['n_out']} of {facts[-1]['n_in']}"
            by_position += positions_of(name | FACTS | own, seeds, accuracy)
            for kind, rate in KINDS.items():
                row = name | {"split": "kind", "group": kind, "rate": rate, "whole": 40 + i}
                errors.append(row | {"part": 4, "low": rate - 0.05, "high": rate + 0.05})
            kinds = ["complete", "incomplete"] if question == "masking" else ["complete"]
            for windows in kinds:
                mean = accuracy if windows == "complete" else accuracy - 0.09
                ends = (NEVER, NEVER) if seeds == 1 else (mean - 0.005, min(1, mean + 0.005))
                row = name | {"windows": windows, "accuracy": mean, "confidence": 0.9}
                skill.append(row | dict(zip(("low", "high"), ends, strict=True)))
                for seed in range(seeds):
                    row = name | {"windows": windows, "seed": seed}
                    by_seed.append(row | {"accuracy": mean - 0.001 * seed})
            for seed, epochs in enumerate(learned[:seeds]):
                trained = CAP if math.isnan(epochs) else epochs
                run = name | {"seed": seed, "parameters": 100, "epochs": trained}
                run["trained_for"] = name["experiment"]
                runs.append(run | {"updates": 3 * trained, "epochs_to_learn": epochs})
                for epoch in (10, 20):
                    curve = name | {"seed": seed, "epoch": epoch}
                    learning.append(curve | {"accuracy": 0.01 * epoch + 0.1 * seed})
    found = {
        "experiments": pd.DataFrame(facts),
        "runs": pd.DataFrame(runs),
        "skill": pd.DataFrame(skill),
        "skill_of_seeds": pd.DataFrame(by_seed),
        "learning": pd.DataFrame(learning),
        "seeds": pd.DataFrame(by_position),
        "errors": pd.DataFrame(errors),
    }
    groups = found["seeds"].groupby(["experiment", "position", "windows"], sort=False)["accuracy"]
    found["summary"] = groups.mean().rename("mean").reset_index().assign(confidence=0.9)
    ends = {"low": NEVER, "high": NEVER} if seeds == 1 else {"low": 0.5, "high": 1.0}
    found["summary"] = found["summary"].assign(**ends)
    found["needs"] = needs.make(found, confidence=0.9, learned_share=0.8, success=0.99)
    found["slopes"] = slopes.make(found, confidence=0.9, learned_over=200)
    for name, table in found.items():
        write_table(folder / f"{name}.csv", table)
    return {name: folder / f"{name}.csv" for name in found}


def positions_of(facts: dict[str, Any], seeds: int, accuracy: float) -> list[dict[str, Any]]:
    """Accuracy by seed and position: a hundredth less at each, and after fewer epochs."""
    names = [*range(1, facts["n_out"] + 1), "all"]
    return [
        {"experiment": facts["experiment"], "seed": seed, "position": str(position)}
        | {"accuracy": accuracy - 0.01 * place - 10 / facts["epochs"], "windows": "complete"}
        for seed in range(seeds)
        for place, position in enumerate(names)
    ]


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


def shown_texts(figure: mpl.figure.Figure) -> list[mpl.text.Text]:
    """The texts that are drawn: labels of ticks beyond the ends of an axis, say, are not."""
    shown: list[mpl.text.Text] = []
    draw = mpl.text.Text.draw

    def noted(text: mpl.text.Text, *args: Any, **options: Any) -> None:
        draw(text, *args, **options)
        if text.get_visible() and text.get_text().strip():
            shown.append(text)

    with pytest.MonkeyPatch.context() as patch, mpl.rc_context(style.STYLE):
        patch.setattr(mpl.text.Text, "draw", noted)
        figure.draw_without_rendering()
    return shown
