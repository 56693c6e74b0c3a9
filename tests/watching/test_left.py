"""The estimate of the training that is left."""

import json
from pathlib import Path

import pytest
from configurations import study_of_two

from echoseq.places import run_folder
from echoseq.study.reading import load
from echoseq.watching.left import Left, left, times_of
from echoseq.watching.logs import Trained

STUDY = load(study_of_two())  # a and b, 10 epochs each
RUNS = [("a", 0), ("a", 1), ("b", 0), ("b", 1)]


def estimate(missing, times, begun=None, at_a_time=1) -> Left | None:
    return left(STUDY, missing, lambda: times, begun or {}, at_a_time)


def test_without_anything_to_go_by_nothing_is_said() -> None:
    assert estimate(RUNS, {}) is None
    assert estimate(RUNS, {}, {("a", 0): Trained("a", 0, 0, None)}) is None


def test_where_nothing_is_missing_no_time_is_read() -> None:
    assert left(STUDY, [], lambda: pytest.fail("read"), {}, 1) is None


def test_a_run_takes_as_long_as_those_of_its_experiment() -> None:
    times = {("a", 0): 10.0, ("a", 2): 30.0, ("b", 0): 100.0}
    assert estimate([("a", 1), ("b", 1)], times) == Left(120, 1, 2, 2)
    assert estimate([("a", 1), ("b", 1)], times, at_a_time=2) == Left(60, 2, 2, 2)


def test_a_run_of_which_none_is_known_takes_as_long_as_any() -> None:
    assert estimate([("b", 0), ("b", 1)], {("a", 0): 10.0, ("a", 1): 20.0}) == Left(30, 1, 2, 0)


def test_what_is_trained_of_a_run_is_not_left() -> None:
    begun = {("a", 1): Trained("a", 1, 4, None)}
    assert estimate([("a", 1)], {("a", 0): 10.0}, begun) == Left(6, 1, 1, 1)


def test_a_first_run_tells_by_its_own_epochs() -> None:
    begun = {("a", 0): Trained("a", 0, 4, 2.0)}
    assert estimate([("a", 0)], {}, begun) == Left(12, 1, 1, 1)
    assert estimate([("a", 0), ("a", 1)], {}, begun) == Left(32, 1, 2, 2)
    assert estimate([("a", 0), ("b", 0)], {}, begun) == Left(32, 1, 2, 1)


def test_seeds_that_share_a_job_are_trained_in_turn() -> None:
    times = {("a", 9): 10.0}
    assert estimate([("a", 0), ("a", 4)], times, at_a_time=4) == Left(20, 1, 2, 2)
    assert estimate([("a", 0), ("a", 5), ("b", 0)], times, at_a_time=4) == Left(10, 3, 3, 2)


def test_times_are_those_of_the_files_that_can_be_read(tmp_path: Path) -> None:
    good, damaged = tmp_path / run_folder("a", 0), tmp_path / run_folder("a", 1)
    for folder in (good, damaged):
        folder.mkdir(parents=True)
    timing = {"build_seconds": 2.5, "training_seconds": 7.0, "resumed_after_epoch": 0}
    (good / "timing.json").write_text(json.dumps(timing))
    (damaged / "timing.json").write_text("{")
    assert times_of(tmp_path, RUNS) == {("a", 0): 9.5}
