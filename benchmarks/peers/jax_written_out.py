"""Both echoes in JAX with what makes echoseq's loop quick.

- A product with one-hot vectors takes rows of the kernel, and its gradient adds to rows.
- There is no product with a state that is known to be zero.
- What the decoder reads at every step is multiplied once.
- The gradient of a recurrent kernel is one product over all steps.
- Steps lie one below the other, so that the output layer treats them at once.
- A block writes its results over what it was given.

Few steps are written out, many are a loop, as in echoseq.
"""

import os

os.environ["XLA_FLAGS"] = f"{os.environ.get('XLA_FLAGS', '')} --xla_cpu_multi_thread_eigen=false"

from functools import partial

import jax
import jax.numpy as jnp
from scanned import scanned
from work import Sizes, serve

WRITTEN_OUT = 32  # at most so many steps; more are a loop, or compiling takes minutes


def cell(z, c):
    """Hidden and cell state after a step, and what its gradient needs; c is None if it is zero."""
    i, f, g, o = jnp.split(z, 4, axis=1)
    i, f, g, o = jax.nn.sigmoid(i), jax.nn.sigmoid(f), jnp.tanh(g), jax.nn.sigmoid(o)
    after = i * g if c is None else f * c + i * g
    t = jnp.tanh(after)
    return o * t, after, (i, f, g, o, t, c)


def cell_gradient(saved, dh, dc):
    """The gradients of z and c, from those of the states after a step."""
    i, f, g, o, t, c = saved
    dc = dc + dh * o * (1 - t * t)
    forget = jnp.zeros_like(f) if c is None else dc * c * f * (1 - f)
    parts = [dc * g * i * (1 - i), forget, dc * i * (1 - g * g), dh * t * o * (1 - o)]
    return jnp.concatenate(parts, axis=1), dc * f


def over_steps(step, carried, inputs, *, reverse=False):
    """As `jax.lax.scan`, but that it writes few steps out."""
    count = len(jax.tree.leaves(inputs)[0])
    if count > WRITTEN_OUT:
        return jax.lax.scan(step, carried, inputs, reverse=reverse)
    outputs = [None] * count
    for i in reversed(range(count)) if reverse else range(count):
        carried, outputs[i] = step(carried, jax.tree.map(lambda part, i=i: part[i], inputs))
    return carried, jax.tree.map(lambda *parts: jnp.stack(parts), *outputs)


@partial(jax.custom_vjp, nondiff_argnums=(3,))
def lstm(inputs, recurrent, state, fresh):
    """Outputs of every step (steps, batch, cells), and the last state.

    Args:
        inputs: of every step, multiplied by the kernel and with the bias, (steps, batch, 4 cells).
        state: before the first step; not used if it is `fresh`, that is, zero. It has no gradient.
    """
    return forward(inputs, recurrent, state, fresh)[0]


def forward(inputs, recurrent, state, fresh):
    """The same, and what the gradient needs: of the first step from a state of zero, of others."""

    def step(state, z):
        h, c = state
        after, c, saved = cell(z + h @ recurrent, c)
        return (after, c), (after, h, saved)

    if not fresh:
        state, (outputs, before, saved) = over_steps(step, state, inputs)
        return (outputs, state), (recurrent, state, None, before, saved)
    h, c, first = cell(inputs[0], None)
    if len(inputs) == 1:
        return (h[None], (h, c)), (recurrent, state, first, None, None)
    after, (outputs, before, saved) = over_steps(step, (h, c), inputs[1:])
    outputs = jnp.concatenate([h[None], outputs])
    return (outputs, after), (recurrent, state, first, before, saved)


def backward(fresh, kept, gradients):
    """The gradients of inputs and kernel; none flows through the states between batches."""
    recurrent, state, first, before, saved = kept
    given = gradients[0]
    zero = jnp.zeros_like(given[0])

    def step(after, of_step):
        dh, dc = after
        d, saved = of_step
        dz, dc = cell_gradient(saved, d + dh, dc)
        return (dz @ recurrent.T, dc), dz

    d_recurrent, dz = jnp.zeros_like(recurrent), given[:0]
    after = (zero, zero)
    if before is not None:
        after, dz = over_steps(step, after, (given[1:] if fresh else given, saved), reverse=True)
        cells = zero.shape[-1]
        d_recurrent = before.reshape(-1, cells).T @ dz.reshape(-1, 4 * cells)
    if fresh:
        dz_first, _ = cell_gradient(first, given[0] + after[0], after[1])
        dz = dz_first[None] if before is None else jnp.concatenate([dz_first[None], dz])
    return dz, d_recurrent, jax.tree.map(jnp.zeros_like, state)


lstm.defvjp(forward, backward)


def loss_of(weights, windows, states, sizes: Sizes):
    """The mean cross-entropy of a batch, and the states after it."""
    fresh = not sizes.carries
    rows = weights["first_kernel"] + weights["first_bias"]
    read = rows[windows.T.reshape(-1)].reshape(sizes.n_in, sizes.batch_size, -1)
    outputs, after = lstm(read, weights["first_recurrent"], states[0], fresh)
    after = [after]
    if sizes.encoder:
        read = outputs[-1] @ weights["second_kernel"] + weights["second_bias"]
        recurrent = weights["second_recurrent"]
        repeated = jnp.broadcast_to(read, (sizes.n_out, *read.shape))
        outputs, second = lstm(repeated, recurrent, states[1], fresh)
        after.append(second)
    logits = outputs.reshape(-1, sizes.cells) @ weights["output_kernel"] + weights["output_bias"]
    targets = windows[:, : sizes.n_out].T.reshape(-1)
    said = jax.nn.log_softmax(logits)
    return -(said * jax.nn.one_hot(targets, sizes.alphabet)).sum(-1).mean(), after


if __name__ == "__main__":
    serve(f"JAX {jax.__version__}", scanned(loss_of, donated=True))
