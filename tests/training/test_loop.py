"""The compiled loop does what a plain Keras loop does."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from framed import frame
from optioned import PLANS as OPTIONED
from small import FULL, PARTIAL, sequences, train, trainer

from echoseq.data.sequences import one_hot
from echoseq.errors import EchoseqError
from echoseq.networks.backend import keras, tf
from echoseq.networks.building import build, stateful_layers
from echoseq.networks.coding import OneHot
from echoseq.networks.weights import weights_digest
from echoseq.study.optimizers import Optimizer
from echoseq.study.plan import Plan
from echoseq.task import MISSING
from echoseq.training.loop import History

PLANS = pytest.mark.parametrize("plan", [FULL, PARTIAL], ids=["full", "partial"])
FEW = 8  # updates, which Keras takes sooner as it is called than compiled


def run(plan: Plan, epochs: int, **options: Any) -> tuple[Any, History]:
    model = build(plan, 0)
    return model, train(plan, model, sequences(plan, epochs), **options)


def plain_keras(plan: Plan, epochs: int, **options: Any) -> tuple[Any, History]:
    """The study's own way: one `fit` a sequence, unshuffled, the state reset by hand."""
    model = build(plan, 0)
    defaults = {"loss": "categorical_crossentropy", "optimizer": "adam", "metrics": ["accuracy"]}
    model.compile(**(defaults | options))
    losses, accuracies = [], []
    for sequence in sequences(plan, epochs):
        x, y = (one_hot(part, plan.alphabet) for part in frame(sequence, plan.n_in, plan.n_out))
        fit = model.fit(x, y, batch_size=plan.batch_size, verbose=0, shuffle=False)
        losses += fit.history["loss"]
        accuracies += fit.history["accuracy"]
        for layer in stateful_layers(model):
            layer.reset_state()
    return model, History(np.array(losses), np.array(accuracies))


def assert_same(plan: Plan, epochs: int, expected: tuple[Any, History]) -> None:
    ours, history = run(plan, epochs)
    keras_model, keras_history = expected
    np.testing.assert_allclose(history.loss, keras_history.loss, rtol=2e-5)
    np.testing.assert_allclose(history.accuracy, keras_history.accuracy, atol=1e-6)
    for a, b in zip(ours.get_weights(), keras_model.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, atol=2e-5)


@PLANS
def test_every_step_is_that_of_a_plain_keras_loop(plan: Plan) -> None:
    assert_same(plan, 40, plain_keras(plan, 40))


@pytest.mark.parametrize("name", ["gru", "simple_rnn", "step", "feedback", "attention", "state"])
def test_so_it_is_for_every_encoder_decoder(name: str) -> None:
    plan = replace(PARTIAL, model=f"encoder_decoder_{name}")
    assert_same(plan, FEW, plain_keras(plan, FEW, run_eagerly=True))


@pytest.mark.parametrize("name", ["additive", "dot, fed", "initial weights", "one gated unit"])
def test_so_it_is_for_models_with_options(name: str) -> None:
    plan = replace(OPTIONED[name], batch_size=9)
    assert_same(plan, FEW, plain_keras(plan, FEW, run_eagerly=True))


@pytest.mark.parametrize("scale", [1e4, 1e-4])
def test_adam_with_an_epsilon_divided_takes_the_steps_of_the_loss_multiplied(scale: float) -> None:
    """So config/claims.yaml can ask for the loss times 10,000 without a key for it."""

    def scaled(targets: Any, outputs: Any) -> Any:
        return scale * keras.losses.categorical_crossentropy(targets, outputs)

    model, history = plain_keras(PARTIAL, 20, loss=scaled)
    optimizer = Optimizer("Adam", (("epsilon", 1e-7 / scale),))
    divided = replace(PARTIAL, optimizer=optimizer)
    assert_same(divided, 20, (model, replace(history, loss=history.loss / scale)))
    if scale < 1:  # an epsilon that cannot be overlooked
        with pytest.raises(AssertionError):
            assert_same(PARTIAL, 20, (model, replace(history, loss=history.loss / scale)))


