import numpy as np
import pytest

from echoseq import models, streams, study
from echoseq.backend import keras

FULL = {"model": "lstm", "n_in": 5, "n_out": 5, "alphabet": 100, "cells": 20, "batch_size": 7}
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
    assert set(models.BUILDERS) == set(study.Model.__args__)


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
