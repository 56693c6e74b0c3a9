"""Optimizers and schedules as a configuration names them, and as a plan holds them."""

import json
import subprocess
import sys
from typing import Any

import pytest
from configurations import study_of_two

from echoseq.errors import EchoseqError
from echoseq.study.memory import memory
from echoseq.study.optimizers import ADAM, Schedule
from echoseq.study.plan import Plan, difference
from echoseq.study.reading import load

DECAY = {"initial_learning_rate": 0.1, "decay_steps": 100, "decay_rate": 0.5}


def with_keys(**keys: Any) -> dict[str, Any]:
    """Two experiments, of which `a` has these keys."""
    study = study_of_two()
    study["experiments"]["a"] |= keys
    return study


def plan(**keys: Any) -> Plan:
    return load(with_keys(**keys)).plan_of("a")


@pytest.mark.parametrize("name", ["rmsprop", "RMSprop", "rms_prop", "RMSPROP"])
def test_a_name_has_one_form_in_the_plan(name: str) -> None:
    for given in (name, {"name": name}, {"name": name, "clipnorm": None}):
        assert plan(optimizer=given).facts()["optimizer"] == "RMSprop"


@pytest.mark.parametrize("name", ["exponential_decay", "ExponentialDecay"])
def test_so_has_the_name_of_a_schedule(name: str) -> None:
    rate = plan(learning_rate={"schedule": name, **DECAY}).facts()["learning_rate"]
    assert rate == {"schedule": "ExponentialDecay", **DECAY}


def test_values_have_one_form_too() -> None:
    """So that plans are the same whose training is."""
    one = plan(
        optimizer={"name": "sgd", "momentum": 1, "clipnorm": 2},
        learning_rate={"schedule": "exponential_decay", **DECAY, "decay_steps": 100.0},
    )
    other = plan(
        optimizer={"clipnorm": 2.0, "momentum": 1.0, "name": "SGD"},
        learning_rate={"decay_rate": 0.5, **DECAY, "schedule": "ExponentialDecay"},
    )
    assert (one, one.text, hash(one)) == (other, other.text, hash(other))
    assert '"decay_steps":100,' in one.text
    assert '"clipnorm":2.0,' in one.text
    negative, zero = (plan(optimizer={"name": "sgd", "momentum": x}) for x in (-0.0, 0))
    assert negative.text == zero.text


@pytest.mark.parametrize(
    "key", ["boundaries", "decay_steps", "first_decay_steps", "ns_steps", "warmup_steps"]
)
def test_some_options_are_whole_numbers(key: str) -> None:
    """Keras would make tensors of another kind of them."""
    line = rf"learning_rate\.{key}: expected a whole number, got 1\.5$"
    with pytest.raises(EchoseqError, match=line):
        plan(learning_rate={"schedule": "cosine_decay", key: 1.5})
    rate = plan(learning_rate={"schedule": "cosine_decay", key: 2.0}).facts()["learning_rate"]
    assert json.dumps(rate[key]) == "2"


@pytest.mark.parametrize(
    ("rate", "first"),
    [
        ({"schedule": "exponential_decay", **DECAY}, 0.1),
        (
            {"schedule": "piecewise_constant_decay", "boundaries": [9], "values": [0.3, 0.02]},
            0.3,
        ),
        ({"schedule": "exponential_decay"}, None),
    ],
)
def test_a_schedule_begins_with_a_rate(rate: dict[str, Any], first: float | None) -> None:
    """As the table of experiments tells it."""
    found = plan(learning_rate=rate).learning_rate
    assert isinstance(found, Schedule)
    assert found.first == first


def test_a_plan_is_read_back_from_json() -> None:
    given = plan(
        optimizer={"name": "sgd", "momentum": 0.9, "nesterov": True},
        learning_rate={
            "schedule": "piecewise_constant_decay",
            "boundaries": [10, 20],
            "values": [0.1, 0.01, 0.001],
        },
    )
    assert Plan.from_facts(json.loads(given.text)) == given
    assert hash(Plan.from_facts(json.loads(given.text))) == hash(given)
    assert str(given.optimizer) == "SGD (momentum 0.9, nesterov true)"
    assert str(given.learning_rate) == (
        "PiecewiseConstantDecay (boundaries [10, 20], values [0.1, 0.01, 0.001])"
    )


