"""The user's own models: found, checked against the contract, or refused in one line."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import builders
import numpy as np
import pytest
import yaml
from own import FILES
from small import FULL as TINY

from echoseq import streams
from echoseq.cli import main
from echoseq.errors import EchoseqError
from echoseq.evaluation.checking import check_plans
from echoseq.evaluation.own_models import check_own_models
from echoseq.evaluation.trials import try_building, try_saving
from echoseq.networks.backend import keras
from echoseq.networks.building import build, stateful_layers
from echoseq.networks.weights import orthogonal, weights_digest
from echoseq.study.optimizers import Optimizer

OWN = """
import keras


def gru_echo(sizes):
    layers = keras.layers
    return keras.Sequential([
        keras.Input(batch_shape=(sizes.batch_size, sizes.n_in, sizes.features)),
        layers.GRU(sizes.cells, return_sequences=True, stateful=sizes.stateful),
        layers.TimeDistributed(layers.Dense(sizes.features, activation=sizes.activation)),
    ])


def no_model(sizes):
    return [sizes]


def short(sizes):
    layers = keras.layers
    return keras.Sequential([
        keras.Input(batch_shape=(sizes.batch_size, sizes.n_in, sizes.features)),
        layers.Cropping1D((1, 0)),
    ])


def narrow(sizes):
    return keras.Sequential([
        keras.Input(batch_shape=(sizes.batch_size, sizes.n_in, sizes.features + 1)),
        keras.layers.Dense(sizes.features),
    ])


def any_batch(sizes):
    return keras.Sequential([
        keras.Input((sizes.n_in, sizes.features)), keras.layers.Dense(sizes.features)
    ])


def unbuilt(sizes):
    return keras.Sequential([keras.layers.Dense(sizes.features)])


def fails(sizes):
    raise ValueError("units: expected\\nmore of them")


def no_sizes():
    return None


not_a_function = 3
"""


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> str:
    """The name of a module in the working directory, different in every test."""
    name = f"own_{abs(hash(request.node.name))}"
    (tmp_path / f"{name}.py").write_text(OWN, encoding="utf-8")
    (tmp_path / f"{name}_broken.py").write_text("def gru(:\n", encoding="utf-8")
    (tmp_path / f"{name}_raising.py").write_text(
        "raise RuntimeError('one line\\nand another')\n", encoding="utf-8"
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", sys.path.copy())
    return name


def test_the_users_own_model_is_found_and_built_like_any_other(own: str) -> None:
    plan = replace(TINY, model=f"{own}:gru_echo")
    model, again = build(plan, 3), build(plan, 3)
    assert [type(layer).__name__ for layer in model.layers] == ["GRU", "TimeDistributed"]
    assert [layer.stateful for layer in stateful_layers(model)] == [True]
    assert weights_digest(model) == weights_digest(again)
    assert weights_digest(model) != weights_digest(build(plan, 4))
    kernel = next(w.numpy() for w in model.weights if w.name == "recurrent_kernel")
    np.testing.assert_allclose(kernel @ kernel.T, np.eye(6), atol=2e-6)
    linear = build(replace(plan, encoding="linear"), 0)
    assert linear.output_shape == (3, 4, 1)


@pytest.mark.parametrize(
    ("path", "said"),
    [
        (
            "_missing:gru",
            "cannot import {own}_missing, which is looked for in the working directory, ",
        ),
        ("_broken:gru", "cannot import {own}_broken ("),
        ("_raising:gru", "cannot import {own}_raising (RuntimeError: one line and another)"),
        (":missing", "expected a function missing in {own}"),
        (":not_a_function", "expected a function not_a_function in {own}"),
        (":no_model", "expected a Keras model, got list"),
        (":short", "expected output shape (3, 4, 10), got (3, 3, 10)"),
        (":narrow", "expected input shape (3, 4, 10), got (3, 4, 11)"),
        (":any_batch", "expected input shape (3, 4, 10), got (None, 4, 10)"),
        (":unbuilt", "expected input shape (3, 4, 10), got None"),
        (":fails", "units: expected more of them"),
        (":no_sizes", "no_sizes() takes 0 positional arguments"),
    ],
)
def test_a_broken_contract_is_one_clear_line(own: str, path: str, said: str) -> None:
    with pytest.raises(EchoseqError) as caught:
        build(replace(TINY, model=own + path), 0)
    line = str(caught.value)
    assert line.startswith(f"model {own}{path}: ")
    assert said.format(own=own) in line
    assert "\n" not in line


def refused(name: str, **changes: object) -> str:
    """Why a model of `builders` is refused."""
    with pytest.raises(EchoseqError) as caught:
        check_own_models({"mine": replace(TINY, model=f"builders:{name}", **changes)})
    line = str(caught.value)
    start = f"experiments.mine.model builders:{name}: "
    assert line.startswith(start)
    assert "\n" not in line
    return line.removeprefix(start)


def test_the_first_experiment_that_cannot_be_done_is_named(own: str) -> None:
    bad = replace(TINY, model=f"{own}:no_model")
    with pytest.raises(EchoseqError) as caught:
        check_own_models({"other": bad, "built_in": TINY})
    assert str(caught.value) == (
        f"experiments.other.model {own}:no_model: expected a Keras model, got list"
    )


def test_a_model_with_which_all_can_be_done_is_valid_and_trying_it_leaves_no_trace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither files nor other modules or registered classes than before."""
    monkeypatch.chdir(tmp_path)
    registered = dict(keras.saving.get_custom_objects())
    plan = replace(TINY, model="builders:leaky")
    larger = replace(plan, cells=7, learning_rate=0.5)
    check_own_models({"built_in": TINY, "mine": plan, "larger": larger})
    assert list(tmp_path.iterdir()) == []
    assert sys.modules["builders"] is builders
    assert keras.saving.get_custom_objects() == registered


