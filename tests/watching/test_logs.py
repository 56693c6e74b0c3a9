"""What the logs of steps tell: how far a training is, and why a step failed."""

import logging
from datetime import datetime
from pathlib import Path

import pytest

from echoseq.errors import EchoseqError
from echoseq.logs import step_log
from echoseq.watching.logs import Trained, reason_in, text_of, training_in


def line(second: float, text: str, level: str = "INFO") -> str:
    return f"2026-05-01 10:00:{second:06.3f}".replace(".", ",") + f" {level} {text}\n"


def test_a_training_tells_its_run_its_epoch_and_the_time_of_one() -> None:
    begun = line(0, "training full_echo with seed 3")
    assert training_in("") is None
    assert training_in(begun) == Trained("full_echo", 3, 0, None)
    first = begun + line(5, "epoch 100: loss 4.1, accuracy 0.02")
    assert training_in(first) == Trained("full_echo", 3, 100, None)
    later = first + line(6.5, "epoch 400: loss 4.0, accuracy 0.02")
    assert training_in(later) == Trained("full_echo", 3, 400, pytest.approx(0.005))


def test_the_next_seed_of_a_job_begins_anew() -> None:
    text = line(0, "training a with seed 0") + line(1, "epoch 100: loss 4, accuracy 0")
    text += line(2, "epoch 200: loss 4, accuracy 0") + line(3, "training a with seed 1")
    assert training_in(text) == Trained("a", 1, 0, None)


def test_a_run_that_was_resumed_is_timed_from_there() -> None:
    text = line(0, "training a with seed 0") + line(10, "resuming after epoch 900")
    text += line(12, "epoch 1000: loss 4, accuracy 0")
    assert training_in(text) == Trained("a", 0, 1000, pytest.approx(0.02))


def test_what_is_written_by_halves_is_left_out() -> None:
    text = line(0, "training a with seed 0") + "2026-05-01 10:00:0"
    assert training_in(text) == Trained("a", 0, 0, None)


def test_what_steps_log_is_what_is_read(tmp_path: Path) -> None:
    """As workflow/scripts/train.py and training/runs.py write it."""
    path = tmp_path / "train.log"
    with step_log(path) as log:
        logging.getLogger("echoseq.training.runs").info("training %s with seed %d", "a", 2)
        log.info("epoch %d: loss %.4f, accuracy %.4f", 100, 4.6, 0.01)
    assert training_in(text_of(path)) == Trained("a", 2, 100, None)
    assert reason_in(text_of(path)) is None
    assert abs(datetime.now().timestamp() - path.stat().st_mtime) < 60


def test_the_reason_is_what_an_error_says(tmp_path: Path) -> None:
    path = tmp_path / "step.log"
    with pytest.raises(SystemExit), step_log(path):
        raise EchoseqError("cells: expected 1 or more, got 0")
    assert reason_in(text_of(path)) == "cells: expected 1 or more, got 0"


def test_the_reason_of_a_bug_is_the_end_of_its_traceback(tmp_path: Path) -> None:
    path = tmp_path / "step.log"
    with pytest.raises(ZeroDivisionError), step_log(path):
        1 / 0  # noqa: B018
    assert reason_in(text_of(path)) == "ZeroDivisionError: division by zero"


def test_the_last_error_counts_and_what_is_long_is_cut() -> None:
    text = line(0, "first", "ERROR") + line(1, "second", "ERROR") + line(2, "cleaning up")
    assert reason_in(text) == "second"
    assert len(reason_in(line(0, "x" * 1000, "ERROR"))) == 300


def test_a_log_that_is_not_there_tells_nothing(tmp_path: Path) -> None:
    assert text_of(tmp_path / "none.log") == ""
    assert reason_in("") is None
