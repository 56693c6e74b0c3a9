"""The forward pass of training beside that of plain Keras, and what both are tried on."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import small
from framed import frame

from echoseq.data.snapshots import TRAINING, draw
from echoseq.networks.backend import keras, tf
from echoseq.networks.building import stateful_layers
from echoseq.networks.coding import coding_of
from echoseq.networks.contract import UNROLL_LIMIT
from echoseq.study.plan import Plan
from echoseq.task import MISSING
from echoseq.training.activations import Plain
from echoseq.training.forward import forward_pass
from echoseq.training.losses import score

layers = keras.layers
Build = Callable[[], Any]
BATCHES = 4  # of a sequence that are compared, as many as see each kind of missing value

FULL = replace(small.FULL, length=10, n_in=3, n_out=3, batch_size=4)  # 8 windows
PARTIAL = replace(FULL, model="encoder_decoder", n_out=2, batch_size=8)
MANY_TO_ONE = replace(FULL, model="many_to_one", n_out=2)
ONE_TO_ONE = replace(MANY_TO_ONE, model="one_to_one")


def linear(plan: Plan) -> Plan:
    return replace(plan, encoding="linear")


def kept(plan: Plan, batch_size: int = 4) -> Plan:
    """With the windows that miss values, 12 in all."""
    return replace(plan, framing="mask", length=12, batch_size=batch_size)


def masked(plan: Plan, batch_size: int = 4) -> Plan:
    return replace(kept(plan, batch_size), masking=True)


def stateless(plan: Plan) -> Plan:
    return replace(plan, stateful=False)


def single(plan: Plan) -> Plan:
    """In batches of 1."""
    return replace(plan, batch_size=1)


def long(plan: Plan, n_out: int = 2) -> Plan:
    """Windows of more steps than are unrolled, 4 in all."""
    return replace(plan, n_in=UNROLL_LIMIT + 1, n_out=n_out, length=UNROLL_LIMIT + 4, batch_size=4)


def batches_of(plan: Plan, *, holes: bool = False) -> list[np.ndarray]:
    """The windows of one sequence, int32 (batch, n_in), batch by batch."""
    drawn = draw(TRAINING, 0, count=1, length=plan.length, alphabet=plan.alphabet)[0]
    windows, _ = frame(drawn, plan.n_in, plan.n_out, keep_missing=plan.task.keep_missing)
    if holes:
        some = np.random.default_rng(0).random(windows.shape) < 0.3
        windows = np.where(some, MISSING, windows)
    return np.split(windows.astype(np.int32), len(windows) // plan.batch_size)


def learn(
    model: Any, plan: Plan, forward: Callable[[Any], Any], windows: np.ndarray
) -> tuple[Any, list[Any]]:
    """The outputs of a batch, and the gradients of its loss; also its loss and hits."""
    targets = tf.constant(windows[:, : plan.n_out])
    with tf.GradientTape() as tape:
        outputs = forward(tf.constant(windows))
        loss, hits, count = score(targets, outputs, outputs, coding_of(plan))
        loss = loss / max(count, 1.0)
    gradients = tape.gradient(loss, model.trainable_variables)
    return [outputs.tensor(), loss, hits], gradients


def states_of(model: Any) -> list[Any]:
    return [state for layer in stateful_layers(model) for state in layer.states]


def vary(model: Any) -> Any:
    """Random weights, biases too, so large that gates open and close."""
    stream = np.random.default_rng(1)
    model.set_weights([stream.normal(0, 0.5, w.shape) for w in model.get_weights()])
    return model


def assert_close(ours: list[Any], expected: list[Any]) -> None:
    for a, b in zip(ours, expected, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5 * np.abs(b).max())


def assert_as_keras(plan: Plan, model: Any, *, holes: bool = False) -> None:
    """Outputs, gradients and states, batch after batch, each as Keras has them from there."""
    batches, coding = batches_of(plan, holes=holes), coding_of(plan)
    vary(model)
    states, fresh = states_of(model), len(batches) == 1
    ours = forward_pass(model, coding, fresh=fresh)
    for windows in batches[:BATCHES]:
        before = [state.numpy() for state in states]
        outputs, gradients = learn(model, plan, ours, windows)
        after = [state.numpy() for state in states]
        for state, value in zip(states, before):
            state.assign(value)
        expected, keras_gradients = learn(
            model, plan, lambda w: Plain(model(coding.encode(w), training=True)), windows
        )
        assert_close([*outputs, *gradients], [*expected, *keras_gradients])
        if not fresh:
            assert_close(after, [state.numpy() for state in states])


def answer(model: Any, plan: Plan, *, fresh: bool = False) -> Any:
    """What a model says of the first batch."""
    passed = forward_pass(model, coding_of(plan), fresh=fresh)
    return passed(tf.constant(batches_of(plan)[0])).tensor()


def own(*middle: Build) -> Any:
    """A model of one's own, from makers of its layers between the input and the answers."""
    inputs = keras.Input(batch_shape=(4, 3, 10))
    answers = layers.TimeDistributed(layers.Dense(10, activation="softmax"))
    return keras.Sequential([inputs, *(make() for make in middle), answers])


def recurrent(kind: str = "LSTM", **options: Any) -> Build:
    options = {"return_sequences": True, "stateful": True, "unroll": True} | options
    return lambda: getattr(layers, kind)(6, **options)


def masking() -> Any:
    return layers.Masking(float(MISSING))