@pytest.mark.parametrize("name", ["penalized", "active", "frugal", "shared", "bound"])
def test_a_models_own_losses_and_constraints_count_as_in_fit(name: str) -> None:
    """Regularizers, activity regularizers, `add_loss`; constraints, frozen layers, statistics."""
    plan = replace(FULL, model=f"builders:{name}")
    expected = plain_keras(plan, 5, run_eagerly=True)
    assert (expected[1].loss[0] > 100) == (name == "penalized")
    assert_same(plan, 5, expected)


def optimized(
    optimizer: dict[str, Any] | str, learning_rate: dict[str, Any] | float = 0.01
) -> Plan:
    return Plan.from_facts(FULL.facts() | {"optimizer": optimizer, "learning_rate": learning_rate})


RATE = {"initial_learning_rate": 0.05, "decay_steps": 20}
DECAY = {"schedule": "exponential_decay", "decay_rate": 0.5, "staircase": True, **RATE}
WARM = {"schedule": "CosineDecay", **RATE, "warmup_target": 0.08, "warmup_steps": 10}
OPTIMIZED = {
    "rmsprop clipped": optimized({"name": "rmsprop", "clipnorm": 0.05}),
    "sgd nesterov": optimized({"name": "sgd", "momentum": 0.9, "nesterov": True}),
    "adamw decayed": optimized({"name": "adam_w", "weight_decay": 0.5}),
    "muon": optimized("muon"),
    "schedule": optimized("adam", DECAY),
    "sgd warmed": optimized("SGD", WARM),
}


def of_keras(name: str) -> Any:
    """The same, as written with Keras alone."""
    optimizers, schedules = keras.optimizers, keras.optimizers.schedules
    return {
        "rmsprop clipped": lambda: optimizers.RMSprop(0.01, clipnorm=0.05),
        "sgd nesterov": lambda: optimizers.SGD(0.01, momentum=0.9, nesterov=True),
        "adamw decayed": lambda: optimizers.AdamW(0.01, weight_decay=0.5),
        "muon": lambda: optimizers.Muon(0.01),
        "schedule": lambda: optimizers.Adam(
            schedules.ExponentialDecay(0.05, 20, 0.5, staircase=True)
        ),
        "sgd warmed": lambda: optimizers.SGD(
            schedules.CosineDecay(0.05, 20, warmup_target=0.08, warmup_steps=10)
        ),
    }[name]()


@pytest.mark.parametrize("name", OPTIMIZED)
def test_every_optimizer_and_schedule_does_what_it_does_in_fit(name: str) -> None:
    """60 weight updates; options and rates are such that each shows."""
    plan = OPTIMIZED[name]
    assert_same(plan, 20, plain_keras(plan, 20, optimizer=of_keras(name)))


def test_what_an_optimizer_keeps_begins_anew_with_each_model() -> None:
    """This one keeps a number besides those of the weights, and a schedule counts updates."""
    plan = optimized("nadam", DECAY)
    shared = trainer(plan, block=10)
    digests = []
    for seed in (1, 0):
        model = build(plan, seed)
        shared.train(model, sequences(plan, 10))
        digests.append(weights_digest(model))
    alone = build(plan, 0)
    trainer.__wrapped__(plan, block=10).train(alone, sequences(plan, 10))
    assert digests[0] != digests[1] == weights_digest(alone)


LINEAR_FULL = replace(FULL, encoding="linear")
LINEAR_PARTIAL = replace(PARTIAL, encoding="linear")
STATELESS_FULL = replace(FULL, stateful=False, batch_size=1)
STATELESS_PARTIAL = replace(PARTIAL, stateful=False, batch_size=1)
MASK_FULL = replace(FULL, framing="mask", batch_size=3)  # 12 windows
MASK_PARTIAL = replace(PARTIAL, framing="mask", batch_size=12)
MASKS = pytest.mark.parametrize(
    "plan",
    [
        MASK_FULL,
        replace(MASK_FULL, masking=True),
        MASK_PARTIAL,
        replace(MASK_PARTIAL, masking=True),
        replace(MASK_PARTIAL, encoding="linear", batch_size=4),
    ],
    ids=["full", "full masked", "partial", "partial masked", "partial linear"],
)


