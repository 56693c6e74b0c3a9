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


def run(
    cell: Cell,
    inputs: list[Any],
    kernel: Kernel,
    states: States,
    masks: list[Any],
    *,
    only_last: bool,
) -> tuple[list[Any], States]:
    """All steps, differentiable with regard to the inputs, the recurrent kernel and its bias.

    Args:
        inputs: for each step what it reads times the kernel, plus the bias, (batch, columns).
        states: before the first step, as many as the cell has.
        masks: for each step (batch, 1), false where the step is to be skipped, or None: the state
            stays as it is, and the last output, at first zeros, is given again.
        only_last: whether to return the output of the last step alone.

    Returns:
        Outputs (batch, units); and the states after the last step, which have no gradient.
    """
    parts = len(kernel.tensors)

    @tf.custom_gradient
    def steps(*tensors: Any) -> Any:
        used, inputs = Kernel(*tensors[:parts]), tensors[parts:]
        taken, outputs, last = _forward(cell, inputs, used, states, masks)
        kept = outputs[-1:] if only_last else outputs

        def gradient(*upstream: Any) -> list[Any]:
            d_outputs = [None] * (len(outputs) - len(kept)) + list(upstream[: len(kept)])
            return _backward(cell, taken, used, masks, d_outputs)

        return [*kept, *last], gradient

    found = steps(*kernel.tensors, *inputs)
    return found[: -cell.count], found[-cell.count :]


def run_once(cell: Cell, inputs: Any, kernel: Kernel, states: States) -> States:
    """The states after a single step, differentiable with regard to those before it, too.

    Args:
        inputs: as for `run`, of the step.
        states: none of them None.
    """
    parts = len(kernel.tensors)

    @tf.custom_gradient
    def step(*tensors: Any) -> Any:
        used, (inputs, *states) = Kernel(*tensors[:parts]), tensors[parts:]
        left, new = cell.step(inputs, used.product(states[0], inputs), states)

        def gradient(*d_new: Any) -> list[Any]:
            found = cell.gradient(left, [*d_new])
            back = tf.matmul(found.product, used.weights, transpose_b=True)
            d_states = [add(back, found.states[0]), *found.states[1:]]
            d_kernel = _kernel_gradients([_Step(states[0], left)], [found], used)
            return [*d_kernel, found.inputs, *d_states]

        return new, gradient

    after: States = step(*kernel.tensors, inputs, *states)
    return after


@dataclass(frozen=True)
class _Step:
    """A step that was taken: the state that its kernel multiplied, or None, and what it left."""

    h: Any
    left: Any


def _forward(
    cell: Cell, inputs: Any, kernel: Kernel, states: States, masks: list[Any]
) -> tuple[list[_Step], list[Any], States]:
    """The steps, the outputs, and the states after the last step."""
    output, taken, outputs = None, [], []
    for read, mask in zip(inputs, masks):
        h = states[0]
        left, new = cell.step(read, kernel.product(h, read), states)
        output = _chosen(mask, new[0], output)
        states = [_chosen(mask, *pair) for pair in zip(new, states)]
        taken.append(_Step(h, left))
        outputs.append(output)
    return taken, outputs, states


def _backward(
    cell: Cell, taken: list[_Step], kernel: Kernel, masks: list[Any], d_outputs: list[Any]
) -> list[Any]:
    """The gradients of the recurrent kernel, of its bias, and of the input of each step.

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
            back = tf.matmul(gradient.product, kernel.weights, transpose_b=True)
            d_states[0] = add(d_states[0], back)
    return [*_kernel_gradients(taken, found, kernel), *(gradient.inputs for gradient in found)]


def _kernel_gradients(taken: list[_Step], found: list[Gradient], kernel: Kernel) -> list[Any]:
    """Of the recurrent kernel, one product over all steps; and of its bias, if it has one."""
    products = [gradient.product for gradient in found]
    pairs = [(step.h, d) for step, d in zip(taken, products) if step.h is not None]
    d_weights = summed_outer(*zip(*pairs)) if pairs else tf.zeros_like(kernel.weights)
    return [d_weights] if kernel.bias is None else [d_weights, sum_of_rows(tf.add_n(products))]


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
