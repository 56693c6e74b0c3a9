"""The architectures: sizes, what they can remember, and models of one's own."""

import re
import sys
from pathlib import Path

import numpy as np
import pytest
from conftest import PROJECT

from echoseq import streams
from echoseq.errors import EchoseqError
from echoseq.networks import building as models
from echoseq.networks.backend import keras
from echoseq.study import schema as study

FULL = {
    **{"model": "lstm", "n_in": 5, "n_out": 5, "alphabet": 100, "cells": 20, "batch_size": 7},
    **{"encoding": "one_hot", "framing": "drop", "stateful": True, "masking": False},
}
PARTIAL = FULL | {"model": "encoder_decoder", "n_out": 2, "cells": 150, "batch_size": 21}


@pytest.mark.parametrize(("plan", "parameters"), [(FULL, 11_780), (PARTIAL, 346_300)])
def test_sizes_are_those_of_the_study(plan: dict, parameters: int) -> None:
    model = models.build(plan, 0)
    assert model.count_params() == parameters
    assert model.input_shape == (plan["batch_size"], plan["n_in"], 100)
    assert model.output_shape == (plan["batch_size"], plan["n_out"], 100)


def test_layers_are_the_ones_a_reader_expects() -> None:
    names = [type(layer).__name__ for layer in models.build(PARTIAL, 0).layers]
    assert names == ["LSTM", "RepeatVector", "LSTM", "TimeDistributed"]
    assert [type(x).__name__ for x in models.build(FULL, 0).layers] == ["LSTM", "TimeDistributed"]
    assert [layer.stateful for layer in models.stateful_layers(models.build(PARTIAL, 0))] == [
        True,
        True,
    ]


def test_outputs_are_probabilities() -> None:
    inputs = np.eye(100, dtype=np.float32)[np.arange(35).reshape(7, 5)]
    outputs = models.build(FULL, 0)(inputs).numpy()
    np.testing.assert_allclose(outputs.sum(axis=-1), 1, rtol=1e-5)


def test_initial_weights_depend_on_the_seed_alone() -> None:
    first, again, other = (models.build(PARTIAL, seed).get_weights() for seed in (3, 3, 4))
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    kernels = [(a, b) for a, b in zip(first, other, strict=True) if a.ndim == 2]
    assert not any(np.array_equal(a, b) for a, b in kernels)


def test_every_configurable_model_has_a_builder() -> None:
    assert list(models.BUILDERS) == list(study.MODELS)


def test_unrolling_changes_nothing_but_speed() -> None:
    long = FULL | {"n_in": models.UNROLL_LIMIT + 1, "n_out": models.UNROLL_LIMIT + 1, "cells": 4}
    rolled = models.build(long, 0)
    assert rolled.layers[0].unroll is False
    assert models.build(FULL, 0).layers[0].unroll is True
    unrolled = keras.Sequential.from_config(rolled.get_config())
    unrolled.layers[0].unroll = True
    unrolled.set_weights(rolled.get_weights())
    values = np.random.default_rng(0).integers(0, 100, (7, models.UNROLL_LIMIT + 1))
    inputs = np.eye(100, dtype=np.float32)[values]
    np.testing.assert_allclose(rolled(inputs), unrolled(inputs), atol=1e-6)


@pytest.mark.parametrize(("rows", "columns"), [(1, 4), (6, 24), (150, 600), (8, 8)])
def test_recurrent_kernels_are_orthogonal(rows: int, columns: int) -> None:
    kernel = models.orthogonal(rows, columns, stream=streams.generator("test", 0))
    assert kernel.dtype == np.float32
    np.testing.assert_allclose(kernel @ kernel.T, np.eye(rows), atol=2e-6)


def test_recurrent_kernels_point_everywhere() -> None:
    """Uniform on the orthogonal matrices: each entry has mean 0 and variance 1 / columns."""
    stream = streams.generator("test", 0)
    drawn = np.stack([models.orthogonal(3, 12, stream=stream) for _ in range(3000)])
    np.testing.assert_allclose(drawn.mean(axis=0), 0, atol=0.03)
    np.testing.assert_allclose(drawn.var(axis=0), 1 / 12, atol=0.01)


def test_both_recurrent_kernels_of_the_partial_echo_are_set() -> None:
    kernels = [w.numpy() for w in models.build(PARTIAL, 0).weights if w.name == "recurrent_kernel"]
    assert [kernel.shape for kernel in kernels] == [(150, 600), (150, 600)]
    assert not np.array_equal(*kernels)
    for kernel in kernels:
        np.testing.assert_allclose(kernel @ kernel.T, np.eye(150), atol=2e-6)


