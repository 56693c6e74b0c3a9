"""All steps of an LSTM, and their gradient.

What a step computes, `*` between vectors taken number by number:

    z = x W + h U + b, cut into z_i, z_f, z_g, z_o
    i, f, o = sigmoid(z_i), sigmoid(z_f), sigmoid(z_o)    the input, forget and output gates
    g = tanh(z_g)                                         the candidate
    c' = f * c + i * g                                    the new cell state
    h' = o * tanh(c')                                     the new hidden state, and the output

The inputs `x W + b` are given. What a tape of gradients would derive step by step is written out
here, since the gradient of the recurrent kernel U is then one product over all steps instead of one
for each. Nothing is multiplied by a state that is known to be zero.

Throughout, None stands for a tensor of zeros. A `d_...` is the gradient of the loss with regard to
something.
"""

from dataclasses import dataclass
from typing import Any

from echoseq.networks.backend import tf


def run_lstm(
    inputs: list[Any], kernel: Any, states: list[Any], masks: list[Any], *, only_last: bool
) -> tuple[list[Any], list[Any]]:
    """All steps of an LSTM, differentiable with regard to the inputs and the recurrent kernel.

    Args:
        inputs: for each step what it reads times the kernel, plus the bias, (batch, 4 * units).
        kernel: the recurrent one, (units, 4 * units).
        states: h and c before the first step, (batch, units) each, or None for zeros.
        masks: for each step (batch, 1), false where the step is to be skipped, or None: the state
            stays as it is, and the last output, at first zeros, is given again.
        only_last: whether to return the output of the last step alone.

    Returns:
        Outputs (batch, units); and the last state, h and c, which has no gradient.
    """

    @tf.custom_gradient
    def run(kernel: Any, *inputs: Any) -> Any:
        steps, outputs, last = _forward(inputs, kernel, states, masks)
        kept = outputs[-1:] if only_last else outputs

        def gradient(*upstream: Any) -> list[Any]:
            d_outputs = [None] * (len(outputs) - len(kept)) + list(upstream[: len(kept)])
            return _backward(steps, kernel, masks, d_outputs)

        return [*kept, *last], gradient

    *outputs, h, c = run(kernel, *inputs)
    return outputs, [h, c]


@dataclass(frozen=True)
class _Step:
    """What one step leaves for its gradient, all (batch, units).

    h, c: the state before it.
    gates: i, f, g and o.
    tanh: of the new cell state.
    """

    h: Any
    c: Any
    gates: tuple[Any, Any, Any, Any]
    tanh: Any


def _forward(
    inputs: Any, kernel: Any, states: list[Any], masks: list[Any]
) -> tuple[list[_Step], list[Any], list[Any]]:
    """What each step leaves, the outputs, and the last state."""
    h, c = states
    output, steps, outputs = None, [], []
    for z, mask in zip(inputs, masks):
        step, new_h, new_c = _step(z if h is None else z + tf.matmul(h, kernel), h, c)
        h, c = _chosen(mask, new_h, h), _chosen(mask, new_c, c)
        output = _chosen(mask, new_h, output)
        steps.append(step)
        outputs.append(output)
    return steps, outputs, [h, c]


def _step(z: Any, h: Any, c: Any) -> tuple[_Step, Any, Any]:
    """One step from the state h, c: what it leaves, and the new h and c."""
    i, f, g, o = tf.split(z, 4, axis=1)
    i, f, g, o = tf.sigmoid(i), tf.sigmoid(f), tf.tanh(g), tf.sigmoid(o)
    new_c = _sum(None if c is None else f * c, i * g)
    tanh = tf.tanh(new_c)
    return _Step(h, c, (i, f, g, o), tanh), o * tanh, new_c


def _backward(steps: list[_Step], kernel: Any, masks: list[Any], d_outputs: list[Any]) -> list[Any]:
    """The gradients of the recurrent kernel, and of the input of each step.

    From the last step to the first, `d_h` and `d_c` are those of the state after it, and `d_output`
    that of the output that it would give again if it were skipped.
    """
    d_output: Any = None
    d_h: Any = None
    d_c: Any = None
    d_inputs: list[Any] = []
    for step, mask, d_given in zip(reversed(steps), reversed(masks), reversed(d_outputs)):
        d_output = _sum(d_output, d_given)
        d_new_h, d_new_c = _taken(mask, _sum(d_output, d_h)), _taken(mask, d_c)
        d_output, passed_h, passed_c = (_skipped(mask, d) for d in (d_output, d_h, d_c))
        d_input, d_before = _step_gradient(step, d_new_h, d_new_c)
        d_inputs.insert(0, d_input)
        if len(d_inputs) < len(steps):  # the state before the first step needs no gradient
            d_h = _sum(passed_h, tf.matmul(d_input, kernel, transpose_b=True))
            d_c = _sum(passed_c, d_before)
    return [_kernel_gradient(steps, d_inputs, kernel), *d_inputs]


def _step_gradient(step: _Step, d_h: Any, d_c: Any) -> tuple[Any, Any]:
    """The gradients of a step's z, and of the cell state before it, from those of the new h and c.

    With sigmoid' = s (1 - s) and tanh' = 1 - t * t.
    """
    i, f, g, o = step.gates
    d_c = _sum(d_c, d_h * o * (1 - step.tanh * step.tanh))
    d_z = [
        d_c * g * i * (1 - i),
        tf.zeros_like(f) if step.c is None else d_c * step.c * f * (1 - f),
        d_c * i * (1 - g * g),
        d_h * step.tanh * o * (1 - o),
    ]
    return tf.concat(d_z, axis=1), d_c * f


def _kernel_gradient(steps: list[_Step], d_inputs: list[Any], kernel: Any) -> Any:
    """The sum of h^T d_z over all steps, one product of all their rows.

    In a batch of 1 it is a sum of outer products, which XLA fuses into the update of the weights.
    """
    pairs = [(step.h, d_input) for step, d_input in zip(steps, d_inputs) if step.h is not None]
    if not pairs:
        return tf.zeros_like(kernel)
    if d_inputs[0].shape[0] == 1:
        return tf.add_n([h[0][:, None] * d_input for h, d_input in pairs])
    h, d_input = (tf.concat(part, axis=0) for part in zip(*pairs))
    return tf.matmul(h, d_input, transpose_a=True)


def _sum(a: Any, b: Any) -> Any:
    if a is None or b is None:
        return b if a is None else a
    return a + b


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
