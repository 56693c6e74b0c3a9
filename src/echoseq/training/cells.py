"""One step of the standard recurrent layers, and its gradient.

What a step computes of the window, `x W + b`, is given as `inputs`; the product of the state before
it with the recurrent kernel U, h U, as `product`. `*` between vectors is taken number by number; z
is cut into as many parts as there are names. sigmoid' = s (1 - s) and tanh' = 1 - t * t.

LSTM (Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000):

    z_i, z_f, z_g, z_o = x W + h U + b
    i, f, o = sigmoid(z_i), sigmoid(z_f), sigmoid(z_o)    the input, forget and output gates
    g = tanh(z_g)                                         the candidate
    c' = f * c + i * g                                    the new cell state
    h' = o * tanh(c')                                     the new hidden state, and the output

GRU (Cho et al. 2014), in Keras's form, which resets after the product:

    x_z, x_r, x_g = x W + b;  h_z, h_r, h_g = h U + b'
    z, r = sigmoid(x_z + h_z), sigmoid(x_r + h_r)         the update and reset gates
    g = tanh(x_g + r * h_g)                               the candidate
    h' = z * h + (1 - z) * g

Simple RNN (Elman 1990): h' = tanh(x W + h U + b).

Throughout, None stands for a tensor of zeros. A `d_...` is the gradient of the loss with regard to
something.
"""

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from echoseq.networks.backend import tf

States = list[Any]  # h, and c of an LSTM: (batch, units) each, or None


@dataclass(frozen=True)
class Gradient:
    """The gradients of one step.

    inputs: of what it reads, (batch, columns of the kernel).
    product: of h U, with the same shape.
    states: of the states before it, other than by way of the product.
    """

    inputs: Any
    product: Any
    states: States


class Cell(Protocol):
    """A step that can be taken back.

    count: of its states; the first is its output.
    """

    count: int

    def step(self, inputs: Any, product: Any, states: States) -> tuple[Any, States]:
        """What the step leaves for its gradient, and the states after it."""
        ...

    def gradient(self, left: Any, d_states: States) -> Gradient:
        """Its gradients, from what it left and those of the states after it."""
        ...


def add(a: Any, b: Any) -> Any:
    """The sum of two tensors, of which each may be None."""
    if a is None or b is None:
        return b if a is None else a
    return a + b


@dataclass(frozen=True)
class Gates:
    """Gates side by side, computed in one go: by sigmoid, or by tanh.

    sigmoid(x) = 1/2 + tanh(x/2)/2 (to rounding), so that one function serves all of them.

    tanhs: of the halved or whole inputs, (batch, gates * units).
    slopes: 1/2 for a sigmoid, 1 for tanh, (gates * units,).
    parts: the gates, (batch, units) each.
    """

    tanhs: Any
    slopes: Any
    parts: list[Any]

    @classmethod
    def of(cls, z: Any, sigmoid: list[bool]) -> "Gates":
        """The gates of what they are computed from, (batch, gates * units)."""
        ones = np.ones(z.shape[1] // len(sigmoid), np.float32)
        slopes = np.concatenate([ones / 2 if is_sigmoid else ones for is_sigmoid in sigmoid])
        tanhs = tf.tanh(z * slopes)
        return cls(tanhs, slopes, tf.split(tanhs * slopes + (1 - slopes), len(sigmoid), axis=1))

    def gradient(self, d_parts: list[Any]) -> Any:
        """The gradient of z, from those of the gates."""
        d_tanhs = (1 - self.tanhs * self.tanhs) * (self.slopes * self.slopes)
        return tf.concat(d_parts, axis=1) * d_tanhs


class Lstm:
    """Of `keras.layers.LSTM`."""

    count = 2

    def step(self, inputs: Any, product: Any, states: States) -> tuple[Any, States]:
        """Leaves c before it, the gates, and tanh(c')."""
        _, c = states
        gates = Gates.of(add(inputs, product), [True, True, False, True])
        i, f, g, o = gates.parts
        new_c = add(None if c is None else f * c, i * g)
        tanh = tf.tanh(new_c)
        return (c, gates, tanh), [o * tanh, new_c]

    def gradient(self, left: Any, d_states: States) -> Gradient:
        """See `Cell`."""
        c, gates, tanh = left
        i, f, g, o = gates.parts
        d_h, d_c = d_states
        d_c = add(d_c, d_h * o * (1 - tanh * tanh))
        d_f = tf.zeros_like(f) if c is None else d_c * c
        d_z = gates.gradient([d_c * g, d_f, d_c * i, d_h * tanh])
        return Gradient(d_z, d_z, [None, d_c * f])


class Gru:
    """Of `keras.layers.GRU` with `reset_after`."""

    count = 1

    def step(self, inputs: Any, product: Any, states: States) -> tuple[Any, States]:
        """Leaves h before it, z and r, g, and h_g, the part of the product that r resets."""
        (h,) = states
        units = inputs.shape[1] // 3
        x_g, h_g = inputs[:, 2 * units :], None
        gates = inputs[:, : 2 * units]
        if product is not None:
            gates, h_g = gates + product[:, : 2 * units], product[:, 2 * units :]
        gates = Gates.of(gates, [True, True])
        z, r = gates.parts
        g = tf.tanh(add(x_g, None if h_g is None else r * h_g))
        return (h, gates, g, h_g), [add(None if h is None else z * h, (1 - z) * g)]

    def gradient(self, left: Any, d_states: States) -> Gradient:
        """See `Cell`."""
        (h, gates, g, h_g), (d_h,) = left, d_states
        z, r = gates.parts
        d_g = d_h * (1 - z) * (1 - g * g)
        d_z = d_h * (-g if h is None else h - g)
        d_r = tf.zeros_like(r) if h_g is None else d_g * h_g
        d_gates = gates.gradient([d_z, d_r])
        d_inputs, d_product = (tf.concat([d_gates, d], axis=1) for d in (d_g, d_g * r))
        return Gradient(d_inputs, d_product, [d_h * z])


class Simple:
    """Of `keras.layers.SimpleRNN`."""

    count = 1

    def step(self, inputs: Any, product: Any, states: States) -> tuple[Any, States]:
        """Leaves h'."""
        del states  # they count by way of the product alone
        h = tf.tanh(add(inputs, product))
        return h, [h]

    def gradient(self, left: Any, d_states: States) -> Gradient:
        """See `Cell`."""
        d_z = d_states[0] * (1 - left * left)
        return Gradient(d_z, d_z, [None])
