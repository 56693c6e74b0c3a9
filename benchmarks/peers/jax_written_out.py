"""Both echoes in JAX with what makes echoseq's loop quick.

- A product with one-hot vectors takes rows of the kernel, and its gradient adds to rows.
- There is no product with a state that is known to be zero.
- What the decoder reads at every step is multiplied once.
- The gradient of a recurrent kernel is one product over all steps.
- Steps lie one below the other, so that the output layer treats them at once.
- A block writes its results over what it was given.
"""

import os

os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false"

from functools import partial

import jax
import jax.numpy as jnp
from scanned import scanned
from work import Sizes, serve


def cell(z, c):
    """Hidden and cell state after a step, and what its gradient needs; c is None if it is zero."""
    i, f, g, o = jnp.split(z, 4, axis=1)
    i, f, g, o = jax.nn.sigmoid(i), jax.nn.sigmoid(f), jnp.tanh(g), jax.nn.sigmoid(o)
    after = i * g if c is None else f * c + i * g
    t = jnp.tanh(after)
    return o * t, after, (i, f, g, o, t, c)


def cell_gradient(saved, dh, dc):
    """The gradients of z and c, from those of the states after a step; dc is None if it is zero."""
    i, f, g, o, t, c = saved
    d = dh * o * (1 - t * t)
    dc = d if dc is None else dc + d
    forget = jnp.zeros_like(f) if c is None else dc * c * f * (1 - f)
    parts = [dc * g * i * (1 - i), forget, dc * i * (1 - g * g), dh * t * o * (1 - o)]
    return jnp.concatenate(parts, axis=1), dc * f


@partial(jax.custom_vjp, nondiff_argnums=(3,))
def lstm(inputs, recurrent, state, fresh):
    """Outputs of every step (steps, batch, cells), and the last state.

    Args:
        inputs: of every step, multiplied by the kernel and with the bias, (batch, 4 * cells).
        state: before the first step; not used if it is `fresh`, that is, zero. It has no gradient.
    """
    return forward(inputs, recurrent, state, fresh)[0]


def forward(inputs, recurrent, state, fresh):
    """The same, and what the gradient needs."""
    h, c = (None, None) if fresh else state
    before, outputs, saved = [], [], []
    for z in inputs:
        before.append(h)
        h, c, kept = cell(z if h is None else z + h @ recurrent, c)
        outputs.append(h)
        saved.append(kept)
    return (jnp.stack(outputs), (h, c)), (before, saved, recurrent, state)


def backward(fresh, kept, gradients):
    """The gradients of inputs and kernel; none flows through the states between batches."""
    before, saved, recurrent, state = kept
    dz, dh, dc = [], None, None
    for i in reversed(range(len(saved))):
        d = gradients[0][i]
        z, dc = cell_gradient(saved[i], d if dh is None else d + dh, dc)
        dz.insert(0, z)
        if i:
            dh = z @ recurrent.T
    first = 1 if fresh else 0
    d_recurrent = jnp.zeros_like(recurrent)
    if dz[first:]:
        d_recurrent = jnp.concatenate(before[first:]).T @ jnp.concatenate(dz[first:])
    return dz, d_recurrent, jax.tree.map(jnp.zeros_like, state)


lstm.defvjp(forward, backward)


def loss_of(weights, windows, states, sizes: Sizes):
    """The mean cross-entropy of a batch, and the states after it."""
    fresh = not sizes.carries
    rows = weights["first_kernel"] + weights["first_bias"]
    read = rows[windows.T.reshape(-1)].reshape(sizes.n_in, sizes.batch_size, -1)
    outputs, after = lstm([*read], weights["first_recurrent"], states[0], fresh)
    after = [after]
    if sizes.encoder:
        read = outputs[-1] @ weights["second_kernel"] + weights["second_bias"]
        recurrent = weights["second_recurrent"]
        outputs, second = lstm([read] * sizes.n_out, recurrent, states[1], fresh)
        after.append(second)
    logits = outputs.reshape(-1, sizes.cells) @ weights["output_kernel"] + weights["output_bias"]
    targets = windows[:, : sizes.n_out].T.reshape(-1)
    said = jax.nn.log_softmax(logits)
    return -(said * jax.nn.one_hot(targets, sizes.alphabet)).sum(-1).mean(), after


if __name__ == "__main__":
    serve(f"JAX {jax.__version__}", scanned(loss_of, donated=True))
