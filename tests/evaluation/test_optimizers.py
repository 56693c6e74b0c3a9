"""Optimizers and schedules that cannot do what they say are refused before anything runs."""

import inspect
from dataclasses import replace
from typing import Any

import pytest
from configurations import CONFIG
from small import FULL, PARTIAL

from echoseq.errors import EchoseqError
from echoseq.evaluation.optimizer_trials import mistakes
from echoseq.evaluation.optimizers import check_optimizers
from echoseq.networks.backend import keras, tf
from echoseq.study.optimizers import OPTIMIZERS, OPTIONS, SCHEDULES, Optimizer
from echoseq.study.plan import Plan
from echoseq.study.reading import read
from echoseq.training.optimizers import build_optimizer

DECAY = {"schedule": "exponential_decay", "initial_learning_rate": 0.1, "decay_steps": 10}
COSINE = {**DECAY, "schedule": "cosine_decay"}
PIECES = {"schedule": "piecewise_constant_decay", "boundaries": [10, 20]}
# Each restart lasts half as long as the one before: after 20 updates there is none.
RESTARTS = {"schedule": "cosine_decay_restarts", "initial_learning_rate": 0.1}
RESTARTS |= {"first_decay_steps": 10, "t_mul": 0.5}


def plan(optimizer: Any = "adam", learning_rate: Any = 0.001) -> Plan:
    return Plan.from_facts(FULL.facts() | {"optimizer": optimizer, "learning_rate": learning_rate})


def refused(optimizer: Any, learning_rate: Any = 0.001) -> list[str]:
    with pytest.raises(EchoseqError) as caught:
        check_optimizers({"good": PARTIAL, "mine": plan(optimizer, learning_rate)})
    return str(caught.value).split("\n")


@pytest.mark.parametrize(
    ("optimizer", "line"),
    [
        ({"name": "sgd", "momentun": 0.9}, "momentun: unknown key; did you mean momentum?"),
        ({"name": "sgd", "beta_1": 0.9}, "beta_1: unknown key"),
        ({"name": "sgd", "decay": 0.1}, "decay: unknown key"),
        ({"name": "sgd", "momentum": 1.5}, "momentum: expected 0 to 1, got 1.5"),
        ({"name": "sgd", "momentum": True}, "momentum: expected a number, got true"),
        ({"name": "sgd", "momentum": [0.9]}, "momentum: expected a number, got [0.9]"),
        (
            {"name": "sgd", "nesterov": True},
            "nesterov: expected momentum as well, without which Keras ignores it",
        ),
        (
            {"name": "sgd", "nesterov": True, "momentum": 0},
            "nesterov: expected momentum as well, without which Keras ignores it",
        ),
        (
            {"name": "sgd", "momentum": 0.9, "nesterov": 1},
            "nesterov: expected true or false, got 1.0",
        ),
        ({"name": "rmsprop", "clipnorm": 0}, "clipnorm: expected more than 0, got 0.0"),
        ({"name": "adam_w", "weight_decay": -1}, "weight_decay: expected 0 or more, got -1.0"),
        (
            {"name": "adam", "clipnorm": 1.0, "clipvalue": 1.0},
            "clipvalue: expected only one of clipnorm, clipvalue, global_clipnorm",
        ),
        ({"name": "adam", "learning_rate": 0.1}, "learning_rate: expected next to `optimizer`"),
        ({"name": "adam", "use_ema": True}, "use_ema: expected no averaging: "),
        ({"name": "adam", "ema_momentum": 0.9}, "ema_momentum: expected no averaging: "),
        (
            {"name": "adam", "ema_overwrite_frequency": 5},
            "ema_overwrite_frequency: expected no averaging: ",
        ),
        ({"name": "adam", "loss_scale_factor": 2}, "loss_scale_factor: expected no scaling: "),
        (
            {"name": "adam", "gradient_accumulation_steps": 2},
            "gradient_accumulation_steps: expected a larger batch_size instead: ",
        ),
        ({"name": "muon", "exclude_embeddings": True}, "exclude_embeddings: expected no such"),
        (
            {"name": "adam", "amsgrad": True, "beta_1": 1},
            "beta_1: expected weights that stay finite",
        ),
        ({"name": "adam", "epsilon": 0}, "epsilon: expected weights that stay finite numbers"),
        # In the second update.
        ({"name": "adam_w", "weight_decay": 1e30}, "weight_decay: expected weights that stay"),
        (
            {"name": "ftrl", "learning_rate_power": 1},
            "learning_rate_power: ValueError: `learning_rate_power` needs to be negative or zero.",
        ),
    ],
)
def test_an_option_of_an_optimizer_is_refused_in_one_clear_line(
    optimizer: dict[str, Any], line: str
) -> None:
    (told,) = refused(optimizer)
    assert told.startswith(f"experiments.mine.optimizer.{line}")


