"""Products and sums in forms of our own, beside NumPy's."""

from typing import Any

import numpy as np
import pytest

from echoseq.networks.backend import tf
from echoseq.training.products import across, affine, sum_of_rows, summed_outer


def drawn(*shape: int) -> np.ndarray:
    return np.random.default_rng(0).normal(size=shape).astype(np.float32)


@pytest.mark.parametrize("rows", [1, 2, 7, 16, 17, 21, 42, 105, 525])
def test_rows_are_summed(rows: int) -> None:
    values = drawn(rows, 5)
    np.testing.assert_allclose(sum_of_rows(tf.constant(values)), values.sum(0), rtol=1e-4)


@pytest.mark.parametrize("columns", [1, 2, 5, 8, 9, 13, 50, 100, 129])
def test_columns_are_combined(columns: int) -> None:
    values = drawn(4, columns)
    for combine, expected in ((tf.add, np.sum), (tf.maximum, np.max)):
        found = across(tf.constant(values), combine)
        np.testing.assert_allclose(found, expected(values, 1, keepdims=True), rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("rows", [1, 2, 5])
@pytest.mark.parametrize("pairs", [1, 3])
def test_outer_products_are_summed(pairs: int, rows: int) -> None:
    parts = [(drawn(rows, 3) + i, drawn(rows, 4) - i) for i in range(pairs)]
    found = summed_outer(*zip(*((tf.constant(a), tf.constant(b)) for a, b in parts)))
    np.testing.assert_allclose(found, sum(a.T @ b for a, b in parts), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("biased", [True, False])
def test_a_product_has_the_gradients_of_a_product(biased: bool) -> None:
    tensors = [*map(tf.constant, (drawn(6, 3), drawn(3, 4), drawn(4)))]
    upstream = drawn(6, 4)

    def gradients(product: Any) -> list[Any]:
        with tf.GradientTape() as tape:
            tape.watch(tensors)
            found = tf.reduce_sum(product(*tensors) * upstream)
        return tape.gradient(found, tensors[: 2 + biased])

    ours = gradients(lambda x, k, b: affine(x, k, b if biased else None))
    plain = gradients(lambda x, k, b: x @ k + (b if biased else 0))
    for a, b in zip(ours, plain, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-5)
