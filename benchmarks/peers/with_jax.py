"""Both echoes in JAX as one would write them: all epochs in one compiled scan."""

import os

os.environ["XLA_FLAGS"] = f"{os.environ.get('XLA_FLAGS', '')} --xla_cpu_multi_thread_eigen=false"

import jax
import jax.numpy as jnp
from scanned import scanned
from work import Sizes, serve


def lstm(weights, name, inputs, state):
    """Outputs of every step, and the last state; steps are unrolled."""
    h, c = state
    outputs = []
    for x in inputs:
        z = x @ weights[f"{name}_kernel"] + h @ weights[f"{name}_recurrent"]
        i, f, g, o = jnp.split(z + weights[f"{name}_bias"], 4, axis=-1)
        c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
        h = jax.nn.sigmoid(o) * jnp.tanh(c)
        outputs.append(h)
    return outputs, (h, c)


def loss_of(weights, windows, states, sizes: Sizes):
    """The mean cross-entropy of a batch, and the states after it."""
    encoded = jax.nn.one_hot(windows, sizes.alphabet)
    steps = [encoded[:, i] for i in range(sizes.n_in)]
    outputs, first = lstm(weights, "first", steps, states[0])
    after = [first]
    if sizes.encoder:
        outputs, second = lstm(weights, "second", [outputs[-1]] * sizes.n_out, states[1])
        after.append(second)
    stacked = jnp.stack(outputs, axis=1)
    logits = stacked @ weights["output_kernel"] + weights["output_bias"]
    targets = encoded[:, : sizes.n_out]
    return -(jax.nn.log_softmax(logits) * targets).sum(-1).mean(), after


if __name__ == "__main__":
    serve(f"JAX {jax.__version__}", scanned(loss_of, donated=False))