# Sizes of all six


def lstm_size(inputs: int, units: int) -> int:
    return 4 * ((inputs + units) * units + units)


def dense_size(inputs: int, units: int) -> int:
    return inputs * units + units


def parameters_by_hand(architecture: str, features: int, n_in: int, n_out: int, cells: int) -> int:
    step, vector = dense_size(cells, features), dense_size(cells, n_out * features)
    return {
        "lstm": lstm_size(features, cells) + step,
        "encoder_decoder": lstm_size(features, cells) + lstm_size(cells, cells) + step,
        "many_to_one": lstm_size(features, cells) + vector,
        "one_to_one": lstm_size(n_in * features, cells) + vector,
        "memoryless": dense_size(features, cells) + step,
        "last_step": dense_size(features, cells) + vector,
    }[architecture]


@pytest.mark.parametrize(
    ("name", "n_out", "cells", "parameters"),
    [
        ("lstm", 5, 20, 11_780),
        ("encoder_decoder", 2, 150, 346_300),
        ("many_to_one", 5, 20, 20_180),
        ("one_to_one", 5, 20, 52_180),
        ("memoryless", 5, 20, 4_120),
        ("last_step", 2, 150, 45_350),
    ],
)
def test_parameters_of_all_architectures(
    name: str, n_out: int, cells: int, parameters: int
) -> None:
    assert parameters_by_hand(name, 100, 5, n_out, cells) == parameters
    model = models.build(FULL | {"model": name, "n_out": n_out, "cells": cells}, 0)
    assert model.count_params() == parameters
    assert model.name == name


BASE, BIG = ("lstm", 20), ("encoder_decoder", 150)
# The experiments of the study as they are described: model and cells, features, n_in, n_out,
# batch size; stateful and without a Masking layer unless its name is among those below. Larger
# twins are named by their cells, full_linear_100, and are the same in everything else.
DESCRIBED = {
    "full_echo": (*BASE, 100, 5, 5, 7),
    "partial_echo": (*BIG, 100, 5, 2, 21),
    "full_linear": (*BASE, 1, 5, 5, 7),
    "partial_linear": (*BIG, 1, 5, 2, 21),
    "full_masked": (*BASE, 100, 5, 5, 5),
    "full_unmasked": (*BASE, 100, 5, 5, 5),
    "partial_masked": (*BIG, 100, 5, 2, 25),
    "partial_unmasked": (*BIG, 100, 5, 2, 25),
    "three_of_5": (*BIG, 100, 5, 3, 21),
    "four_of_5": (*BIG, 100, 5, 4, 21),
    "five_of_5": (*BIG, 100, 5, 5, 21),
    "two_of_10": (*BIG, 100, 10, 2, 16),
    "five_of_10": (*BIG, 100, 10, 5, 16),
    "ten_of_10": (*BIG, 100, 10, 10, 16),
    "full_stateless": (*BASE, 100, 5, 5, 1),
    "partial_stateless": (*BIG, 100, 5, 2, 1),
    "full_one_to_one": ("one_to_one", 20, 100, 5, 5, 7),
    "partial_one_to_one": ("one_to_one", 150, 100, 5, 2, 21),
    "full_many_to_one": ("many_to_one", 20, 100, 5, 5, 7),
    "partial_many_to_one": ("many_to_one", 150, 100, 5, 2, 21),
    "full_memoryless": ("memoryless", 20, 100, 5, 5, 7),
    "partial_last_step": ("last_step", 150, 100, 5, 2, 21),
}
STATELESS = {"full_stateless", "partial_stateless"}
MASKING = {"full_masked", "partial_masked"}
STUDY = study.read(PROJECT / "config" / "config.yaml")


def without_cells(name: str) -> tuple[str, int | None]:
    """The name of an experiment, and the cells that it may end with."""
    found = re.fullmatch(r"(.+)_(\d{3})", name)
    return (found[1], int(found[2])) if found else (name, None)


def test_every_experiment_of_the_study_is_described() -> None:
    assert {without_cells(name)[0] for name in STUDY.experiments} == set(DESCRIBED)
    assert set(DESCRIBED) <= set(STUDY.experiments)


