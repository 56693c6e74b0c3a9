"""Models of plans: their layers, and what their initial weights depend on."""

from dataclasses import replace

import numpy as np
import pytest
from configurations import CONFIG

from echoseq.networks.backend import keras
from echoseq.networks.building import build, find_builder, sizes_of, stateful_layers
from echoseq.networks.contract import UNROLL_LIMIT
from echoseq.study.architectures import ARCHITECTURES
from echoseq.study.plan import Plan
from echoseq.study.reading import read

FULL = read(CONFIG).plan_of("full_echo")
PARTIAL = read(CONFIG).plan_of("partial_echo")


@pytest.mark.parametrize(("plan", "parameters"), [(FULL, 11_780), (PARTIAL, 346_300)])
def test_sizes_are_those_of_the_study(plan: Plan, parameters: int) -> None:
    model = build(plan, 0)
    assert model.count_params() == parameters
    assert model.input_shape == (plan.batch_size, plan.n_in, 100)
    assert model.output_shape == (plan.batch_size, plan.n_out, 100)


def test_layers_are_the_ones_a_reader_expects() -> None:
    names = [type(layer).__name__ for layer in build(PARTIAL, 0).layers]
    assert names == ["LSTM", "RepeatVector", "LSTM", "TimeDistributed"]
    assert [type(x).__name__ for x in build(FULL, 0).layers] == ["LSTM", "TimeDistributed"]
    assert [layer.stateful for layer in stateful_layers(build(PARTIAL, 0))] == [True, True]


def test_outputs_are_probabilities() -> None:
    inputs = np.eye(100, dtype=np.float32)[np.arange(35).reshape(7, 5)]
    outputs = build(FULL, 0)(inputs).numpy()
    np.testing.assert_allclose(outputs.sum(axis=-1), 1, rtol=1e-5)


def test_initial_weights_depend_only_on_the_seed() -> None:
    first, again, other = (build(PARTIAL, seed).get_weights() for seed in (3, 3, 4))
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    kernels = [(a, b) for a, b in zip(first, other, strict=True) if a.ndim == 2]
    assert not any(np.array_equal(a, b) for a, b in kernels)


def test_unrolling_changes_nothing_but_speed() -> None:
    steps = UNROLL_LIMIT + 1
    long = replace(FULL, length=steps, n_in=steps, n_out=steps, cells=4)
    rolled = build(long, 0)
    assert rolled.layers[0].unroll is False
    assert build(FULL, 0).layers[0].unroll is True
    unrolled = keras.Sequential.from_config(rolled.get_config())
    unrolled.layers[0].unroll = True
    unrolled.set_weights(rolled.get_weights())
    values = np.random.default_rng(0).integers(0, 100, (7, UNROLL_LIMIT + 1))
    inputs = np.eye(100, dtype=np.float32)[values]
    np.testing.assert_allclose(rolled(inputs), unrolled(inputs), atol=1e-6)


def test_both_recurrent_kernels_of_the_partial_echo_are_set() -> None:
    kernels = [w.numpy() for w in build(PARTIAL, 0).weights if w.name == "recurrent_kernel"]
    assert [kernel.shape for kernel in kernels] == [(150, 600), (150, 600)]
    assert not np.array_equal(*kernels)
    for kernel in kernels:
        np.testing.assert_allclose(kernel @ kernel.T, np.eye(150), atol=2e-6)


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_every_architecture_has_a_builder(name: str) -> None:
    built = find_builder(name)(sizes_of(replace(FULL, model=name)))
    assert isinstance(built, keras.Model)


def test_a_builder_gets_the_number_of_features_of_an_integer() -> None:
    sizes = sizes_of(FULL)
    assert (sizes.features, sizes.activation) == (100, "softmax")
    assert (sizes.n_in, sizes.n_out, sizes.cells, sizes.batch_size) == (5, 5, 20, 7)
    assert (sizes.stateful, sizes.masking) == (True, False)
    linear = sizes_of(replace(FULL, encoding="linear"))
    assert linear == replace(sizes, features=1, activation="linear")