@pytest.mark.parametrize(
    ("rate", "line"),
    [
        (DECAY, ".decay_rate: expected a value, got none"),
        ({**DECAY, "decay_rate": 0.5, "decay_step": 3}, ".decay_step: unknown key"),
        ({**DECAY, "decay_rate": -0.5}, ".decay_rate: expected 0 or more, got -0.5"),
        ({**COSINE, "decay_steps": 0}, ".decay_steps: expected more than 0, got 0"),
        ({**COSINE, "decay_steps": [1]}, ".decay_steps: expected a number, got [1]"),
        (
            {**COSINE, "warmup_target": 1},
            ".warmup_target: expected warmup_steps as well, without which Keras ignores it",
        ),
        ({**DECAY, "decay_rate": 0.5, "name": 1}, ".name: expected no such option"),
        ({**DECAY, "decay_rate": 3}, ": expected rates from 0 to 10, got "),
        (
            {**PIECES, "values": [0.1, 0.2]},
            ".values: expected one more than the 2 of boundaries, got 2",
        ),
        (
            {**PIECES, "boundaries": [20, 10], "values": [0.1, 0.2, 0.3]},
            ".boundaries: expected each larger than the one before, got [20, 10]",
        ),
        (
            {**PIECES, "values": [0.1, 0.2, 0.3, 0.4]},
            ".values: expected one more than the 2 of boundaries, got 4",
        ),
        (
            {**PIECES, "boundaries": [10, 10], "values": [0.1, 0.2, 0.3]},
            ".boundaries: expected each larger than the one before, got [10, 10]",
        ),
        (
            {**PIECES, "values": [0.1, -0.2, 0.3]},
            ".values: expected 0 or more, got [0.1, -0.2, 0.3]",
        ),
        ({**PIECES, "values": 0.1}, ".values: expected a list of numbers, got 0.1"),
        # Keras takes the first value up to and with the boundary; updates are counted from 0.
        (
            {**PIECES, "boundaries": [0], "values": [11, 0.1]},
            ": expected rates from 0 to 10, got 11 in weight update 1",
        ),
        (
            {**PIECES, "boundaries": [88], "values": [0.1, 11]},
            ": expected rates from 0 to 10, got 11 in weight update 90",
        ),
        (RESTARTS, ": expected rates from 0 to 10, got nan in weight update "),
        (
            {**PIECES, "values": [0, 0, 0]},
            ": expected a rate of more than 0, got none",
        ),
    ],
)
def test_a_schedule_is_refused_in_one_clear_line(rate: dict[str, Any], line: str) -> None:
    (told,) = refused("adam", rate)
    assert told.startswith(f"experiments.mine.learning_rate{line}")


def test_one_that_does_not_do_what_it_does_in_fit_is_refused() -> None:
    (told,) = refused({"name": "schedule_free_adam_w", "beta_1": 0.5})
    assert told.startswith("experiments.mine.optimizer: expected another optimizer: Keras's `fit`")


def test_all_mistakes_are_told_at_once() -> None:
    told = refused({"name": "adafactor", "use_ema": True, "relative_step": True}, DECAY)
    assert [line.split(": ")[0].removeprefix("experiments.mine.") for line in told] == [
        "optimizer.use_ema",
        "learning_rate.decay_rate",
        "optimizer.relative_step",
    ]


def test_one_that_several_experiments_have_is_tried_for_the_longest() -> None:
    """A rate that leaves the bounds late is found, and told once."""
    short = plan("adam", {**DECAY, "decay_rate": 2})
    check_optimizers({"short": replace(short, epochs=2)})
    with pytest.raises(EchoseqError) as caught:
        check_optimizers({"long": short, "short": replace(short, epochs=2)})
    assert str(caught.value).startswith("experiments.long.learning_rate: expected rates from 0 to")


