"""The weights of a model: initial values, and their digest."""

import math

import numpy as np
import pytest
from small import FULL

from echoseq import streams
from echoseq.networks.backend import keras
from echoseq.networks.building import build
from echoseq.networks.weights import orthogonal, orthogonal_from, weights_digest


@pytest.mark.parametrize(("rows", "columns"), [(1, 4), (6, 24), (150, 600), (8, 8)])
def test_recurrent_kernels_are_orthogonal(rows: int, columns: int) -> None:
    kernel = orthogonal(rows, columns, stream=streams.generator("test", 0))
    assert kernel.dtype == np.float32
    np.testing.assert_allclose(kernel @ kernel.T, np.eye(rows), atol=2e-6)


def test_recurrent_kernels_point_everywhere() -> None:
    """Uniform on the orthogonal matrices: each entry has mean 0 and variance 1 / columns."""
    stream = streams.generator("test", 0)
    drawn = np.stack([orthogonal(3, 12, stream=stream) for _ in range(3000)])
    np.testing.assert_allclose(drawn.mean(axis=0), 0, atol=0.03)
    np.testing.assert_allclose(drawn.var(axis=0), 1 / 12, atol=0.01)


def drawn(initializer: keras.Initializer, *shape: int) -> np.ndarray:
    """What an initializer gives inside, from the same stream every time."""
    with orthogonal_from(streams.generator("test", 0)):
        return keras.ops.convert_to_numpy(initializer(shape, dtype="float32"))


@pytest.mark.parametrize("shape", [(6, 24), (24, 6), (8, 8), (2, 3, 24), (4, 6, 5)])
def test_an_orthogonal_initializer_draws_from_the_stream(shape: tuple[int, ...]) -> None:
    """Of any shape, all axes but the last being rows, as in Keras."""
    values = drawn(keras.initializers.Orthogonal(), *shape)
    rows, columns = math.prod(shape[:-1]), shape[-1]
    flat = values.reshape(rows, columns)
    expected = orthogonal(*sorted(flat.shape), stream=streams.generator("test", 0))
    np.testing.assert_array_equal(flat, expected.T if rows > columns else expected)
    assert (values.dtype, values.shape) == (np.float32, shape)


def test_the_gain_is_kept() -> None:
    doubled = drawn(keras.initializers.Orthogonal(gain=2.0), 6, 24)
    np.testing.assert_array_equal(doubled, 2 * drawn(keras.initializers.Orthogonal(), 6, 24))


@pytest.mark.parametrize("name", ["glorot_uniform", "he_normal", "identity", "ones"])
def test_every_other_initializer_is_left_alone(name: str) -> None:
    initializer = keras.initializers.get(name)
    plain = keras.ops.convert_to_numpy(initializer((6, 6), dtype="float32"))
    np.testing.assert_array_equal(drawn(initializer, 6, 6), plain)


def test_a_seed_of_its_own_and_what_is_made_outside_are_left_alone() -> None:
    seeded = keras.initializers.Orthogonal(seed=3)
    outside = keras.ops.convert_to_numpy(seeded((6, 24)))
    np.testing.assert_array_equal(drawn(seeded, 6, 24), outside)
    plain = keras.initializers.Orthogonal()
    inside = drawn(plain, 6, 24)
    assert not np.array_equal(keras.ops.convert_to_numpy(plain((6, 24))), inside)


def test_a_digest_is_of_the_weights_and_of_every_one() -> None:
    model = build(FULL, 0)
    digest = weights_digest(model)
    model(np.zeros((3, 4, 10), np.float32))  # the state of the layer is no weight
    assert weights_digest(model) == digest
    weights = model.get_weights()
    for changed in weights:
        changed.flat[0] = np.nextafter(changed.flat[0], np.float32(9))
        model.set_weights(weights)
        assert weights_digest(model) != digest
        digest = weights_digest(model)