def framed(sequence: np.ndarray, plan: Plan) -> tuple[np.ndarray, np.ndarray]:
    """Windows and targets as integers, -1 where the sequence has not begun; by plain indexing."""
    n_in, first = plan.n_in, 0 if plan.framing == "mask" else plan.n_in - 1
    steps = [-1] * (n_in - 1) + sequence.tolist()
    rows = np.array([steps[t : t + n_in] for t in range(first, len(sequence))])
    return rows, rows[:, : plan.n_out]


def encoded(values: np.ndarray, plan: Plan) -> np.ndarray:
    """One-hot or linear, with -1 in every feature of a missing value; NumPy alone."""
    top = plan.alphabet - 1
    if plan.encoding == "linear":
        numbers = (values / top)[..., None]
    else:
        numbers = np.eye(plan.alphabet)[np.maximum(values, 0)]
    return np.where((values == -1)[..., None], -1, numbers).astype(np.float32)


def rounded_accuracy(alphabet: int) -> Any:
    """Of regression on 0..1: whether the nearest integers are the same."""

    def accuracy(expected: Any, outputs: Any) -> Any:
        nearest = [keras.ops.round(x[..., 0] * (alphabet - 1)) for x in (expected, outputs)]
        nearest[1] = keras.ops.clip(nearest[1], 0, alphabet - 1)
        return keras.ops.cast(keras.ops.equal(*nearest), "float32")

    return accuracy


def keras_batches(plan: Plan, epochs: int) -> tuple[Any, History]:
    """Plain Keras, a batch at a time: missing targets weigh nothing in loss and accuracy."""
    model = build(plan, 0)
    linear = plan.encoding == "linear"
    loss = keras.losses.MeanSquaredError if linear else keras.losses.CategoricalCrossentropy
    metric = rounded_accuracy(plan.alphabet) if linear else "accuracy"
    model.compile(
        loss=loss(reduction="mean_with_sample_weight"), optimizer="adam", weighted_metrics=[metric]
    )
    losses, accuracies = [], []
    for sequence in sequences(plan, epochs):
        windows, targets = framed(sequence, plan)
        total, right, weight = 0.0, 0.0, 0.0
        for start in range(0, len(windows), plan.batch_size):
            part = slice(start, start + plan.batch_size)
            x, y = encoded(windows[part], plan), encoded(targets[part], plan)
            present = (targets[part] != -1).astype(np.float32)
            model.reset_metrics()
            said = model.train_on_batch(x, y, sample_weight=present, return_dict=True)
            total += said["loss"] * present.sum()
            right += said["accuracy"] * present.sum()
            weight += present.sum()
        losses.append(total / weight)
        accuracies.append(right / weight)
        for layer in stateful_layers(model):
            layer.reset_state()
    return model, History(np.array(losses), np.array(accuracies))


@pytest.mark.parametrize(
    "plan", [STATELESS_FULL, STATELESS_PARTIAL], ids=["stateless full", "stateless partial"]
)
def test_a_stateless_batch_of_1_is_that_of_a_plain_keras_loop(plan: Plan) -> None:
    assert_same(plan, 20, plain_keras(plan, 20))


@pytest.mark.parametrize("plan", [LINEAR_FULL, LINEAR_PARTIAL], ids=["full", "partial"])
def test_regression_is_that_of_a_plain_keras_loop(plan: Plan) -> None:
    assert_same(plan, 40, keras_batches(plan, 40))


@MASKS
def test_missing_values_are_treated_as_in_a_plain_keras_loop(plan: Plan) -> None:
    """Kept windows, -1 in place of what is missing, and missing targets without weight."""
    assert_same(plan, 40, keras_batches(plan, 40))


class Loud(OneHot):
    """A coding that makes much ado about missing targets."""

    def loss(self, values: Any, outputs: Any) -> Any:
        missing = tf.cast(values == MISSING, tf.float32)
        return super().loss(values, outputs) + missing * (1e3 + 1e3 * outputs[..., 0])


