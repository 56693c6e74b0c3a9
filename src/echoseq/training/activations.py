"""What passes from layer to layer in training, each kind in the form that the next can use best.

Each has `tensor()`, which is what Keras would pass, (batch, ...), and `steps()`, the same with the
steps first: rows (steps * batch, features) hold all of step 0, then all of step 1. All but a plain
tensor have `products(kernel, bias)`, what each step puts into a layer with these weights.

The bias is a part of the product, except where a step takes several rows of a kernel. Were it added
afterwards, its gradient would be a sum over rows, which XLA fuses with what makes the rows and lets
LLVM order as suits the processor: other bits with AVX-512 than with AVX2.
"""

from dataclasses import dataclass
from typing import Any

from echoseq.networks.backend import tf
from echoseq.task import MISSING


@dataclass(frozen=True)
class Plain:
    """A tensor as Keras passes it, with Keras's mask if it has one."""

    whole: Any

    def tensor(self) -> Any:
        """The tensor itself."""
        return self.whole

    def steps(self) -> "Steps":
        """The steps of a tensor (batch, steps, features)."""
        batch, steps, features = self.whole.shape
        rows = tf.reshape(tf.transpose(self.whole, [1, 0, 2]), [steps * batch, features])
        mask = getattr(self.whole, "_keras_mask", None)
        return Steps(rows, steps, None if mask is None else tf.transpose(mask)[..., None])


@dataclass(frozen=True)
class Steps:
    """Any values, the steps first.

    rows: (steps * batch, features).
    mask: (steps, batch, 1), false where there is nothing; None if there is something everywhere.
    """

    rows: Any
    count: int
    mask: Any = None

    def tensor(self) -> Any:
        """(batch, steps, features)."""
        whole = tf.reshape(self.rows, [self.count, -1, self.rows.shape[-1]])
        return _with_mask(tf.transpose(whole, [1, 0, 2]), self.mask)

    def steps(self) -> "Steps":
        """Itself."""
        return self

    def products(self, kernel: Any, bias: Any) -> list[Any]:
        """For each step, (batch, columns of the kernel); one product for all."""
        return tf.split(_product(self.rows, kernel, bias), self.count)


@dataclass(frozen=True)
class Repeated:
    """A vector (batch, features) that is the same at each step."""

    vector: Any
    count: int
    mask: None = None

    def tensor(self) -> Any:
        """(batch, steps, features)."""
        return tf.repeat(self.vector[:, None], self.count, axis=1)

    def steps(self) -> Steps:
        """The vector over and over."""
        return Steps(tf.tile(self.vector, [self.count, 1]), self.count)

    def products(self, kernel: Any, bias: Any) -> list[Any]:
        """As for `Steps`; multiplied once, so that gradients are summed before they are."""
        return [_product(self.vector, kernel, bias)] * self.count


@dataclass(frozen=True)
class OneHots:
    """Steps that each hold one one-hot vector, or several side by side, as integers.

    values: (steps, batch, vectors side by side), 0..alphabet-1 or MISSING.
    missing: what stands in every feature of a missing value; None if no value is missing.
    mask: as for `Steps`.
    """

    values: Any
    alphabet: int
    missing: float | None
    mask: Any = None

    @property
    def count(self) -> int:
        """Steps."""
        return self.values.shape[0]

    def tensor(self) -> Any:
        """(batch, steps, vectors * alphabet)."""
        steps, batch, vectors = self.values.shape
        encoded = self._encode(tf.transpose(self.values, [1, 0, 2]))
        return _with_mask(tf.reshape(encoded, [batch, steps, vectors * self.alphabet]), self.mask)

    def steps(self) -> Steps:
        """The vectors themselves."""
        steps, batch, vectors = self.values.shape
        rows = tf.reshape(self._encode(self.values), [steps * batch, vectors * self.alphabet])
        return Steps(rows, steps, self.mask)

    def products(self, kernel: Any, bias: Any) -> list[Any]:
        """As for `Steps`; each vector takes a row of the kernel, and those of a step are added.

        The bias is in each row, unless a step takes several.
        """
        steps, batch, vectors = self.values.shape
        table, size = kernel, self.alphabet
        if self.missing is not None:
            table, size = self._with_missing(kernel, vectors), size + 1
        if vectors == 1:
            table, bias = _plus(table, bias), None
        values = tf.where(self.values == MISSING, self.alphabet, self.values)
        places = tf.reshape(values + size * tf.range(vectors), [-1])
        taken = tf.reshape(_rows(table, places), [steps * batch, vectors, kernel.shape[-1]])
        added = taken[:, 0] if vectors == 1 else tf.reduce_sum(taken, axis=1)
        return tf.split(_plus(added, bias), steps)

    def _encode(self, values: Any) -> Any:
        """Integers (...) to vectors (..., alphabet)."""
        encoded = tf.one_hot(values, self.alphabet)
        if self.missing is None:
            return encoded
        fill = tf.constant(self.missing, tf.float32)
        return tf.where((values == MISSING)[..., None], fill, encoded)

    def _with_missing(self, kernel: Any, vectors: int) -> Any:
        """The kernel with a row more for each vector: what a missing value gives."""
        parts = tf.reshape(kernel, [vectors, self.alphabet, kernel.shape[-1]])
        if self.missing:
            row = self.missing * tf.reduce_sum(parts, axis=1, keepdims=True)
        else:
            row = tf.zeros_like(parts[:, :1])
        return tf.reshape(tf.concat([parts, row], axis=1), [-1, kernel.shape[-1]])


Activations = Plain | Steps | Repeated | OneHots


def _product(rows: Any, kernel: Any, bias: Any) -> Any:
    """Rows times a kernel, the bias as one more row of it, for a feature that is 1."""
    if bias is not None:
        rows = tf.concat([rows, tf.ones_like(rows[:, :1])], axis=1)
        kernel = tf.concat([kernel, bias[None]], axis=0)
    return tf.matmul(rows, kernel)


def _rows(table: Any, places: Any) -> Any:
    """Rows of a table (rows, columns); the gradient adds to them one by one, in order."""

    @tf.custom_gradient
    def take(table: Any) -> Any:
        def gradient(upstream: Any) -> Any:
            return tf.scatter_nd(places[:, None], upstream, table.shape)

        return tf.gather(table, places), gradient

    return take(table)


def _with_mask(tensor: Any, mask: Any) -> Any:
    """A tensor (batch, steps, features) with a mask (steps, batch, 1) where Keras looks for it."""
    if mask is not None:
        tensor._keras_mask = tf.transpose(mask[..., 0])
    return tensor


def _plus(tensor: Any, bias: Any) -> Any:
    return tensor if bias is None else tensor + bias
