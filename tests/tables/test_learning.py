"""Histories of training, thinned to curves."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from workspaces import random_generator

from echoseq.tables.learning import COLUMNS, learning_curve, make
from echoseq.training.records import TrainedRun


def history(epochs: int) -> pd.DataFrame:
    generator = random_generator(epochs)
    return pd.DataFrame(
        {
            "epoch": np.arange(1, epochs + 1),
            "loss": generator.random(epochs, np.float32),
            "accuracy": generator.random(epochs, np.float32),
        }
    )


def thinned(history: pd.DataFrame, points: int) -> pd.DataFrame:
    return learning_curve(history["loss"].to_numpy(), history["accuracy"].to_numpy(), points)


def test_a_learning_curve_is_made_of_means_over_spans_of_epochs():
    table = pd.DataFrame(
        {
            "epoch": [1, 2, 3, 4, 5, 6],
            "loss": [4.0, 2.0, 2.0, 1.0, 1.0, 0.5],
            "accuracy": [0.0, 0.5, 0.5, 0.75, 0.75, 1.0],
        }
    )
    expected = {
        "epoch": [1.5, 3.5, 5.5],
        "loss": [3.0, 1.5, 0.75],
        "accuracy": [0.25, 0.625, 0.875],
    }
    assert thinned(table, 3).to_dict("list") == expected


def test_uneven_spans_of_a_learning_curve_differ_by_one_epoch():
    table = pd.DataFrame(
        {"epoch": range(1, 8), "loss": [6.0, 5, 4, 3, 2, 1, 0], "accuracy": [0.0] * 6 + [1.0]}
    )
    expected = {"epoch": [2.0, 4.5, 6.5], "loss": [5.0, 2.5, 0.5], "accuracy": [0.0, 0.0, 0.5]}
    assert thinned(table, 3).to_dict("list") == expected


@pytest.mark.parametrize("epochs", [1, 3, 100])
def test_a_history_with_at_most_as_many_epochs_as_points_is_unchanged(epochs):
    pd.testing.assert_frame_equal(
        thinned(history(epochs), 100), history(epochs), check_dtype=False, rtol=1e-6
    )


@given(st.integers(1, 60), st.integers(1, 20))
def test_a_learning_curve_covers_every_epoch_once(epochs, points):
    table = history(epochs)
    curve = thinned(table, points)
    sizes = []
    for middle in curve["epoch"]:  # from the epochs before a span and its middle follows its size
        sizes.append(round(2 * (middle - sum(sizes)) - 1))
    sizes = np.array(sizes)
    assert len(curve) == min(points, epochs)
    assert sizes.sum() == epochs
    assert sizes.max() - sizes.min() <= 1
    for column in ("loss", "accuracy"):
        assert (sizes * curve[column]).sum() == pytest.approx(table[column].sum(), rel=1e-5)


def trained(epochs: int, **facts: object) -> TrainedRun:
    """A run with a plan of these facts; its loss and accuracy are thirds of the epoch's number."""
    thirds = np.arange(1, epochs + 1, dtype=np.float32) / 3
    return TrainedRun({"seed": 5, "plan": {"encoding": "one_hot"} | facts}, thirds, thirds)


def test_the_curves_of_an_experiment_stand_one_below_the_other():
    runs = [
        TrainedRun(
            {"seed": seed, "plan": {"until": "epochs"}},
            np.full(3, seed, np.float32),
            np.ones(3, np.float32),
        )
        for seed in (5, 2)
    ]
    table = make("echo", runs)
    assert list(table.columns) == list(COLUMNS)
    assert table["seed"].tolist() == [5, 5, 5, 2, 2, 2]
    assert table["loss"].tolist() == [5, 5, 5, 2, 2, 2]
    assert table["epoch"].tolist() == [1, 2, 3] * 2


@pytest.mark.parametrize(
    ("facts", "points"),
    [
        ({}, 100),  # recorded by the first training program
        ({"until": "epochs"}, 100),
        ({"until": "learned"}, 5),
        ({"until": "learned", "encoding": "linear"}, 50),
    ],
)
def test_training_until_learned_has_fewer_points(facts: dict[str, object], points: int) -> None:
    assert len(make("echo", [trained(700, **facts)])) == points


def test_curves_are_rounded_to_what_can_be_seen() -> None:
    table = make("echo", [trained(2)])
    assert table["loss"].tolist() == [0.33333, 0.66667]
    assert table["accuracy"].tolist() == [0.3333, 0.6667]
