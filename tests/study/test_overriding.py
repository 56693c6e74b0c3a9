"""Settings of an experiment that options replace: checked as a configuration is."""

from typing import Any

import pytest
from configurations import study_of_two
from workspaces import PROJECT

from echoseq.errors import EchoseqError
from echoseq.study.overriding import REPLACED, option_of, overridden_plan
from echoseq.study.plan import difference
from echoseq.study.reading import load, read
from echoseq.study.schema import Study


@pytest.fixture(scope="module")
def study() -> Study:
    return read(PROJECT / "config/config.yaml")


def test_without_options_the_plan_is_that_of_the_experiment(study: Study) -> None:
    nothing = dict.fromkeys(REPLACED)
    assert overridden_plan(study, "partial_echo", nothing) == study.plan_of("partial_echo")


def test_what_is_not_replaced_stays_for_every_experiment(study: Study) -> None:
    for name in study.experiments:
        plan = overridden_plan(study, name, {"epochs": "321"})
        assert plan.epochs == 321, name
        changed = difference(plan, study.plan_of(name))
        assert changed is None or changed[0] == "epochs", name


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [("epochs", "7", 7), ("cells", "12", 12), ("learning_rate", "1e-2", 0.01)],
)
def test_a_setting_is_replaced(study: Study, key: str, text: str, value: Any) -> None:
    plan = overridden_plan(study, "partial_echo", {key: text})
    assert difference(plan, study.plan_of("partial_echo"))[:2] == (key, value)


def test_another_task_brings_its_own_windows(study: Study) -> None:
    plan = overridden_plan(study, "partial_echo", {"task": "full"})
    assert (plan.n_in, plan.n_out) == (5, 5)
    assert plan.cells == study.experiments["partial_echo"].cells


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ({"epochs": "0"}, "--epochs: expected 1 or more, got 0"),
        ({"epochs": "x"}, "--epochs: expected a whole number, got text 'x'"),
        ({"cells": "1.5"}, "--cells: expected a whole number, got text '1.5'"),
        ({"learning_rate": "0"}, "--learning-rate: expected more than 0.0, got 0.0"),
        ({"learning_rate": "fast"}, "--learning-rate: expected a number, got text 'fast'"),
        (
            {"task": "partal"},
            "--task: expected one of 26 names, got 'partal'; did you mean partial, partial_mask, "
            "partial_zeros or partial_linear?",
        ),
        (
            {"task": "three_reversed"},
            "experiments.partial_echo.batch_size: expected a divisor of the 32 windows of a "
            "sequence (1, 2, 4, 8, 16, 32), got 21 (with --task three_reversed)",
        ),
        (
            {"cells": "0", "epochs": "0"},
            "--cells: expected 1 or more, got 0\n--epochs: expected 1 or more, got 0",
        ),
    ],
)
def test_a_mistake_names_the_option(study: Study, given: dict[str, str], line: str) -> None:
    with pytest.raises(EchoseqError) as raised:
        overridden_plan(study, "partial_echo", given)
    assert str(raised.value) == line


def test_an_experiment_that_is_compared_may_be_trained_in_another_way() -> None:
    """Its base, its question and what was published of it are no concern of one run."""
    two = load(study_of_two())
    assert two.experiments["b"].compare_to == "a"
    assert overridden_plan(two, "b", {"epochs": "3", "cells": "2"}).cells == 2
    with pytest.raises(EchoseqError, match="experiment: expected one of a, b, got 'c'"):
        overridden_plan(two, "c", {"epochs": "3"})


def test_options_are_named_as_they_are_written() -> None:
    assert [option_of(key) for key in REPLACED] == [
        "--epochs",
        "--cells",
        "--learning-rate",
        "--task",
    ]