def test_a_plan_without_the_keys_is_that_of_adam_with_a_number() -> None:
    facts = plan().facts()
    assert (facts.pop("optimizer"), facts.pop("learning_rate")) == ("Adam", 0.001)
    assert Plan.from_facts(facts) == plan() == plan(optimizer="adam", learning_rate=0.001)
    assert plan().optimizer == ADAM


def test_a_resolved_configuration_gives_the_same_plans() -> None:
    """It is JSON, as results keep it."""
    study = load(
        with_keys(
            optimizer={"name": "adam_w", "weight_decay": 0.01},
            learning_rate={"schedule": "polynomial_decay", **DECAY, "power": 2, "decay_rate": None},
        )
    )
    resolved = json.loads(json.dumps(study.resolved()))
    assert resolved["experiments"]["a"]["optimizer"] == {"name": "AdamW", "weight_decay": 0.01}
    assert resolved["experiments"]["b"]["optimizer"] == "Adam"
    assert load(resolved).plan_of("a") == study.plan_of("a")


def test_what_differs_is_shown_in_words() -> None:
    sgd = plan(optimizer={"name": "sgd", "momentum": 0.9})
    key, ours, theirs = difference(plan(), sgd) or ("", "", "")
    assert (key, f"{ours}, {theirs}") == ("optimizer", "Adam, SGD (momentum 0.9)")


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        (
            {"optimizer": "rmspop"},
            "optimizer: expected one of 14 names, got 'rmspop'; did you mean RMSprop?",
        ),
        (
            {"optimizer": {"name": "adm"}},
            "optimizer.name: expected one of 14 names, got 'adm'; did you mean Adam",
        ),
        (
            {"optimizer": "keras.RMSprop(momentum=0.9, centered=True)"},
            "optimizer: expected a name, or a name with options, as in {name: RMSprop, momentum: "
            "0.9, centered: true}, got text 'keras.RMSprop(momentum=0.9, centered=True)'",
        ),
        (
            {"optimizer": "SGD()"},
            "optimizer: expected a name, or a name with options, as in {name: SGD, momentum: 0.9}, "
            "got text 'SGD()'",
        ),
        (
            {"optimizer": "rmsprop", "clipnorm": 1.0},
            "clipnorm: unknown key; it is an option of `optimizer`: {name: rmsprop, clipnorm: 1.0}",
        ),
        (
            {"optimizer": {"name": "sgd", "momentum": 0.9}, "clipvalue": 0.5},
            "clipvalue: unknown key; it is an option of `optimizer`: {name: sgd, momentum: 0.9, "
            "clipvalue: 0.5}",
        ),
        (
            {"weight_decay": 0.1},
            "weight_decay: unknown key; it is an option of `optimizer`: {name: adam, "
            "weight_decay: 0.1}",
        ),
        ({"optimizer": 3}, "optimizer: expected a name, or a name with options, got 3"),
        ({"optimizer": None}, "optimizer: expected a name, or a name with options, got nothing"),
        ({"optimizer": {"momentum": 0.9}}, "optimizer.name: expected a value, got none"),
        ({"optimizer": {"name": 3}}, "optimizer.name: expected a name, got 3"),
        (
            {"optimizer": {"name": "adam", "epsilon": "1e-7"}},
            "optimizer.epsilon: expected a number, or true or false, got text '1e-7'; write "
            "0.0000001 or 1.0e-7",
        ),
        (
            {"optimizer": {"name": "adam", "epsilon": float("nan")}},
            "optimizer.epsilon: expected a number of at most 1e+30, got nan",
        ),
        (
            {"optimizer": {"name": "adam", "epsilon": -2e30}},
            "optimizer.epsilon: expected a number of at most 1e+30, got -2e+30",
        ),
        (
            {"learning_rate": {"schedule": "piecewise_constant_decay", "values": [0.1, True]}},
            "learning_rate.values: expected a number, ",
        ),
        (
            {"optimizer": {"name": "adam", "epsilon": {"a": 1}}},
            "optimizer.epsilon: expected a number, or true or false, got keys and values",
        ),
        (
            {"learning_rate": {"schedule": "expo_decay"}},
            "learning_rate.schedule: expected one of CosineDecay, CosineDecayRestarts, ",
        ),
        (
            {"learning_rate": {"initial_learning_rate": 0.1}},
            "learning_rate.schedule: expected a value, got none",
        ),
        (
            {"learning_rate": {"schedule": "exponential_decay", "decay_steps": 1.5}},
            "learning_rate.decay_steps: expected a whole number, got 1.5",
        ),
        (
            {"learning_rate": {"schedule": "piecewise_constant_decay", "boundaries": []}},
            "learning_rate.boundaries: expected at least one number, got none",
        ),
        ({"learning_rate": [0.1]}, "learning_rate: expected a number, got [0.1]"),
        ({"learning_rate": 11}, "learning_rate: expected 10.0 or less, got 11"),
    ],
)
def test_what_is_neither_is_one_clear_line(keys: dict[str, Any], line: str) -> None:
    with pytest.raises(EchoseqError) as caught:
        plan(**keys)
    assert str(caught.value).startswith(f"experiments.a.{line}")
    assert "\n" not in str(caught.value)


