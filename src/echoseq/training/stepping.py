"""One step of a recurrent layer, forth and back, with what carries the state from step to step.

Throughout, None stands for a tensor of zeros. A `d_...` is the gradient of the loss with regard to
something.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from echoseq.networks.backend import tf
from echoseq.training.cells import Cell, Gradient, States, add
from echoseq.training.products import sum_of_rows, summed_outer


@dataclass(frozen=True)
class Kernel:
    """What the state before a step is multiplied by, (units, columns), and what is added to it.

    bias: (columns,), or None.
    """

    weights: Any
    bias: Any = None

    @property
    def tensors(self) -> list[Any]:
        """What it is made of, one or two, which `Kernel` takes again."""
        return [self.weights] if self.bias is None else [self.weights, self.bias]

    def product(self, h: Any, like: Any) -> Any:
        """From the state before a step, or None if nothing is added to the inputs.

        Args:
            like: (batch, columns), what the step reads.
        """
        if h is not None:
            product = tf.matmul(h, self.weights)
            return product if self.bias is None else product + self.bias
        return None if self.bias is None else tf.zeros_like(like) + self.bias

    def back(self, d_product: Any) -> Any:
        """The gradient of the state before a step, by way of the product."""
        return tf.matmul(d_product, self.weights, transpose_b=True)

    def gradients(self, states: Sequence[Any], d_products: Sequence[Any]) -> list[Any]:
        """Of `tensors`, over all steps: one product.

        Args:
            states: h before each step, (rows, units), or None.
            d_products: of each step, (rows, columns).
        """
        pairs = [(h, d) for h, d in zip(states, d_products) if h is not None]
        d_weights = summed_outer(*zip(*pairs)) if pairs else tf.zeros_like(self.weights)
        if self.bias is None:
            return [d_weights]
        return [d_weights, sum_of_rows(tf.add_n(list(d_products)))]


@dataclass(frozen=True)
class After:
    """What there is after a step.

    output: (batch, units), given again by a step that is skipped; None before the first.
    """

    output: Any
    states: States


def forth(cell: Cell, read: Any, product: Any, mask: Any, before: After) -> tuple[Any, After]:
    """What a step leaves for its gradient, and what there is after it.

    Args:
        read: what it reads times the kernel, plus the bias, (batch, columns).
        product: of the recurrent kernel with the state before it.
        mask: (batch, 1), false where it is to be skipped, or None.
    """
    left, new = cell.step(read, product, before.states)
    output = _chosen(mask, new[0], before.output)
    return left, After(output, [_chosen(mask, *pair) for pair in zip(new, before.states)])


def back(cell: Cell, left: Any, mask: Any, d_after: After) -> tuple[Gradient, After]:
    """The gradient of a step, and what of that goes past it to what there was before.

    The states are still to be given what goes by way of the product.

    Args:
        d_after: of what there is after it; its output is one that has been used.
    """
    d_output, d_states = d_after.output, d_after.states
    d_new = [_taken(mask, add(d_output, d_states[0])), *(_taken(mask, d) for d in d_states[1:])]
    found = cell.gradient(left, d_new)
    skipped = [_skipped(mask, d) for d in d_states]
    d_before = [add(*pair) for pair in zip(skipped, found.states)]
    return found, After(_skipped(mask, d_output), d_before)


def _chosen(mask: Any, new: Any, old: Any) -> Any:
    """The new value, but the old one where a step is skipped."""
    if mask is None:
        return new
    return tf.where(mask, new, tf.zeros_like(new) if old is None else old)


def _taken(mask: Any, gradient: Any) -> Any:
    """The part of a gradient that goes to what the step computed."""
    if mask is None or gradient is None:
        return gradient
    return tf.where(mask, gradient, tf.zeros_like(gradient))


def _skipped(mask: Any, gradient: Any) -> Any:
    """The part of a gradient that goes past the step, to what was there before."""
    if mask is None or gradient is None:
        return None
    return tf.where(mask, tf.zeros_like(gradient), gradient)