@pytest.mark.parametrize("name", STUDY.experiments)
def test_every_experiment_of_the_study_is_the_model_described(name: str) -> None:
    base, larger = without_cells(name)
    architecture, cells, features, n_in, n_out, batch_size = DESCRIBED[base]
    cells = larger or cells
    model = models.build(study.training_plan(STUDY, name), 0)
    assert model.name == architecture
    assert model.input_shape == (batch_size, n_in, features)
    assert model.output_shape == (batch_size, n_out, features)
    assert model.count_params() == parameters_by_hand(architecture, features, n_in, n_out, cells)
    kinds = [type(layer).__name__ for layer in model.layers]
    assert kinds.count("Masking") == (name in MASKING)
    assert kinds[0] == "Masking" or name not in MASKING
    recurrent = [layer for layer in model.layers if isinstance(layer, keras.layers.LSTM)]
    expected = {"lstm": 1, "encoder_decoder": 2, "many_to_one": 1, "one_to_one": 1}
    assert len(recurrent) == expected.get(architecture, 0)
    assert all(layer.stateful == (name not in STATELESS) for layer in recurrent)
    assert models.stateful_layers(model) == ([] if name in STATELESS else recurrent)
    last = model.layers[-1]
    activation = getattr(last, "layer", last).activation.__name__
    assert activation == ("softmax" if features == 100 else "linear")


# What they can remember

TINY = FULL | {"alphabet": 10, "cells": 6, "batch_size": 3, "n_in": 4, "n_out": 4}
RECURRENT = ("lstm", "encoder_decoder", "many_to_one", "one_to_one")


def windows(seed: int, n_in: int = 4) -> np.ndarray:
    generator = np.random.Generator(np.random.PCG64(seed))
    return np.eye(10, dtype=np.float32)[generator.integers(0, 10, (3, n_in))]


def test_the_memoryless_control_sees_each_step_alone() -> None:
    model = models.build(TINY | {"model": "memoryless"}, 0)
    inputs, others = windows(0), windows(1)
    answers = model(inputs).numpy()
    for step in range(4):
        mixed = others.copy()
        mixed[:, step] = inputs[:, step]
        np.testing.assert_array_equal(model(mixed).numpy()[:, step], answers[:, step])
        changed = inputs.copy()
        changed[:, step] = np.roll(inputs[:, step], 1, axis=-1)
        differs = (model(changed).numpy() != answers).any(axis=(0, 2))
        assert differs.tolist() == [step == other for other in range(4)]


def test_an_lstm_sees_the_steps_before() -> None:
    """The counterpart: were the test above blind, it would pass for this too."""
    model = models.build(TINY | {"stateful": False}, 0)
    inputs = windows(0)
    changed = inputs.copy()
    changed[:, 0] = np.roll(inputs[:, 0], 1, axis=-1)
    assert (model(changed).numpy() != model(inputs).numpy()).any(axis=(0, 2)).all()


@pytest.mark.parametrize("n_out", [1, 2, 4])
def test_the_last_step_control_sees_the_last_step_alone(n_out: int) -> None:
    model = models.build(TINY | {"model": "last_step", "n_out": n_out}, 0)
    inputs, others = windows(0), windows(1)
    answers = model(inputs).numpy()
    mixed = others.copy()
    mixed[:, -1] = inputs[:, -1]
    np.testing.assert_array_equal(model(mixed).numpy(), answers)
    mixed = inputs.copy()
    mixed[:, -1] = np.roll(inputs[:, -1], 1, axis=-1)
    assert (model(mixed).numpy() != answers).any(axis=(0, 2)).all()


@pytest.mark.parametrize("name", ["memoryless", "last_step"])
def test_the_controls_carry_nothing_from_batch_to_batch(name: str) -> None:
    model = models.build(TINY | {"model": name}, 0)
    assert models.stateful_layers(model) == []
    first = model(windows(0)).numpy()
    model(windows(1))
    np.testing.assert_array_equal(model(windows(0)).numpy(), first)


@pytest.mark.parametrize("stateful", [True, False])
@pytest.mark.parametrize("name", RECURRENT)
def test_state_is_carried_from_batch_to_batch_only_if_the_sizes_say_so(
    name: str, stateful: bool
) -> None:
    model = models.build(TINY | {"model": name, "stateful": stateful}, 0)
    first = model(windows(0)).numpy()
    again = model(windows(0)).numpy()
    assert np.array_equal(again, first) != stateful
    for layer in models.stateful_layers(model):
        layer.reset_state()
    np.testing.assert_array_equal(model(windows(0)).numpy(), first)