def test_dropout_and_noise_are_no_state() -> None:
    plan = replace(TINY, model="builders:noisy")
    try_saving(plan, build(plan, 0))


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("logits", "expected outputs that are probabilities, as sizes.activation makes them"),
        ("sigmoids", "expected outputs that are probabilities, as sizes.activation makes them"),
        ("over_steps", "expected outputs that are probabilities, as sizes.activation makes them"),
        ("endless", "expected outputs that are finite numbers"),
        ("compiled", "expected a model that is not compiled"),
        ("own_training", "Trained has its own train_step, which the study would not call"),
        ("halved", "expected layers that compute in float32, but lstm"),
        ("frozen", "expected weights to train, got none"),
        ("reseeding", "sets a random seed of its own"),
        ("haphazard", "is another one when built again with the same seed"),
        ("stacked", "cannot reset the state of layer rnn"),
    ],
)
def test_what_is_not_in_the_contract_is_refused_when_it_is_built(name: str, said: str) -> None:
    assert said in refused(name)


def test_a_linear_model_need_not_give_probabilities() -> None:
    try_building(replace(TINY, model="builders:logits", encoding="linear"))
    assert "finite" in refused("endless", encoding="linear")


def test_states_are_carried_only_where_they_should_be() -> None:
    said = "expected no stateful layer with stateful: false, but lstm"
    assert said in refused("always_stateful", stateful=False)
    stateless = replace(TINY, model="builders:stacked", stateful=False)
    try_building(stateless)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("closing_over", "cannot save it (TypeError: Cannot serialize object Sizes("),
        ("anonymous", "cannot load it once saved (ValueError: Requested the deserialization of a"),
        ("unregistered", "cannot load it once saved (TypeError: Could not locate class 'Unregi"),
        ("registered_late", "cannot load it once saved (TypeError: Could not locate class 'Late'"),
        ("forgetful", "answers differently once saved and loaded; does get_config return all"),
        ("counting", "when it answers, and no reset undoes that"),
    ],
)
def test_what_cannot_be_saved_or_used_once_saved_is_refused(name: str, said: str) -> None:
    plan = replace(TINY, model=f"builders:{name}")
    with pytest.raises(EchoseqError) as caught:
        try_saving(plan, build(plan, 0))
    assert str(caught.value).startswith(f"model builders:{name}: ")
    assert said in str(caught.value)


