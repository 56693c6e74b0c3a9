"""The weights of a model: initial values, and their digest."""

import numpy as np
import pytest
from small import FULL

from echoseq import streams
from echoseq.networks.building import build
from echoseq.networks.weights import orthogonal, set_recurrent_kernels, weights_digest


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


def test_only_recurrent_kernels_are_redrawn() -> None:
    model = build(FULL, 0)
    names = [weight.name for weight in model.trainable_variables]
    before = [weight.numpy() for weight in model.trainable_variables]
    set_recurrent_kernels(model, streams.generator("test", 0))
    after = [weight.numpy() for weight in model.trainable_variables]
    redrawn = [not np.array_equal(a, b) for a, b in zip(before, after, strict=True)]
    assert redrawn == [name == "recurrent_kernel" for name in names]
    assert sum(redrawn) == 1


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