def test_what_can_be_done_is_not_refused() -> None:
    check_optimizers(
        {
            "a": plan({"name": "rmsprop", "clipnorm": 1.0, "centered": True}),
            "b": plan(
                {"name": "sgd", "momentum": 0.9, "nesterov": True}, {**DECAY, "decay_rate": 1}
            ),
            "c": plan({"name": "muon", "ns_steps": 3}, {**PIECES, "values": [0.1, 0.01, 0]}),
            "d": plan("ftrl", {**COSINE, "warmup_target": 0.2, "warmup_steps": 5}),
            "e": plan({"name": "ftrl", "learning_rate_power": -0.7}),
            "f": plan({"name": "sgd", "nesterov": False}),
            "g": plan(
                {"name": "adafactor", "relative_step": False, "beta_2_decay": -0.7},
                {**DECAY, "decay_rate": 1},
            ),
        }
    )


def test_the_names_are_those_of_keras() -> None:
    """All but those that are made of others."""
    optimizers, schedules = keras.optimizers, keras.optimizers.schedules
    made_of_others = {"Optimizer", "LossScaleOptimizer", "MultiOptimizer"}
    assert {*OPTIMIZERS} == {
        name
        for name, kind in vars(optimizers).items()
        if isinstance(kind, type) and issubclass(kind, optimizers.Optimizer)
    } - made_of_others
    assert {*SCHEDULES} == {
        name
        for name, kind in vars(schedules).items()
        if isinstance(kind, type) and issubclass(kind, schedules.LearningRateSchedule)
    } - {"LearningRateSchedule"}


@pytest.mark.parametrize("option", OPTIONS)
def test_an_option_known_in_the_wrong_place_is_one_of_keras(option: str) -> None:
    kinds = [getattr(keras.optimizers, name) for name in OPTIMIZERS]
    assert any(option in inspect.signature(kind).parameters for kind in kinds)


@pytest.mark.parametrize(
    "optimizer",
    [
        *map(Optimizer, OPTIMIZERS),
        Optimizer("Adam", (("amsgrad", True),)),
        Optimizer("RMSprop", (("centered", True), ("momentum", 0.9))),
        Optimizer("SGD", (("momentum", 0.9),)),
    ],
    ids=str,
)
def test_an_optimizer_keeps_as_many_numbers_as_memory_counts(optimizer: Optimizer) -> None:
    """For each weight of a large matrix, beside a few numbers of another kind."""
    weights = keras.Variable(tf.zeros((100, 100)))
    built = build_optimizer(optimizer, 0.1)
    built.build([weights])
    kept = sum(tf.size(variable.value).numpy() for variable in built.variables)
    assert kept // 10_000 == optimizer.kept


def test_what_is_not_tried_of_the_study_would_pass_a_trial() -> None:
    """Its scaled loss and its decaying rates are known, so that it starts without TensorFlow."""
    study = read(CONFIG)
    plans = [study.plan_of(name) for name in study.experiments]
    chosen = {(plan.optimizer, plan.learning_rate): plan for plan in plans}
    assert len(chosen) > 5
    for choice, found in chosen.items():
        assert not list(mistakes(*choice, found.epochs * found.updates))


@pytest.mark.parametrize(
    "rate",
    [
        {**DECAY, "decay_rate": 1.5},
        {**DECAY, "decay_rate": 0.5, "staircase": True},
        {**DECAY, "decay_rate": 1e-6},  # too small to be seen in float32 at the end
        {**DECAY, "decay_rate": 0.5, "initial_learning_rate": 20},
    ],
)
def test_other_decays_are_tried(rate: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    tried = []

    def trial(*choice: Any) -> list[Any]:
        tried.append(choice)
        return []

    monkeypatch.setattr("echoseq.evaluation.optimizer_trials.mistakes", trial)
    check_optimizers({"mine": plan(learning_rate=rate)})
    assert len(tried) == 1
    check_optimizers({"mine": plan(learning_rate={**DECAY, "decay_rate": 0.99})})
    assert len(tried) == 1