@pytest.mark.parametrize("plan", [MASK_FULL, MASK_PARTIAL], ids=["full", "partial"])
def test_missing_targets_carry_no_loss(plan: Plan) -> None:
    """Whatever the loss says of them, nothing that is learned or reported changes."""
    model, history = run(plan, 20)
    loud_model = build(plan, 0)
    coding = Loud(plan.alphabet, missing=True)
    loud = train(plan, loud_model, sequences(plan, 20), coding=coding)
    np.testing.assert_allclose(loud.loss, history.loss, rtol=1e-5)
    np.testing.assert_allclose(loud.accuracy, history.accuracy, atol=1e-6)
    for a, b in zip(model.get_weights(), loud_model.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-5)


def test_a_model_that_knows_nothing_has_the_loss_of_chance_over_what_is_there() -> None:
    """Were missing targets counted, as ever so little, the mean would be another."""
    plan = replace(MASK_FULL, batch_size=12)
    model = build(plan, 0)
    model.set_weights([0 * w for w in model.get_weights()])
    history = train(plan, model, sequences(plan, 1))
    assert history.loss[0] == pytest.approx(np.log(10), rel=1e-5)
    # Every answer is 0, the first of equals: right where a target that is there is 0.
    _, targets = framed(sequences(plan, 1)[0], plan)
    assert history.accuracy[0] == pytest.approx((targets == 0).sum() / (targets >= 0).sum())


@PLANS
def test_the_block_size_does_not_change_a_bit(plan: Plan) -> None:
    whole, whole_history = run(plan, 25)
    parts, parts_history = run(plan, 25, block=10)  # 10, 10 and 5
    assert weights_digest(whole) == weights_digest(parts)
    np.testing.assert_array_equal(whole_history.loss, parts_history.loss)
    np.testing.assert_array_equal(whole_history.accuracy, parts_history.accuracy)


def test_the_state_is_carried_between_batches_of_a_sequence() -> None:
    """With batches of one third of the windows, forgetting the state between them shows."""
    _, carried = run(FULL, 30)
    _, stateless = run(replace(FULL, stateful=False), 30)
    assert not np.allclose(carried.loss, stateless.loss, rtol=1e-4)


def test_the_state_is_reset_between_sequences() -> None:
    """The second of two sequences is learned as it is by a fresh model with the same weights."""
    together = train(PARTIAL, build(PARTIAL, 0), sequences(PARTIAL, 2))
    first = build(PARTIAL, 0)
    train(PARTIAL, first, sequences(PARTIAL, 2)[:1])
    fresh = build(PARTIAL, 1)
    fresh.set_weights(first.get_weights())
    second = train(PARTIAL, fresh, sequences(PARTIAL, 2)[1:])
    assert second.loss[0] == together.loss[1]


def test_progress_is_reported_by_block() -> None:
    calls = []
    _, history = run(PARTIAL, 25, block=10, progress=lambda *call: calls.append(call))
    assert [call[0] for call in calls] == [10, 20, 25]
    assert calls[2][1] == pytest.approx(history.loss[20:].mean())


def test_a_loss_that_is_no_number_stops_training() -> None:
    model = build(PARTIAL, 0)
    model.set_weights([w * np.nan for w in model.get_weights()])
    with pytest.raises(EchoseqError, match="not a number in epoch 1"):
        train(PARTIAL, model, sequences(PARTIAL, 5))


def test_it_learns() -> None:
    plan = replace(FULL, cells=20)
    _, history = run(plan, 400)
    assert history.accuracy[-20:].mean() > 0.9
    assert history.loss[-20:].mean() < history.loss[:20].mean() / 2


def test_training_a_model_leaves_the_ones_before_as_they_are() -> None:
    shared = trainer(FULL, block=10)
    done = []
    for seed in (0, 1, 2):
        model = build(FULL, seed)
        shared.train(model, sequences(FULL, 20))
        done.append((model, weights_digest(model)))
    assert len({digest for _, digest in done}) == len(done)
    assert [weights_digest(model) for model, _ in done] == [digest for _, digest in done]
