"""What both programs in JAX share: Adam, and a scan over all epochs of a block."""

import jax
import jax.numpy as jnp
import numpy as np
from work import BETA_1, BETA_2, EPSILON, RATE, Make, Run, Sizes, Weights


def adam(weights, gradients, moments, count):
    """One update by Adam."""
    rate = RATE * jnp.sqrt(1 - BETA_2**count) / (1 - BETA_1**count)
    first = jax.tree.map(lambda m, g: BETA_1 * m + (1 - BETA_1) * g, moments[0], gradients)
    second = jax.tree.map(lambda v, g: BETA_2 * v + (1 - BETA_2) * g * g, moments[1], gradients)
    weights = jax.tree.map(
        lambda w, m, v: w - rate * m / (jnp.sqrt(v) + EPSILON), weights, first, second
    )
    return weights, (first, second)


def scanned(loss_of, *, donated: bool) -> Make:
    """Training as one compiled scan over the epochs of a block.

    Args:
        loss_of: a function (weights, windows, states, sizes) -> loss, states.
        donated: whether a block may write its results over what it is given.
    """

    def make(sizes: Sizes, initial: Weights) -> Run:
        zero = jnp.zeros((sizes.batch_size, sizes.cells))
        fresh = [(zero, zero)] * (2 if sizes.encoder else 1)

        def update(carried, windows):
            weights, moments, count, states = carried
            gradient = jax.value_and_grad(loss_of, has_aux=True)
            (loss, after), gradients = gradient(weights, windows, states, sizes)
            weights, moments = adam(weights, gradients, moments, count + 1)
            states = jax.lax.stop_gradient(after) if sizes.carries else states
            return (weights, moments, count + 1, states), loss

        def epoch(carried, windows):
            (*carried, _), losses = jax.lax.scan(update, (*carried, fresh), windows)
            return tuple(carried), losses.mean()

        block = jax.jit(
            lambda carried, windows: jax.lax.scan(epoch, carried, windows),
            donate_argnums=(0,) if donated else (),
        )
        weights = jax.tree.map(jnp.asarray, initial)
        moments = tuple(jax.tree.map(jnp.zeros_like, weights) for _ in range(2))
        carried = (weights, moments, jnp.zeros(()))

        def run(drawn: np.ndarray) -> list[float]:
            nonlocal carried
            losses = []
            for start in range(0, len(drawn), sizes.block):
                carried, part = block(carried, drawn[start : start + sizes.block])
                losses += part.tolist()
            return losses

        return run

    return make
