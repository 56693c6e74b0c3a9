"""What others published is drawn beside ours, every run of both."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from drawing import caption_of, drawn, render, texts
from matplotlib.axes import Axes

from echoseq.figures import style
from echoseq.figures.published_values import NOTHING
from echoseq.files import write_table

NAME = "published_values"
OURS = [0.5, 0.52, 0.48]
RESULTS = [
    {"measure": "accuracy", "theirs": [0.4, 0.5], "verdict": "met"},
    {"measure": "loss", "theirs": [], "range": [0.2, 0.3], "verdict": "not met"},
    {"measure": "exact_match", "theirs": [], "at_least": 0.9, "verdict": "undecided"},
    {"measure": "training_loss", "theirs": [0.7], "last": 5, "verdict": "not comparable"},
]
SIDES = [("ours", OURS), ("theirs", "theirs"), ("their range", "range")]


def paths(folder: Path, results: list[dict[str, Any]]) -> dict[str, Path]:
    rows, runs = [], []
    for number, result in enumerate(results, start=1):
        about = {"experiment": f"echo_{number}", "number": number, "measure": result["measure"]}
        rows.append(
            {"seeds": 3, "confidence": 0.95, "at_least": None, "at_most": None, "last": None}
            | about
            | {key: result[key] for key in ("verdict", "at_least", "last") if key in result}
        )
        for side, given in SIDES:
            values = given if isinstance(given, list) else result.get(given, [])
            runs += [
                about | {"side": side, "run": run, "value": value}
                for run, value in enumerate(values)
            ]
    columns = ["experiment", "number", "measure", "verdict", "seeds", "confidence"]
    table = pd.DataFrame(rows, columns=[*columns, "at_least", "at_most", "last"])
    write_table(folder / "published.csv", table)
    kept = ["experiment", "number", "measure", "side", "run", "value"]
    write_table(folder / "published_runs.csv", pd.DataFrame(runs, columns=kept))
    return {name: folder / f"{name}.csv" for name in ("published", "published_runs")}


def points(axes: Axes) -> int:
    return sum(
        len(found.get_offsets())
        for found in axes.collections
        if found.get_label() != "what they expect"
    )


def test_every_run_of_both_is_drawn(tmp_path: Path) -> None:
    figure = drawn(NAME, paths(tmp_path, RESULTS), laid_out=True)
    shares, losses = figure.axes
    assert points(shares) == 2 * len(OURS) + 2
    assert points(losses) == 2 * len(OURS) + 1
    assert losses.get_xscale() == "log"
    said = texts(figure)
    for result in RESULTS:
        assert result["verdict"] in said
    assert "Echo 4\ntraining loss, last 5 epochs" in said
    colors = {text.get_color() for text in losses.texts if text.get_text() == "not met"}
    assert colors == {style.ERROR}


def test_the_caption_counts_what_is_met(tmp_path: Path) -> None:
    said = caption_of(NAME, paths(tmp_path, RESULTS))
    assert said.endswith("Of 4 results: met 1, not met 1, undecided 1, not comparable 1.")
    assert "each of 3 runs that they print" in said
    assert "each of 3 seeds" in said


@pytest.mark.parametrize("results", [RESULTS[:1], RESULTS[1:2]])
def test_one_kind_of_measure_is_one_panel(tmp_path: Path, results: list[dict[str, Any]]) -> None:
    render(NAME, paths(tmp_path, results), [tmp_path / "figure.svg"])
    assert len(drawn(NAME, paths(tmp_path, results), laid_out=False).axes) == 1


def test_nothing_published_is_said_so(tmp_path: Path) -> None:
    empty = paths(tmp_path, [])
    assert caption_of(NAME, empty) == NOTHING
    assert NOTHING in texts(drawn(NAME, empty, laid_out=False))
