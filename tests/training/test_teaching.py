"""Teacher forcing: learned from outputs that are fed the targets, judged by answers of its own."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small import PARTIAL, sequences, train, trainer

from echoseq.asked import NOTHING
from echoseq.errors import EchoseqError
from echoseq.evaluation.answering import Predictor
from echoseq.evaluation.own_models import check_own_models
from echoseq.networks.backend import keras, tf
from echoseq.networks.building import build, stateful_layers, teacher
from echoseq.networks.coding import coding_of
from echoseq.networks.weights import weights_digest
from echoseq.study.plan import Plan
from echoseq.training.loop import History
from echoseq.training.runs import trainer_of
from echoseq.training.teaching import passes, previous

layers = keras.layers
PLAN = replace(PARTIAL, model="encoder_decoder_teacher_forcing", n_out=3)
GAPS = replace(PLAN, echo=(2, NOTHING, 4, 1), n_out=4)
PLANS = {
    "all windows at once": PLAN,
    "in batches": replace(PLAN, batch_size=3),
    "stateless": replace(PLAN, batch_size=3, stateful=False),
    "one value": replace(PLAN, n_out=1),
    "nothing asked in between": GAPS,
    "missing values": replace(PLAN, framing="mask", batch_size=4),
    "masked": replace(PLAN, framing="mask", batch_size=4, masking=True),
    "linear": replace(GAPS, encoding="linear"),
}


# In plain Keras, with nothing of the package but the initial weights


class ByHand:
    """An encoder, a decoder layer and an output layer, trained on batches."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.features = plan.alphabet if plan.encoding == "one_hot" else 1
        window = keras.Input(batch_shape=(plan.batch_size, plan.n_in, self.features))
        fed = keras.Input(batch_shape=(plan.batch_size, plan.n_out, self.features + 1))
        self.encoder = layers.LSTM(plan.cells, return_state=True, stateful=plan.stateful)
        self.decoder = layers.LSTM(plan.cells, return_sequences=True)
        activation = "softmax" if plan.encoding == "one_hot" else "linear"
        self.output = layers.Dense(self.features, activation=activation)
        read = layers.Masking(-1.0)(window) if plan.masking else window
        decoded = self.decoder(fed, initial_state=self.encoder(read)[1:])
        self.model = keras.Model([window, fed], self.output(decoded))
        self.model.set_weights(build(plan, 0).get_weights())
        linear = plan.encoding == "linear"
        loss = keras.losses.MeanSquaredError if linear else keras.losses.CategoricalCrossentropy
        self.model.compile(loss=loss(reduction="mean_with_sample_weight"), optimizer="adam")

    def encoded(self, values: np.ndarray, missing: float) -> np.ndarray:
        if self.plan.encoding == "linear":
            numbers = (values / (self.plan.alphabet - 1))[..., None]
        else:
            numbers = np.eye(self.plan.alphabet)[values]
        return np.where((values == -1)[..., None], missing, numbers).astype(np.float32)

    def fed(self, targets: np.ndarray) -> np.ndarray:
        """The start symbol, then the targets but the last."""
        fed = np.zeros((*targets.shape, self.features + 1), np.float32)
        fed[:, 0, -1] = 1
        fed[:, 1:, :-1] = self.encoded(targets, 0)[:, :-1]
        return fed

    def answers(self, windows: np.ndarray) -> np.ndarray:
        """Step by step, from the state in which the encoder is: the integers that are said."""
        x = self.encoded(windows, -1)
        zeros = np.zeros((len(windows), self.plan.cells), np.float32)
        states = [s.numpy() for s in self.encoder.states] if self.plan.stateful else [zeros] * 2
        for step in range(self.plan.n_in):
            _, new = self.encoder.cell(x[:, step], states)
            skipped = (windows[:, step] == -1)[:, None] & self.plan.masking
            states = [np.where(skipped, a, b) for a, b in zip(states, new, strict=True)]
        said = np.zeros((len(windows), self.features + 1), np.float32)
        said[:, -1] = 1
        outputs = []
        for _ in range(self.plan.n_out):
            decoded, states = self.decoder.cell(said, states)
            outputs.append(self.output(decoded).numpy())
            said = np.concatenate([outputs[-1], 0 * said[:, -1:]], axis=1)
        stacked = np.stack(outputs, axis=1)
        if self.plan.encoding == "one_hot":
            return stacked.argmax(-1)
        top = self.plan.alphabet - 1
        return np.clip(np.rint(stacked[..., 0] * top), 0, top)

    def train(self, epochs: int) -> History:
        losses, accuracies = [], []
        for windows, targets in zip(*self.plan.task.frame(sequences(self.plan, epochs))):
            total = right = weight = 0.0
            for start in range(0, len(windows), self.plan.batch_size):
                x, y = (part[start : start + self.plan.batch_size] for part in (windows, targets))
                asked = (y != -1).astype(np.float32)
                right += ((self.answers(x) == y) * asked).sum()
                loss = self.model.train_on_batch(
                    [self.encoded(x, -1), self.fed(y)], self.encoded(y, 0), sample_weight=asked
                )
                total += float(loss) * asked.sum()
                weight += asked.sum()
                self.model.reset_metrics()
            losses.append(total / weight)
            accuracies.append(right / weight)
            if self.plan.stateful:
                self.encoder.reset_state()
        return History(np.array(losses), np.array(accuracies))


