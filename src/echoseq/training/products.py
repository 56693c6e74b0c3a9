"""Products and sums of rows, with gradients in the forms that XLA computes fastest.

On a processor, XLA leaves a product to a library that first transposes a first factor if that is
asked for, slowly; here it is transposed by the program. And it takes sums in an order that LLVM may
choose to suit the processor; here the order is written out, so the bits are the same on each.
"""

from collections.abc import Callable, Sequence
from typing import Any

from echoseq.networks.backend import tf

# Rows that are added in one expression: more would compile slowly.
_TOGETHER = 16

# Neighbours that are combined with others at once.
_LANES = 8


def affine(rows: Any, kernel: Any, bias: Any) -> Any:
    """Rows (rows, features) times kernel (features, columns), plus bias (columns,) or None."""

    @tf.custom_gradient
    def product(rows: Any, kernel: Any) -> Any:
        def gradient(d_product: Any) -> list[Any]:
            d_rows = tf.matmul(d_product, kernel, transpose_b=True)
            return [d_rows, summed_outer([rows], [d_product])]

        return tf.matmul(rows, kernel), gradient

    return plus_each([product(rows, kernel)], bias)[0]


def plus_each(tensors: list[Any], bias: Any) -> list[Any]:
    """Tensors (rows, columns), as many rows each, plus a bias (columns,) that may be None."""
    if bias is None:
        return tensors

    @tf.custom_gradient
    def biased(bias: Any, *tensors: Any) -> Any:
        def gradient(*upstream: Any) -> list[Any]:
            return [sum_of_rows(tree(upstream, tf.add)), *upstream]

        return [rows + bias for rows in tensors], gradient

    return list(biased(bias, *tensors))


def summed_outer(rows: Sequence[Any], others: Sequence[Any]) -> Any:
    """The sum of r^T d over all rows r and d of pairs of tensors: one product of all of them.

    Args:
        rows: each (rows, features).
        others: each (rows, columns).

    Returns:
        (features, columns). If each tensor is a single row, it is a sum of outer products, which
        XLA fuses into the update of the weights.
    """
    if others[0].shape[0] == 1:
        return tf.add_n([row[0][:, None] * other for row, other in zip(rows, others)])
    # a single transposed tensor would be given to the library untransposed
    parts = rows if len(rows) > 1 else _halves(rows[0])
    transposed = tf.concat([tf.transpose(part) for part in parts], axis=1)
    return tf.matmul(transposed, tf.concat(others, axis=0))


def sum_of_rows(rows: Any) -> Any:
    """The sum of rows (rows, columns) in a fixed order, (columns,)."""
    while (count := rows.shape[0]) > 1:
        parts = min(count, _TOGETHER)
        size = count // parts
        whole = tree([rows[i * size : (i + 1) * size] for i in range(parts)], tf.add)
        left = rows[parts * size :]
        rows = tf.concat([whole, left], axis=0) if left.shape[0] else whole
    return rows[0]


def across(rows: Any, combine: Callable[[Any, Any], Any]) -> Any:
    """The columns of rows (rows, columns) combined in a fixed order, (rows, 1).

    Eight neighbours at once, as a processor holds them.

    Args:
        combine: of two tensors, number by number: a sum, the larger.
    """
    while (count := rows.shape[1]) > 1:
        width = min(_LANES, count - count // 2)
        parts = [rows[:, i : i + width] for i in range(0, count - width + 1, width)]
        left = rows[:, len(parts) * width :]
        if left.shape[1]:
            last = left.shape[1]
            first = combine(parts[0][:, :last], left)
            parts[0] = tf.concat([first, parts[0][:, last:]], axis=1)
        rows = tree(parts, combine)
    return rows


def tree(parts: Sequence[Any], combine: Callable[[Any, Any], Any]) -> Any:
    """All parts combined in pairs, these again, and so on."""
    parts = [*parts]
    while len(parts) > 1:
        pairs = [combine(*parts[i : i + 2]) for i in range(0, len(parts) - 1, 2)]
        parts = pairs + parts[len(pairs) * 2 :]
    return parts[0]


def _halves(rows: Any) -> list[Any]:
    half = rows.shape[0] // 2
    return [rows[:half], rows[half:]]