def test_the_record_of_a_run_with_another_optimizer_is_refused() -> None:
    with pytest.raises(EchoseqError, match=r"^plan\.optimizer: expected one of 14 names, "):
        Plan.from_facts(plan().facts() | {"optimizer": "x"})


@pytest.mark.parametrize(
    ("optimizer", "copies"),
    [
        ("adam", 4),
        ({"name": "adam", "amsgrad": True}, 5),
        ({"name": "adam", "amsgrad": False}, 4),
        ({"name": "sgd", "momentum": 0}, 2),
        ({"name": "rmsprop", "momentum": 0.9, "centered": True}, 5),
        ("sgd", 2),
        ({"name": "sgd", "momentum": 0.9}, 3),
    ],
)
def test_memory_counts_what_an_optimizer_keeps(optimizer: Any, copies: int) -> None:
    weights = (memory(plan()) - memory(plan(optimizer="sgd"))) / 2
    assert memory(plan(optimizer=optimizer)) - memory(plan(optimizer="sgd")) == (
        weights * (copies - 2)
    )


SWEPT = ["sgd", {"name": "rmsprop", "clipnorm": 1.0}, {"clipnorm": 2.0, "name": "rmsprop"}]
RATES = [0.01, {"schedule": "exponential_decay", **DECAY}]


def swept(**grid: Any) -> dict[str, Any]:
    study = study_of_two()
    facts = {**study["experiments"].pop("b"), "compare_to": {"optimizer": "sgd"}}
    del facts["cells"]
    sweep = {**facts, "question": "q", "grid": {"optimizer": SWEPT, "cells": [3], **grid}}
    return study | {"sweeps": {"s": sweep}, "questions": {"q": {"text": "Which?"}}}


def test_a_sweep_varies_optimizers_with_their_options() -> None:
    study = load(swept())
    names = ["s_rmsprop_clipnorm_1_0_3", "s_rmsprop_clipnorm_2_0_3", "s_sgd_3"]
    assert study.names_on("q") == names
    assert [str(study.plan_of(name).optimizer) for name in names] == [
        "RMSprop (clipnorm 1.0)",
        "RMSprop (clipnorm 2.0)",
        "SGD",
    ]
    assert [study.experiments[name].compare_to for name in names] == ["s_sgd_3", "s_sgd_3", None]
    assert study.experiments[names[0]].group == "rmsprop clipnorm 1.0"


def test_it_may_be_compared_to_one_with_options() -> None:
    given = swept()
    given["sweeps"]["s"]["compare_to"] = {"optimizer": {"name": "rmsprop", "clipnorm": 2.0}}
    assert load(given).experiments["s_sgd_3"].compare_to == "s_rmsprop_clipnorm_2_0_3"


def test_a_sweep_varies_schedules_that_have_names() -> None:
    given = swept(
        optimizer={"adam": {}, "sgd": {"optimizer": "sgd"}},
        rate={"fixed": {"learning_rate": RATES[0]}, "decayed": {"learning_rate": RATES[1]}},
    )
    study = load(given)
    rates = {n: str(study.plan_of(n).learning_rate) for n in study.names_on("q")}
    assert rates["s_sgd_fixed_3"] == "0.01"
    assert rates["s_adam_decayed_3"].startswith("ExponentialDecay (decay_rate 0.5, ")


def test_reading_them_loads_no_tensorflow() -> None:
    """Nor does a check of a study that uses Adam alone."""
    code = (
        "import sys; from echoseq.study.reading import load\n"
        "from echoseq.evaluation.optimizers import check_optimizers\n"
        f"load({with_keys(optimizer='sgd')!r})\n"
        f"study = load({with_keys(learning_rate=0.1)!r})\n"
        "check_optimizers({n: study.plan_of(n) for n in study.experiments})\n"
        "sys.exit('tensorflow' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