@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS.keys())
def test_training_is_that_of_a_plain_keras_loop(plan: Plan) -> None:
    model, by_hand = build(plan, 0), ByHand(plan)
    history, expected = train(plan, model, sequences(plan, 8)), by_hand.train(8)
    np.testing.assert_allclose(history.loss, expected.loss, rtol=2e-5)
    np.testing.assert_allclose(history.accuracy, expected.accuracy, atol=1e-6)
    for ours, theirs in zip(model.get_weights(), by_hand.model.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=2e-5)


# What is fed


def test_the_target_before_each_is_fed_and_zeros_where_there_is_none() -> None:
    targets = tf.constant([[3, -1, 1, 2], [0, 3, -1, -1]])
    expected = np.eye(10)[[[0, 3, 0, 1], [0, 0, 3, 0]]] * [
        [[0], [1], [0], [1]],
        [[0], [1], [1], [0]],
    ]
    for plan in (PLAN, replace(PLAN, framing="mask")):
        np.testing.assert_array_equal(previous(targets, coding_of(plan)), expected)
    linear = previous(targets, coding_of(replace(PLAN, encoding="linear")))
    np.testing.assert_allclose(linear[..., 0] * 9, [[0, 3, 0, 1], [0, 0, 3, 0]], atol=1e-6)


def spread(model: Any) -> Any:
    """With weights so large that what is fed shows in what is said."""
    model.set_weights([4 * weights for weights in model.get_weights()])
    return model


@pytest.mark.parametrize("stateful", [True, False])
def test_targets_are_for_learning_and_leave_the_answers_alone(stateful: bool) -> None:
    plan = replace(PLAN, stateful=stateful)
    model = spread(build(plan, 0))
    learn = passes(model, coding_of(plan), taught=teacher(plan)(model), fresh=True)  # type: ignore[misc]
    (windows,), (targets,) = (tf.constant(x) for x in plan.task.frame(sequences(plan, 1)))
    other = tf.concat([targets[:, :1], (targets[:, 1:2] + 1) % 10, targets[:, 2:]], axis=1)
    results = []
    for fed in (targets, other):
        for layer in stateful_layers(model):
            layer.reset_state()
        results.append([part.tensor().numpy() for part in learn(windows, fed)])
    (outputs, answers), (others, same) = results
    np.testing.assert_array_equal(answers, same)
    changed = (outputs != others).any(axis=(0, 2))
    assert changed.tolist() == [False, False, True]  # the one after the changed target
    np.testing.assert_allclose(outputs[:, 0], answers[:, 0], atol=1e-6)  # both after the start
    assert not np.allclose(outputs[:, 1:], answers[:, 1:], atol=0.01)