@pytest.mark.parametrize("name", ["encoder_decoder", "many_to_one"])
def test_a_masking_layer_makes_missing_steps_as_if_they_were_not_there(name: str) -> None:
    """The same answer as with a shorter window, which has none of them; without it, another."""
    plan = TINY | {"model": name, "n_out": 2, "framing": "mask", "stateful": False}
    masked, unmasked = (models.build(plan | {"masking": m}, 0) for m in (True, False))
    short = models.build(plan | {"n_in": 2}, 0)
    short.set_weights(masked.get_weights())
    inputs = windows(0)
    inputs[:, :2] = -1
    expected = short(inputs[:, 2:]).numpy()
    np.testing.assert_allclose(masked(inputs), expected, atol=1e-6)
    assert not np.allclose(unmasked(inputs), expected, atol=1e-4)


def test_a_masked_lstm_answers_the_steps_that_are_there_as_if_it_began_with_them() -> None:
    plan = TINY | {"framing": "mask", "stateful": False, "masking": True}
    masked, short = models.build(plan, 0), models.build(plan | {"n_in": 2, "n_out": 2}, 0)
    short.set_weights(masked.get_weights())
    inputs = windows(0)
    inputs[:, :2] = -1
    np.testing.assert_allclose(masked(inputs)[:, 2:], short(inputs[:, 2:]), atol=1e-6)


@pytest.mark.parametrize("name", models.BUILDERS)
@pytest.mark.parametrize("encoding", ["one_hot", "linear"])
def test_every_architecture_answers_in_the_coding_of_its_task(name: str, encoding: str) -> None:
    model = models.build(TINY | {"model": name, "encoding": encoding}, 0)
    features = {"one_hot": 10, "linear": 1}[encoding]
    inputs = np.random.Generator(np.random.PCG64(0)).normal(0, 3, (3, 4, features))
    outputs = model(inputs.astype(np.float32)).numpy()
    assert outputs.shape == (3, 4, features)
    if encoding == "one_hot":
        np.testing.assert_allclose(outputs.sum(axis=-1), 1, rtol=1e-5)
    else:
        assert outputs.min() < 0 < outputs.max()  # no activation that would bound it


# Models of one's own

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
    """The name of a module in the working directory, unlike that of any other test."""
    name = f"own_{abs(hash(request.node.name))}"
    (tmp_path / f"{name}.py").write_text(OWN, encoding="utf-8")
    (tmp_path / f"{name}_broken.py").write_text("def gru(:\n", encoding="utf-8")
    (tmp_path / f"{name}_raising.py").write_text(
        "raise RuntimeError('one line\\nand another')\n", encoding="utf-8"
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", sys.path.copy())
    return name


def test_a_model_of_ones_own_is_found_and_built_like_any_other(own: str) -> None:
    plan = TINY | {"model": f"{own}:gru_echo"}
    model, again = models.build(plan, 3), models.build(plan, 3)
    assert [type(layer).__name__ for layer in model.layers] == ["GRU", "TimeDistributed"]
    assert [layer.stateful for layer in models.stateful_layers(model)] == [True]
    assert models.weights_digest(model) == models.weights_digest(again)
    assert models.weights_digest(model) != models.weights_digest(models.build(plan, 4))
    kernel = next(w.numpy() for w in model.weights if w.name == "recurrent_kernel")
    np.testing.assert_allclose(kernel @ kernel.T, np.eye(6), atol=2e-6)
    linear = models.build(plan | {"encoding": "linear"}, 0)
    assert linear.output_shape == (3, 4, 1)


@pytest.mark.parametrize(
    ("path", "said"),
    [
        (
            "_missing:gru",
            "cannot import {own}_missing (ModuleNotFoundError: No module named '{own}_missing')",
        ),
        ("_broken:gru", "cannot import {own}_broken ("),
        ("_raising:gru", "cannot import {own}_raising (RuntimeError: one line"),
        (":missing", "expected a function missing in {own}"),
        (":not_a_function", "expected a function not_a_function in {own}"),
        (":no_model", "expected a Keras model, got list"),
        (":short", "expected output shape (3, 4, 10), got (3, 3, 10)"),
        (":narrow", "expected input shape (3, 4, 10), got (3, 4, 11)"),
        (":any_batch", "expected input shape (3, 4, 10), got (None, 4, 10)"),
        (":unbuilt", "expected input shape (3, 4, 10), got None"),
        (":fails", "units: expected"),
        (":no_sizes", "no_sizes() takes 0 positional arguments"),
    ],
)
def test_a_broken_contract_is_one_clear_line(own: str, path: str, said: str) -> None:
    with pytest.raises(EchoseqError) as caught:
        models.build(TINY | {"model": own + path}, 0)
    line = str(caught.value)
    assert line.startswith(f"model {own}{path}: ")
    assert said.format(own=own) in line
    assert "\n" not in line
