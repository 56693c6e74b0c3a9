"""The steps of a long recurrent layer in a loop, and their gradient in another.

Written out as in `recurrence`, many steps would compile slowly. What a step leaves for its gradient
is computed again from what it read: that takes less time than to store and to fetch it.

A `d_...` is the gradient of the loss with regard to something.
"""

from dataclasses import dataclass
from typing import Any

from echoseq.networks.backend import tf
from echoseq.training.cells import Cell, States, add
from echoseq.training.stepping import After, Kernel, back, forth


def scan(
    cell: Cell,
    inputs: list[Any],
    kernel: Kernel,
    states: States,
    masks: list[Any],
    *,
    only_last: bool,
) -> tuple[list[Any], States]:
    """As `recurrence.run`, but all outputs come in one, the first step's rows first."""
    parts = len(kernel.tensors)
    mask = None if masks[0] is None else tf.stack(masks)
    zeros = tf.zeros([inputs[0].shape[0], kernel.weights.shape[0]])
    first = [zeros if state is None else state for state in states]

    @tf.custom_gradient
    def steps(*tensors: Any) -> Any:
        taken = _Taken(cell, Kernel(*tensors[:parts]), tensors[parts], mask)
        outputs, trace, last = _forward(taken, After(zeros, first))
        kept = outputs[-1] if only_last else outputs

        def gradient(d_kept: Any, *_: Any) -> list[Any]:
            return _backward(taken, trace, d_kept)

        return [kept, *last], gradient

    kept, *last = steps(*kernel.tensors, tf.stack(inputs))
    return [tf.reshape(kept, [-1, kept.shape[-1]])], last


@dataclass(frozen=True)
class _Taken:
    """What all steps are taken with.

    inputs: (steps, batch, columns).
    masks: (steps, batch, 1), or None.
    """

    cell: Cell
    kernel: Kernel
    inputs: Any
    masks: Any

    @property
    def count(self) -> int:
        """Of the steps."""
        count: int = self.inputs.shape[0]
        return count

    def mask(self, step: Any) -> Any:
        """Of a step, or None."""
        return None if self.masks is None else self.masks[step]


@dataclass(frozen=True)
class _Trace:
    """Of each step: the product of its kernel, and the states before it, (steps, batch, ...)."""

    products: Any
    states: list[Any]


def _forward(taken: _Taken, first: After) -> tuple[Any, _Trace, States]:
    """Outputs (steps, batch, units), what the gradient needs, and the states after the last."""

    def body(step: Any, now: list[Any], written: list[Any]) -> Any:
        output, *states = now
        read = taken.inputs[step]
        product = taken.kernel.product(states[0], read)
        _, after = forth(taken.cell, read, product, taken.mask(step), After(output, states))
        values = [after.output, product, *states]
        written = [array.write(step, value) for array, value in zip(written, values)]
        return step + 1, [after.output, *after.states], written

    arrays = [_array(taken.count) for _ in range(2 + len(first.states))]
    now, written = _loop(taken.count, body, [first.output, *first.states], arrays)
    outputs, products, *before = [array.stack() for array in written]
    return outputs, _Trace(products, before), now[1:]


def _backward(taken: _Taken, trace: _Trace, d_kept: Any) -> list[Any]:
    """The gradients of the recurrent kernel, of its bias, and of the inputs.

    Args:
        d_kept: of all outputs (steps, batch, units), or of the last (batch, units).
    """
    only_last = len(d_kept.shape) == 2
    zeros = tf.zeros_like(trace.states[0][0])
    turned = tf.transpose(taken.kernel.weights)  # once for all steps

    def body(done: Any, d_now: list[Any], written: list[Any]) -> Any:
        step = taken.count - 1 - done
        states = [before[step] for before in trace.states]
        left, _ = taken.cell.step(taken.inputs[step], trace.products[step], states)
        d_output, *d_states = d_now
        d_output = d_output if only_last else d_output + d_kept[step]
        found, past = back(taken.cell, left, taken.mask(step), After(d_output, d_states))
        d_h = add(past.states[0], tf.matmul(found.product, turned))
        d_before = [past.output, d_h, *past.states[1:]]
        values = [found.inputs, found.product]
        written = [array.write(step, value) for array, value in zip(written, values)]
        return done + 1, [zeros if d is None else d for d in d_before], written

    d_now = [d_kept if only_last else zeros, *(zeros for _ in trace.states)]
    _, written = _loop(taken.count, body, d_now, [_array(taken.count) for _ in range(2)])
    d_inputs, d_products = [array.stack() for array in written]
    rows = [tf.reshape(part, [-1, part.shape[-1]]) for part in (trace.states[0], d_products)]
    return [*taken.kernel.gradients(*([part] for part in rows)), d_inputs]


def _array(count: int) -> Any:
    return tf.TensorArray(tf.float32, size=count)


def _loop(count: int, body: Any, now: list[Any], arrays: list[Any]) -> tuple[Any, Any]:
    """What there is after all steps, and what they wrote."""
    _, now, arrays = tf.while_loop(
        lambda step, *_: step < count, body, (0, now, arrays), maximum_iterations=count
    )
    return now, arrays