def test_both_passes_begin_with_the_same_state() -> None:
    """And one batch moves the state of the encoder on once."""
    plan = replace(PLAN, batch_size=3)
    model, alone = build(plan, 0), build(plan, 0)
    learn = passes(model, coding_of(plan), taught=teacher(plan)(model), fresh=False)  # type: ignore[misc]
    (windows,), (targets,) = plan.task.frame(sequences(plan, 1))
    for start in (0, 3, 6):
        some = slice(start, start + 3)
        passed = learn(tf.constant(windows[some]), tf.constant(targets[some]))
        outputs, answers = (part.tensor() for part in passed)
        said = alone(coding_of(plan).encode(windows[some]))
        np.testing.assert_allclose(answers, said, atol=1e-6)
        np.testing.assert_allclose(outputs[:, 0], said[:, 0], atol=1e-6)


# The history


def test_the_accuracy_is_that_of_what_the_model_answers() -> None:
    """Not that of what it says when it is fed the targets, which is another one."""
    model = spread(build(PLAN, 0))
    taught = teacher(PLAN)(model)  # type: ignore[misc]
    differ = 0
    for sequence in sequences(PLAN, 12):
        (windows,), (targets,) = PLAN.task.frame(sequence[None])
        tokens, *_ = Predictor(model, coding_of(PLAN), PLAN.task).windows(windows, targets)
        fed = previous(tf.constant(targets), coding_of(PLAN))
        model.get_layer("encoder").reset_state()
        forced = taught([coding_of(PLAN).encode(windows), fed]).numpy().argmax(-1)
        history = train(PLAN, model, sequence[None])
        assert history.accuracy[0] == pytest.approx((tokens == targets).mean())
        differ += (tokens == targets).mean() != (forced == targets).mean()
    assert differ > 2


# Programs, files


def test_seeds_that_share_a_program_are_trained_as_alone() -> None:
    shared, digests = trainer(PLAN, block=10), []
    for seed in (1, 0):
        model = build(PLAN, seed)
        shared.train(model, sequences(PLAN, 15))
        digests.append(weights_digest(model))
    alone = build(PLAN, 0)
    trainer_of(PLAN).train(alone, sequences(PLAN, 15))
    assert digests[0] != digests[1] == weights_digest(alone)


def test_a_saved_model_needs_keras_alone_and_can_be_taught_again(tmp_path: Path) -> None:
    plan = replace(PLAN, stateful=False)
    model = build(plan, 0)
    train(plan, model, sequences(plan, 5))
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras", compile=False)
    assert len(loaded.inputs) == 1
    windows = np.eye(10, dtype=np.float32)[plan.task.frame(sequences(plan, 1))[0][0]]
    np.testing.assert_array_equal(loaded(windows), model(windows))
    fed = np.random.default_rng(0).random((9, 3, 10)).astype(np.float32)
    answers = [teacher(plan)(one)([windows, fed]) for one in (model, loaded)]  # type: ignore[misc]
    np.testing.assert_array_equal(*answers)
    assert not np.allclose(answers[0], model(windows), atol=1e-3)
    train(plan, loaded, sequences(plan, 5))
    assert weights_digest(loaded) != weights_digest(model)


# The user's own


def own(name: str, **changes: Any) -> Plan:
    return replace(PLAN, model=f"builders:{name}", **changes)


def test_a_model_of_ones_own_is_taught_by_the_function_beside_its_builder() -> None:
    assert teacher(own("plain")) is None
    model, built_in = build(own("handed"), 0), build(PLAN, 0)
    for one, plan in ((model, own("handed")), (built_in, PLAN)):
        train(plan, one, sequences(plan, 10))
    assert weights_digest(model) == weights_digest(built_in)
    check_own_models({"mine": own("handed")})


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("taught_nothing", "expected a Keras model, got NoneType"),
        ("taught_windows", "expected input shapes [(9, 4, 10), (9, 3, 10)], got [(9, 4, 10)]"),
        ("taught_others", "expected the layers of the model, with all its weights"),
        ("taught_badly", "ValueError: No such layer: reader."),
    ],
)
def test_what_would_not_train_the_model_is_refused(name: str, said: str) -> None:
    plan = own(name)
    with pytest.raises(EchoseqError) as caught:
        teacher(plan)(build(plan, 0))  # type: ignore[misc]
    assert str(caught.value).startswith(f"model builders:{name}_taught: {said}")
    with pytest.raises(EchoseqError, match=r"^experiments\.mine\.model builders:.*cannot train it"):
        check_own_models({"mine": plan})
