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


class Lstm:
    """Of `keras.layers.LSTM`."""

    count = 2

    def step(self, inputs: Any, product: Any, states: States) -> tuple[Any, States]:
        """Leaves c before it, i, f, g, o, and tanh(c')."""
        _, c = states
        i, f, g, o = tf.split(add(inputs, product), 4, axis=1)
        i, f, g, o = tf.sigmoid(i), tf.sigmoid(f), tf.tanh(g), tf.sigmoid(o)
        new_c = add(None if c is None else f * c, i * g)
        tanh = tf.tanh(new_c)
        return (c, (i, f, g, o), tanh), [o * tanh, new_c]

    def gradient(self, left: Any, d_states: States) -> Gradient:
        """See `Cell`."""
        c, (i, f, g, o), tanh = left
        d_h, d_c = d_states
        d_c = add(d_c, d_h * o * (1 - tanh * tanh))
        d_z = [
            d_c * g * i * (1 - i),
            tf.zeros_like(f) if c is None else d_c * c * f * (1 - f),
            d_c * i * (1 - g * g),
            d_h * tanh * o * (1 - o),
        ]
        both = tf.concat(d_z, axis=1)
        return Gradient(both, both, [None, d_c * f])


class Gru:
    """Of `keras.layers.GRU` with `reset_after`."""

    count = 1

    def step(self, inputs: Any, product: Any, states: States) -> tuple[Any, States]:
        """Leaves h before it, z, r, g, and h_g, the part of the product that r resets."""
        (h,) = states
        parts = [None] * 3 if product is None else tf.split(product, 3, axis=1)
        x_z, x_r, x_g = tf.split(inputs, 3, axis=1)
        h_z, h_r, h_g = parts
        z, r = tf.sigmoid(add(x_z, h_z)), tf.sigmoid(add(x_r, h_r))
        g = tf.tanh(add(x_g, None if h_g is None else r * h_g))
        return (h, z, r, g, h_g), [add(None if h is None else z * h, (1 - z) * g)]

    def gradient(self, left: Any, d_states: States) -> Gradient:
        """See `Cell`."""
        (h, z, r, g, h_g), (d_h,) = left, d_states
        d_g = d_h * (1 - z) * (1 - g * g)
        d_z = d_h * (-g if h is None else h - g) * z * (1 - z)
        d_r = tf.zeros_like(r) if h_g is None else d_g * h_g * r * (1 - r)
        d_inputs = tf.concat([d_z, d_r, d_g], axis=1)
        return Gradient(d_inputs, tf.concat([d_z, d_r, d_g * r], axis=1), [d_h * z])


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
