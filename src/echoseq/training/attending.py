"""Attention by dot products (Luong et al. 2015), and its gradient.

With few steps and many features, the products of each window are too small for a library of matrix
products; here they are sums over features of all windows at once.
"""

from collections.abc import Callable
from typing import Any

from echoseq.networks.backend import tf
from echoseq.training.products import across, tree


def attend(queries: Any, values: Any) -> Any:
    """The mean of values, weighted by softmax of their dot products with each query.

    Args:
        queries: (queries, batch, features).
        values: (values, batch, features).

    Returns:
        (queries, batch, features).
    """

    @tf.custom_gradient
    def context(queries: Any, values: Any) -> Any:
        weights = _softmax(_compare(queries, values))

        def gradient(upstream: Any) -> list[Any]:
            d_weights = _compare(upstream, values)
            shared = _over(1, weights * d_weights, tf.add)
            d_scores = weights * (d_weights - shared)
            d_values = _over(0, weights * upstream[:, None] + d_scores * queries[:, None], tf.add)
            return [_over(1, d_scores * values[None], tf.add)[:, 0], d_values[0]]

        return _over(1, weights * values[None], tf.add)[:, 0], gradient

    return context(queries, values)


def _compare(queries: Any, values: Any) -> Any:
    """The dot product of each query with each value, (queries, values, batch, 1)."""
    products = queries[:, None] * values[None]
    rows = tf.reshape(products, [-1, products.shape[-1]])
    return tf.reshape(across(rows, tf.add), [*products.shape[:-1], 1])


def _softmax(scores: Any) -> Any:
    """Over the values."""
    powers = tf.exp(scores - _over(1, scores, tf.maximum))
    return powers / _over(1, powers, tf.add)


def _over(axis: int, tensor: Any, combine: Callable[[Any, Any], Any]) -> Any:
    """All parts along an axis combined, in a fixed order; the axis stays."""
    return tf.expand_dims(tree(tf.unstack(tensor, axis=axis), combine), axis)
