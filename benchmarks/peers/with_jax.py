"""Both echoes in JAX: all epochs in one compiled scan."""

import os

os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false"

import jax
import jax.numpy as jnp
import numpy as np
from work import BETA_1, BETA_2, EPSILON, RATE, Sizes, report

BLOCK = 100


def initial(sizes: Sizes) -> dict[str, jax.Array]:
    """Weights as Keras draws them: Glorot's uniform, orthogonal, zero, forget gates of one."""
    keys = iter(jax.random.split(jax.random.key(0), 8))
    glorot, orthogonal = jax.nn.initializers.glorot_uniform(), jax.nn.initializers.orthogonal()
    cells, features = sizes.cells, sizes.alphabet
    bias = jnp.zeros(4 * cells).at[cells : 2 * cells].set(1.0)

    def lstm(name: str, inputs: int) -> dict[str, jax.Array]:
        return {
            f"{name}_kernel": glorot(next(keys), (inputs, 4 * cells)),
            f"{name}_recurrent": orthogonal(next(keys), (cells, 4 * cells)),
            f"{name}_bias": bias,
        }

    weights = lstm("first", features) | (lstm("second", cells) if sizes.encoder else {})
    output = glorot(next(keys), (cells, features))
    return weights | {"output_kernel": output, "output_bias": jnp.zeros(features)}


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


def loss_of(weights, windows, states, sizes):
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


def adam(weights, gradients, moments, count):
    """One update by Adam."""
    rate = RATE * jnp.sqrt(1 - BETA_2**count) / (1 - BETA_1**count)
    first = jax.tree.map(lambda m, g: BETA_1 * m + (1 - BETA_1) * g, moments[0], gradients)
    second = jax.tree.map(lambda v, g: BETA_2 * v + (1 - BETA_2) * g * g, moments[1], gradients)
    weights = jax.tree.map(
        lambda w, m, v: w - rate * m / (jnp.sqrt(v) + EPSILON), weights, first, second
    )
    return weights, (first, second)


def trainer(sizes: Sizes):
    """A function of windows that goes on training one network."""
    zero = jnp.zeros((sizes.batch_size, sizes.cells))
    fresh = [(zero, zero)] * (2 if sizes.encoder else 1)

    def update(carried, windows):
        weights, moments, count, states = carried
        gradient = jax.value_and_grad(loss_of, has_aux=True)
        (loss, states), gradients = gradient(weights, windows, states, sizes)
        weights, moments = adam(weights, gradients, moments, count + 1)
        return (weights, moments, count + 1, jax.lax.stop_gradient(states)), loss

    def epoch(carried, windows):
        (*carried, _), losses = jax.lax.scan(update, (*carried, fresh), windows)
        return tuple(carried), losses.mean()

    @jax.jit
    def block(carried, windows):
        return jax.lax.scan(epoch, carried, windows)

    weights = initial(sizes)
    zeros = jax.tree.map(jnp.zeros_like, weights)
    carried = (weights, (zeros, zeros), jnp.zeros(()))

    def run(drawn: np.ndarray) -> list[float]:
        nonlocal carried
        losses = []
        for start in range(0, len(drawn), BLOCK):
            carried, part = block(carried, drawn[start : start + BLOCK])
            losses += part.tolist()
        return losses

    return run


if __name__ == "__main__":
    report(f"JAX {jax.__version__}", trainer, warmup=BLOCK)
