"""The steps of a recurrent layer written out, and their gradient.

What a tape of gradients would derive step by step is written out here, since the gradient of the
recurrent kernel is then one product over all steps instead of one for each. Nothing is multiplied
by a state that is known to be zero. `stepping` has the single steps, `scanning` the same in a loop.

Throughout, None stands for a tensor of zeros. A `d_...` is the gradient of the loss with regard to
something.
"""

from dataclasses import dataclass
from typing import Any

from echoseq.networks.backend import tf
from echoseq.training.cells import Cell, States, add
from echoseq.training.stepping import After, Kernel, back, forth


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
            d_states = [add(used.back(found.product), found.states[0]), *found.states[1:]]
            return [*used.gradients(states[:1], [found.product]), found.inputs, *d_states]

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
    now, taken, outputs = After(None, states), [], []
    for read, mask in zip(inputs, masks):
        h = now.states[0]
        left, now = forth(cell, read, kernel.product(h, read), mask, now)
        taken.append(_Step(h, left))
        outputs.append(now.output)
    return taken, outputs, now.states


def _backward(
    cell: Cell, taken: list[_Step], kernel: Kernel, masks: list[Any], d_outputs: list[Any]
) -> list[Any]:
    """The gradients of the recurrent kernel, of its bias, and of the input of each step."""
    d_now = After(None, [None] * cell.count)
    found: list[Any] = []
    for step, mask, d_given in zip(reversed(taken), reversed(masks), reversed(d_outputs)):
        d_now = After(add(d_now.output, d_given), d_now.states)
        gradient, d_now = back(cell, step.left, mask, d_now)
        found.insert(0, gradient)
        if len(found) < len(taken):  # the states before the first step need no gradient
            d_h = add(d_now.states[0], kernel.back(gradient.product))
            d_now = After(d_now.output, [d_h, *d_now.states[1:]])
    of_kernel = kernel.gradients([step.h for step in taken], [one.product for one in found])
    return [*of_kernel, *(one.inputs for one in found)]
