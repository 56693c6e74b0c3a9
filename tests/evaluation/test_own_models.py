"""The user's own models: found, checked against the contract, or refused in one line."""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from small import FULL as TINY

from echoseq.errors import EchoseqError
from echoseq.evaluation.own_models import check_own_models
from echoseq.networks.building import build, stateful_layers
from echoseq.networks.weights import weights_digest

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
            "cannot import {own}_missing (ModuleNotFoundError: No module named '{own}_missing')",
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


def test_own_models_are_checked_by_experiment_before_any_job(own: str) -> None:
    good = replace(TINY, model=f"{own}:gru_echo")
    check_own_models({"mine": good, "built_in": TINY})
    bad = replace(TINY, model=f"{own}:no_model")
    with pytest.raises(EchoseqError) as caught:
        check_own_models({"mine": good, "other": bad, "built_in": TINY})
    assert str(caught.value) == (
        f"experiments.other.model {own}:no_model: expected a Keras model, got list"
    )
