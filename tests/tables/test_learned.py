"""How many seeds have learned by which epoch."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from echoseq.tables.learned import make
from echoseq.training.records import TrainedRun


def run(epochs: int, learned: int | None) -> TrainedRun:
    """A run that is right in one epoch alone, or never."""
    accuracy = np.zeros(epochs, np.float32)
    if learned is not None:
        accuracy[learned - 1] = 1  # a multiple of 100, where it is checked
    return TrainedRun({}, accuracy, accuracy)


RUNS = {
    "echo": [run(1000, 400), run(1000, None), run(1000, 700), run(1000, 400)],
    "never": [run(50, None)],
    "late": [run(600, 600)],
}


def learned_table(confidence: float) -> pd.DataFrame:
    settings = {"confidence": confidence, "success": 0.99, "learned_over": 1}
    return pd.concat(make(name, runs, **settings) for name, runs in RUNS.items())


def test_the_share_of_seeds_that_have_learned_keeps_those_that_never_do():
    table = learned_table(0.95)
    steps = table[["experiment", "epoch", "learned", "seeds", "share"]].to_numpy().tolist()
    assert steps == [
        ["echo", 0, 0, 4, 0],
        ["echo", 400, 2, 4, 0.5],
        ["echo", 700, 3, 4, 0.75],
        ["echo", 1000, 3, 4, 0.75],
        ["never", 0, 0, 1, 0],
        ["never", 50, 0, 1, 0],
        ["late", 0, 0, 1, 0],
        ["late", 600, 1, 1, 1],
    ]


def test_the_interval_of_the_share_that_has_learned_is_that_of_scipy():
    for row in learned_table(0.9).to_dict("records"):
        test = stats.binomtest(row["learned"], row["seeds"])
        interval = test.proportion_ci(confidence_level=0.9, method="wilson")
        assert (row["low"], row["high"]) == pytest.approx((interval.low, interval.high))
        assert row["confidence"] == 0.9