def test_what_could_not_be_resumed_is_refused() -> None:
    said = refused("shaken")
    assert "cannot train it" in said or "ends with other weights when trained again" in said


@pytest.mark.parametrize("command", ["check-config", "train"])
def test_the_command_line_refuses_it_before_anything_is_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    configuration, output = tmp_path / "my.yaml", tmp_path / "run"
    experiment = {"task": "digits", "model": "builders:logits", "cells": 4, "epochs": 9}
    content = {
        "version": "mine",
        "inherit": False,
        "seeds": 1,
        "tasks": {"digits": {"alphabet": 10, "n_in": 3, "n_out": 3}},
        "experiments": {"mine": experiment | {"batch_size": 23}},
    }
    configuration.write_text(yaml.safe_dump(content))
    by_hand = ["mine", "--config", str(configuration), "--output", str(output)]
    assert main([command, *({"train": by_hand}.get(command) or [str(configuration)])]) == 1
    assert "experiments.mine.model builders:logits: expected outputs" in capsys.readouterr().err
    assert not output.exists()


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"targets": "no_such_tasks:f"}, "experiments.mine.task: no_such_tasks:f: cannot import"),
        (
            {"optimizer": Optimizer("SGD", (("momentum", 2.0),))},
            "experiments.mine.optimizer.momentum: expected 0 to 1, got 2.0",
        ),
        ({"model": "no_such_models:net"}, "model no_such_models:net: cannot import"),
    ],
    ids=["task", "optimizer", "model"],
)
def test_all_that_only_a_trial_can_tell_is_tried(changes: dict[str, Any], line: str) -> None:
    with pytest.raises(EchoseqError) as caught:
        check_plans({"built_in": TINY, "mine": replace(TINY, **changes)})
    assert line in str(caught.value)


@pytest.mark.parametrize(
    ("sets", "reason"),
    [
        (["encoder"], ": expected a recurrent layer named encoder to probe, got"),
        (["decoder"], ": expected states of the decoder to probe, found none)"),
    ],
)
def test_states_that_cannot_be_probed_are_refused(sets: list[str], reason: str) -> None:
    plan = replace(TINY, model="builders:plain")
    with pytest.raises(EchoseqError) as caught:
        check_plans({"mine": plan}, probed=["mine"], sets=sets)
    assert reason in str(caught.value)
    said = "cannot probe it (model sequential"
    assert f"experiments.mine.model builders:plain: {said}" in str(caught.value)


@pytest.mark.parametrize("name", ["glorot", "leaky"])
def test_an_initializer_is_kept_unless_it_is_keras_orthogonal_one(name: str) -> None:
    weights = build(replace(TINY, model=f"builders:{name}"), 0).get_weights()
    recurrent = weights[1]
    is_orthogonal = np.allclose(recurrent @ recurrent.T, np.eye(6), atol=2e-6)
    assert is_orthogonal == (name == "leaky")
    if name == "glorot":
        assert np.abs(recurrent).max() <= np.sqrt(6 / (6 + 24))


def test_every_orthogonal_weight_comes_from_the_stream_of_the_run() -> None:
    plan = replace(TINY, model="builders:orthogonal_everywhere")
    kernel, recurrent, *_ = build(plan, 0).get_weights()
    stream = streams.generator("recurrent weights", 0)
    np.testing.assert_array_equal(kernel, orthogonal(10, 24, stream=stream))
    np.testing.assert_array_equal(recurrent, orthogonal(6, 24, stream=stream))


def test_an_explicit_seed_is_the_users_choice() -> None:
    plan = replace(TINY, model="builders:seeded")
    try_building(plan)
    assert weights_digest(build(plan, 0)) == weights_digest(build(plan, 1))


def test_the_cell_of_the_documentation_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "my_cells.py").write_text(FILES["my_cells.py"], encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    check_own_models({"mgu": replace(TINY, model="my_cells:mgu_echo")})
