"""Figures say what their tables say, for studies other than the published one too."""

from pathlib import Path

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

from echoseq.figures import echoes, learning_curves, position_accuracy, style
from echoseq.files import write_table


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
    facts = facts.assign(reference_loss_low=1.0, reference_loss_high=1.5, reference_accuracy=1.0)
    facts.loc[0, ["reference_loss_low", "reference_loss_high", "reference_accuracy"]] = np.nan
    positions = ["1", "2", "all"]
    by_seed = pd.DataFrame(
        [
            {"experiment": n, "seed": s, "position": p, "accuracy": accuracy - 0.001 * s}
            for n, s in runs
            for p in positions
        ]
    )
    summary = pd.DataFrame(
        [{"experiment": n, "position": p, "mean": accuracy} for n in names for p in positions]
    ).assign(low=accuracy - 0.01, high=min(1, accuracy + 0.005), confidence=0.95, chance=0.01)
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
    }
    for name, table in found.items():
        write_table(folder / f"{name}.csv", table)
    return {name: folder / f"{name}.csv" for name in found}


FIGURES = [
    (learning_curves.draw, ("learning", "experiments")),
    (position_accuracy.draw, ("seeds", "summary")),
    (echoes.draw, ("echoes",)),
]


def drawn(index: int, paths: dict) -> mpl.figure.Figure:
    draw, names = FIGURES[index]
    with mpl.rc_context(style.STYLE):
        return draw(**{name: paths[name] for name in names})


def texts(figure: mpl.figure.Figure) -> list[str]:
    return [t.get_text() for t in figure.findobj(mpl.text.Text) if t.get_text()]


@pytest.mark.parametrize("index", range(3))
@pytest.mark.parametrize(("experiments", "seeds"), [(1, 1), (1, 3), (14, 2)])
def test_studies_of_other_sizes_are_drawn(
    tmp_path: Path, index: int, experiments: int, seeds: int
) -> None:
    names = [f"echo_{i}" for i in range(experiments)]
    paths = tables(tmp_path, names, seeds=seeds)
    draw, wanted = FIGURES[index]
    style.render(draw, {name: paths[name] for name in wanted}, [tmp_path / "figure.svg"])
    assert (tmp_path / "figure.svg").stat().st_size > 1000


def test_learning_curves_show_every_seed_and_their_median(tmp_path: Path) -> None:
    figure = drawn(0, tables(tmp_path, ["one_echo", "two_echo"]))
    loss = figure.axes[0]
    lines = [line for line in loss.lines if len(line.get_xdata()) == 3]
    assert len(lines) == 3 + 1
    np.testing.assert_allclose(lines[-1].get_ydata(), [4 / 5.5, 4 / 15.5, 4 / 25.5])


def test_a_reference_of_one_experiment_is_in_the_legend(tmp_path: Path) -> None:
    """The first experiment has none; the legend is that of all panels."""
    said = texts(drawn(0, tables(tmp_path, ["one_echo", "two_echo"])))
    assert said.count("final, as published") >= 1
    assert texts(drawn(0, tables(tmp_path, ["one_echo"]))).count("final, as published") == 0


@pytest.mark.parametrize(("accuracy", "below"), [(0.99, True), (0.4, False)])
def test_chance_is_drawn_where_the_axis_reaches_it(
    tmp_path: Path, accuracy: float, below: bool
) -> None:
    figure = drawn(1, tables(tmp_path, ["one_echo"], accuracy=accuracy))
    assert any("below the axes" in text for text in texts(figure)) == below
    low, high = figure.axes[0].get_ylim()
    assert (low > 0.01) == below
    assert low < accuracy - 0.01
    assert high == 1


def test_every_seed_is_a_point(tmp_path: Path) -> None:
    figure = drawn(1, tables(tmp_path, ["one_echo"]))
    points = figure.axes[0].collections[0].get_offsets()
    assert len(points) == 3 * 3
    assert len(np.unique(np.round(points[:, 1], 6))) == 3


def test_one_seed_has_a_mean_without_interval(tmp_path: Path) -> None:
    said = texts(drawn(1, tables(tmp_path, ["one_echo"], seeds=1)))
    assert any("no interval for one seed" in text for text in said)


def test_errors_are_marked_with_their_difference(tmp_path: Path) -> None:
    figure = drawn(2, tables(tmp_path, ["one_echo"]))
    error = [text.get_text() for text in figure.axes[2].texts]
    assert [text for text in error if text.startswith(("+", "-"))] == ["-1"] * 21
    assert any("21 of 42 values wrong" in text for text in texts(figure))
