"""When a run has learned, checked against a loop over epochs; and that training stops then."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small import FULL, sequences

from echoseq.study.plan import Plan
from echoseq.training.records import read_history
from echoseq.training.runs import CheckpointSettings, NewRun, train_runs
from echoseq.training.stopping import epochs_to_learn

# Learns between epoch 200 and the cap.
LEARNING = replace(
    FULL, model="memoryless", cells=10, epochs=1000, until="learned", success=0.9, learned_over=150
)


@pytest.mark.parametrize(
    ("right", "over", "expected"),
    [
        (range(100, 400), 200, 300),
        (range(101, 400), 200, 400),  # one wrong among the 200 before epoch 300
        (range(400), 200, 200),  # the first check with 200 epochs before it
        (range(400), 1, 100),
        (range(99, 400), 1, 100),
        (range(100, 400), 1, 200),
        (range(100), 100, 100),  # though forgotten later
        (range(50, 150), 100, math.nan),  # never at a multiple of 100
        (range(0), 200, math.nan),
    ],
)
def test_a_run_has_learned_at_a_multiple_of_100_epochs(right, over, expected):
    accuracy = np.zeros(400, np.float32)
    accuracy[list(right)] = 1
    learned = epochs_to_learn(accuracy, 1.0, over)
    assert learned == pytest.approx(expected, nan_ok=True)
    assert isinstance(learned, float)


def test_a_mean_equal_to_the_required_success_is_enough():
    accuracy = np.array([0.0] * 80 + [1.0] * 19 + [0.8] + [0.0] * 30, np.float32)
    assert epochs_to_learn(accuracy, 0.99, 20) == 100
    accuracy[99] = 0.79
    assert math.isnan(epochs_to_learn(accuracy, 0.99, 20))


@given(st.lists(st.integers(0, 8), max_size=9), st.integers(1, 450))
def test_epochs_to_learn_equal_a_loop_over_checks(eighths, over):
    accuracy = np.repeat(np.array(eighths, np.float32) / 8, 60)
    ends = [
        end
        for end in range(100, len(accuracy) + 1, 100)
        if end >= over and accuracy[end - over : end].astype(float).mean() >= 0.75 - 1e-9
    ]
    expected = ends[0] if ends else math.nan
    assert epochs_to_learn(accuracy, 0.75, over) == pytest.approx(expected, nan_ok=True)


def train(folder: Path, plan: Plan, seed: int = 0, **options):
    folder.mkdir(parents=True)
    run = NewRun(seed, sequences(plan, plan.epochs, seed), folder, folder.with_name("kept"))
    checkpointing = CheckpointSettings(options.pop("seconds", 1000), "code")
    (record,) = train_runs("echo", plan, [run], checkpointing=checkpointing, **options)
    return record


@pytest.fixture(scope="module")
def learned(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict]:
    folder = tmp_path_factory.mktemp("learned") / "run"
    return folder, train(folder, LEARNING)


def test_training_stops_where_the_rule_says(learned: tuple[Path, dict]) -> None:
    folder, record = learned
    accuracy = read_history(folder / "history.csv", record)["accuracy"].to_numpy()
    assert 150 < record["epochs"] < 1000
    assert record["epochs"] == len(accuracy) == epochs_to_learn(accuracy, 0.9, 150)
    assert record["learned"] is True
    assert record["updates"] == 3 * record["epochs"]


def test_until_then_it_is_the_run_of_a_fixed_length(
    learned: tuple[Path, dict], tmp_path: Path
) -> None:
    _, record = learned
    fixed = replace(
        LEARNING, until="epochs", success=None, learned_over=None, epochs=record["epochs"]
    )
    again = train(tmp_path / "run", fixed)
    assert again["digest"] == record["digest"]
    assert again["history_digest"] == record["history_digest"]
    assert again["learned"] is None


def test_a_run_that_meets_its_cap_has_not_learned(tmp_path: Path) -> None:
    record = train(tmp_path / "run", replace(LEARNING, epochs=130))
    assert (record["epochs"], record["learned"]) == (130, False)


def test_one_that_was_killed_stops_at_the_same_epoch(
    learned: tuple[Path, dict], tmp_path: Path
) -> None:
    """Killed after a checkpoint in the middle, and once more when it had learned."""
    _, record = learned

    class KilledError(Exception):
        pass

    for kill_at in (200, record["epochs"]):

        def kill(done: int, *_: float, at: int = kill_at) -> None:
            if done == at:
                raise KilledError

        with pytest.raises(KilledError):
            train(tmp_path / f"killed-{kill_at}", LEARNING, seconds=0, progress=kill)
    assert train(tmp_path / "run", LEARNING, seconds=0) == record


def test_the_learning_rate_is_that_of_the_plan(tmp_path: Path) -> None:
    fixed = replace(FULL, epochs=5)
    records = [
        train(tmp_path / str(rate) / "run", replace(fixed, learning_rate=rate))
        for rate in (0.001, 0.01)
    ]
    losses = [record["final_loss"] for record in records]
    assert losses[0] != losses[1]
    assert records[0]["initial_digest"] == records[1]["initial_digest"]
    default = train(tmp_path / "default" / "run", fixed)
    assert default["digest"] == records[0]["digest"]
