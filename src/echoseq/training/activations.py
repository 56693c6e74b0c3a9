"""What passes from layer to layer in training, each kind in the form that the next can use best.

Each has `tensor()`, which is what Keras would pass, (batch, ...), and `steps()`, the same with the
steps first: rows (steps * batch, features) hold all of step 0, then all of step 1. All but a plain
tensor have `products(kernel, bias)`, what each step puts into a layer with these weights.
"""

from dataclasses import dataclass
from typing import Any

from echoseq.networks.backend import tf
from echoseq.networks.contract import UNROLL_LIMIT
from echoseq.task import MISSING
from echoseq.training.products import affine, plus_each


@dataclass(frozen=True)
class Plain:
    """A tensor as Keras passes it, with Keras's mask if it has one."""

    whole: Any

    @property
    def mask(self) -> Any:
        """As Keras passes it, (batch, steps)."""
        return getattr(self.whole, "_keras_mask", None)

    def tensor(self) -> Any:
        """The tensor itself."""
        return self.whole

    def steps(self) -> "Steps":
        """The steps of a tensor (batch, steps, features)."""
        batch, steps, features = self.whole.shape
        rows = tf.reshape(tf.transpose(self.whole, [1, 0, 2]), [steps * batch, features])
        mask = None if self.mask is None else tf.transpose(self.mask)[..., None]
        return Steps(rows, steps, mask)


@dataclass(frozen=True)
class Steps:
    """Any values, the steps first.

    rows: (steps * batch, features).
    mask: (steps, batch, 1), false where there is nothing; None if there is something everywhere.
    """

    rows: Any
    count: int
    mask: Any = None

    @property
    def features(self) -> int:
        """Of a step."""
        return self.rows.shape[-1]

    def tensor(self) -> Any:
        """(batch, steps, features)."""
        whole = tf.reshape(self.rows, [self.count, -1, self.rows.shape[-1]])
        return _with_mask(tf.transpose(whole, [1, 0, 2]), self.mask)

    def steps(self) -> "Steps":
        """Itself."""
        return self

    def products(self, kernel: Any, bias: Any) -> list[Any]:
        """For each step, (batch, columns of the kernel); one product for all."""
        return tf.split(affine(self.rows, kernel, bias), self.count)


@dataclass(frozen=True)
class Logits(Steps):
    """What softmax makes probabilities of; all that Keras would pass are these.

    rows: before softmax, (steps * batch, features).
    """

    def tensor(self) -> Any:
        """Probabilities, (batch, steps, features)."""
        return self.steps().tensor()

    def steps(self) -> Steps:
        """Probabilities."""
        return Steps(tf.nn.softmax(self.rows), self.count, self.mask)

    def products(self, kernel: Any, bias: Any) -> list[Any]:
        """As for `Steps`."""
        return self.steps().products(kernel, bias)


@dataclass(frozen=True)
class Repeated:
    """A vector (batch, features) that is the same at each step."""

    vector: Any
    count: int
    mask: None = None

    @property
    def features(self) -> int:
        """Of a step."""
        return self.vector.shape[-1]

    def tensor(self) -> Any:
        """(batch, steps, features)."""
        return tf.repeat(self.vector[:, None], self.count, axis=1)

    def steps(self) -> Steps:
        """The vector over and over."""
        return Steps(tf.tile(self.vector, [self.count, 1]), self.count)

    def products(self, kernel: Any, bias: Any) -> list[Any]:
        """As for `Steps`; multiplied once, so that gradients are summed before they are."""
        return [affine(self.vector, kernel, bias)] * self.count


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

    @property
    def features(self) -> int:
        """Of a step."""
        return self.values.shape[-1] * self.alphabet

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
        """As for `Steps`; each vector takes a row of the kernel, and those of a step are added."""
        steps, batch, vectors = self.values.shape
        table, size = kernel, self.alphabet
        if self.missing is not None:
            table, size = self._with_missing(kernel, vectors), size + 1
        values = tf.where(self.values == MISSING, self.alphabet, self.values)
        taken = _rows(table, tf.reshape(values + size * tf.range(vectors), [steps, -1]))
        if vectors > 1:
            parts = [tf.reshape(step, [batch, vectors, -1]) for step in taken]
            taken = [tf.reduce_sum(part, axis=1) for part in parts]
        return plus_each(taken, bias)

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


@dataclass(frozen=True)
class Beside:
    """Several, with as many steps each and no masks, whose features lie side by side."""

    parts: tuple["Steps | Repeated | OneHots | Beside", ...]
    mask: None = None

    @property
    def count(self) -> int:
        """Steps."""
        return self.parts[0].count

    @property
    def features(self) -> int:
        """Of a step."""
        return sum(part.features for part in self.parts)

    def tensor(self) -> Any:
        """(batch, steps, features)."""
        return tf.concat([part.tensor() for part in self.parts], axis=2)

    def steps(self) -> Steps:
        """The features of each step in one row."""
        return Steps(tf.concat([part.steps().rows for part in self.parts], axis=1), self.count)

    def products(self, kernel: Any, bias: Any) -> list[Any]:
        """As for `Steps`; each part is multiplied by its own rows of the kernel."""
        kernels = tf.split(kernel, [part.features for part in self.parts])
        biases = [bias] + [None] * (len(self.parts) - 1)
        found = [part.products(*pair) for part, *pair in zip(self.parts, kernels, biases)]
        return [tf.add_n(step) for step in zip(*found)]


Activations = Plain | Steps | Repeated | OneHots | Beside


def _rows(table: Any, places: Any) -> list[Any]:
    """Rows of a table (rows, columns) for each step; the gradient adds to them in order.

    Args:
        places: of the rows, integers, (steps, rows of a step).
    """
    if places.shape[0] > UNROLL_LIMIT:
        return tf.split(_rows(table, tf.reshape(places, [1, -1]))[0], places.shape[0])
    steps = tf.unstack(places)

    @tf.custom_gradient
    def take(table: Any) -> Any:
        def gradient(*upstream: Any) -> Any:
            found = tf.zeros_like(table)
            for step, rows in zip(steps, upstream):
                found = tf.tensor_scatter_nd_add(found, step[:, None], rows)
            return found

        return [tf.gather(table, step) for step in steps], gradient

    return take(table)


def _with_mask(tensor: Any, mask: Any) -> Any:
    """A tensor (batch, steps, features) with a mask (steps, batch, 1) where Keras looks for it."""
    if mask is not None:
        tensor._keras_mask = tf.transpose(mask[..., 0])
    return tensor
