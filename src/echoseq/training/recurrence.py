"""All steps of a recurrent layer, and their gradient.

What a tape of gradients would derive step by step is written out here, since the gradient of the
recurrent kernel is then one product over all steps instead of one for each. Nothing is multiplied
by a state that is known to be zero. `cells` has the single steps.

Throughout, None stands for a tensor of zeros. A `d_...` is the gradient of the loss with regard to
something.
"""

from dataclasses import dataclass
from typing import Any

from echoseq.networks.backend import tf
from echoseq.training.cells import Cell, States, add


@dataclass(frozen=True)
class Kernel:
    """What the state before a step is multiplied by.

    weights: (units, columns); with a bias, (units + 1, columns), of which the last row is that.
    biased: whether it has a bias, which is then a part of the product: its gradient is no sum over
        rows of its own.
    """

    weights: Any
    biased: bool = False

    def rows(self, h: Any, like: Any) -> Any:
        """The state as the product takes it, or None if there is nothing to multiply.

        Args:
            like: (batch, ...), what the step reads.
        """
        if not self.biased:
            return h
        one = tf.ones_like(like[:, :1])
        if h is None:
            h = tf.zeros([like.shape[0], self.weights.shape[0] - 1])
        return tf.concat([h, one], axis=1)

    def back(self, d_product: Any) -> Any:
        """The gradient of h by way of the product."""
        weights = self.weights[:-1] if self.biased else self.weights
        return tf.matmul(d_product, weights, transpose_b=True)


def run(
    cell: Cell,
    inputs: list[Any],
    kernel: Kernel,
    states: States,
    masks: list[Any],
    *,
    only_last: bool,
) -> tuple[list[Any], States]:
    """All steps, differentiable with regard to the inputs and the recurrent kernel.

    Args:
        inputs: for each step what it reads times the kernel, plus the bias, (batch, columns).
        states: before the first step, as many as the cell has.
        masks: for each step (batch, 1), false where the step is to be skipped, or None: the state
            stays as it is, and the last output, at first zeros, is given again.
        only_last: whether to return the output of the last step alone.

    Returns:
        Outputs (batch, units); and the states after the last step, which have no gradient.
    """

    @tf.custom_gradient
    def steps(weights: Any, *inputs: Any) -> Any:
        used = Kernel(weights, kernel.biased)
        taken, outputs, last = _forward(cell, inputs, used, states, masks)
        kept = outputs[-1:] if only_last else outputs

        def gradient(*upstream: Any) -> list[Any]:
            d_outputs = [None] * (len(outputs) - len(kept)) + list(upstream[: len(kept)])
            return _backward(cell, taken, used, masks, d_outputs)

        return [*kept, *last], gradient

    found = steps(kernel.weights, *inputs)
    return found[: -cell.count], found[-cell.count :]


@dataclass(frozen=True)
class _Step:
    """A step that was taken: the rows that its kernel multiplied, or None, and what it left."""

    rows: Any
    left: Any


def _forward(
    cell: Cell, inputs: Any, kernel: Kernel, states: States, masks: list[Any]
) -> tuple[list[_Step], list[Any], States]:
    """The steps, the outputs, and the states after the last step."""
    output, taken, outputs = None, [], []
    for read, mask in zip(inputs, masks):
        rows = kernel.rows(states[0], read)
        product = None if rows is None else tf.matmul(rows, kernel.weights)
        left, new = cell.step(read, product, states)
        output = _chosen(mask, new[0], output)
        states = [_chosen(mask, *pair) for pair in zip(new, states)]
        taken.append(_Step(rows, left))
        outputs.append(output)
    return taken, outputs, states


def _backward(
    cell: Cell, taken: list[_Step], kernel: Kernel, masks: list[Any], d_outputs: list[Any]
) -> list[Any]:
    """The gradients of the recurrent kernel, and of the input of each step.

    From the last step to the first, `d_states` are those of the states after it, and `d_output`
    that of the output that it would give again if it were skipped.
    """
    d_output: Any = None
    d_states: States = [None] * cell.count
    found: list[Any] = []
    for step, mask, d_given in zip(reversed(taken), reversed(masks), reversed(d_outputs)):
        d_output = add(d_output, d_given)
        d_new = [
            _taken(mask, add(d_output, d_states[0])),
            *(_taken(mask, d) for d in d_states[1:]),
        ]
        d_output, *passed = (_skipped(mask, d) for d in (d_output, *d_states))
        gradient = cell.gradient(step.left, d_new)
        found.insert(0, gradient)
        if len(found) < len(taken):  # the states before the first step need no gradient
            d_states = [add(*pair) for pair in zip(passed, gradient.states)]
            d_states[0] = add(d_states[0], kernel.back(gradient.product))
    pairs = [
        (step.rows, gradient.product)
        for step, gradient in zip(taken, found)
        if step.rows is not None
    ]
    return [_kernel_gradient(pairs, kernel.weights), *(gradient.inputs for gradient in found)]


def _kernel_gradient(pairs: list[tuple[Any, Any]], weights: Any) -> Any:
    """The sum of h^T d_product over all steps, one product of all their rows.

    In a batch of 1 it is a sum of outer products, which XLA fuses into the update of the weights.
    """
    if not pairs:
        return tf.zeros_like(weights)
    if pairs[0][1].shape[0] == 1:
        return tf.add_n([rows[0][:, None] * d_product for rows, d_product in pairs])
    rows, d_product = (tf.concat(part, axis=0) for part in zip(*pairs))
    return tf.matmul(rows, d_product, transpose_a=True)


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
