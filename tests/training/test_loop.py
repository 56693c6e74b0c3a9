"""The compiled loop does what a plain Keras loop does, and gives the same bits everywhere."""

import json
import os
import platform
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from conftest import PROJECT

from echoseq.data.sequences import MISSING, frame, one_hot
from echoseq.data.snapshots import TRAINING, draw
from echoseq.errors import EchoseqError
from echoseq.networks import building as models
from echoseq.networks.backend import keras, tf
from echoseq.networks.building import coding_of, weights_digest
from echoseq.networks.coding import OneHot
from echoseq.networks.numerics import VARIABLES
from echoseq.training.loop import History, train

SMALL = {
    **{"n_in": 4, "alphabet": 10, "cells": 6, "length": 12},  # 9 windows
    **{"encoding": "one_hot", "framing": "drop", "stateful": True, "masking": False},
}
FULL = SMALL | {"model": "lstm", "n_out": 4, "batch_size": 3}
PARTIAL = SMALL | {"model": "encoder_decoder", "n_out": 2, "batch_size": 9}
PLANS = pytest.mark.parametrize("plan", [FULL, PARTIAL], ids=["full", "partial"])


def sequences(plan: dict, epochs: int) -> np.ndarray:
    return draw(TRAINING, 0, count=epochs, length=plan["length"], alphabet=plan["alphabet"])


def run(plan: dict, epochs: int, **options: object) -> tuple[object, History]:
    model = models.build(plan, 0)
    sizes = {key: plan[key] for key in ("n_in", "n_out", "batch_size")}
    return model, train(model, sequences(plan, epochs), coding_of(plan), **sizes, **options)


def plain_keras(plan: dict, epochs: int) -> tuple[object, History]:
    """The study's own way: one `fit` a sequence, unshuffled, the state reset by hand."""
    model = models.build(plan, 0)
    model.compile(loss="categorical_crossentropy", optimizer="adam", metrics=["accuracy"])
    losses, accuracies = [], []
    for sequence in sequences(plan, epochs):
        x, y = (
            one_hot(part, plan["alphabet"]) for part in frame(sequence, plan["n_in"], plan["n_out"])
        )
        fit = model.fit(x, y, batch_size=plan["batch_size"], verbose=0, shuffle=False)
        losses += fit.history["loss"]
        accuracies += fit.history["accuracy"]
        for layer in models.stateful_layers(model):
            layer.reset_state()
    return model, History(np.array(losses), np.array(accuracies))


@PLANS
def test_every_step_is_that_of_a_plain_keras_loop(plan: dict) -> None:
    ours, history = run(plan, 60)
    keras_model, keras_history = plain_keras(plan, 60)
    np.testing.assert_allclose(history.loss, keras_history.loss, rtol=2e-5)
    np.testing.assert_allclose(history.accuracy, keras_history.accuracy, atol=1e-6)
    for a, b in zip(ours.get_weights(), keras_model.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, atol=2e-5)


LINEAR_FULL = FULL | {"encoding": "linear"}
LINEAR_PARTIAL = PARTIAL | {"encoding": "linear"}
STATELESS_FULL = FULL | {"stateful": False, "batch_size": 1}
STATELESS_PARTIAL = PARTIAL | {"stateful": False, "batch_size": 1}
MASK_FULL = FULL | {"framing": "mask", "batch_size": 3}  # 12 windows
MASK_PARTIAL = PARTIAL | {"framing": "mask", "batch_size": 12}
MASKS = pytest.mark.parametrize(
    "plan",
    [
        MASK_FULL,
        MASK_FULL | {"masking": True},
        MASK_PARTIAL,
        MASK_PARTIAL | {"masking": True},
        MASK_PARTIAL | {"encoding": "linear", "batch_size": 4},
    ],
    ids=["full", "full masked", "partial", "partial masked", "partial linear"],
)


def framed(sequence: np.ndarray, plan: dict) -> tuple[np.ndarray, np.ndarray]:
    """Windows and targets as integers, -1 where the sequence has not begun; by plain indexing."""
    n_in, first = plan["n_in"], 0 if plan["framing"] == "mask" else plan["n_in"] - 1
    steps = [-1] * (n_in - 1) + sequence.tolist()
    rows = np.array([steps[t : t + n_in] for t in range(first, len(sequence))])
    return rows, rows[:, : plan["n_out"]]


def encoded(values: np.ndarray, plan: dict) -> np.ndarray:
    """One-hot or linear, with -1 in every feature of a missing value; NumPy alone."""
    top = plan["alphabet"] - 1
    if plan["encoding"] == "linear":
        numbers = (values / top)[..., None]
    else:
        numbers = np.eye(plan["alphabet"])[np.maximum(values, 0)]
    return np.where((values == -1)[..., None], -1, numbers).astype(np.float32)


def rounded_accuracy(alphabet: int) -> object:
    """Of regression on 0..1: whether the nearest integers are the same."""

    def accuracy(expected: object, outputs: object) -> object:
        nearest = [keras.ops.round(x[..., 0] * (alphabet - 1)) for x in (expected, outputs)]
        nearest[1] = keras.ops.clip(nearest[1], 0, alphabet - 1)
        return keras.ops.cast(keras.ops.equal(*nearest), "float32")

    return accuracy


def keras_batches(plan: dict, epochs: int) -> tuple[object, History]:
    """Plain Keras, a batch at a time: missing targets weigh nothing in loss and accuracy."""
    model = models.build(plan, 0)
    linear = plan["encoding"] == "linear"
    loss = keras.losses.MeanSquaredError if linear else keras.losses.CategoricalCrossentropy
    metric = rounded_accuracy(plan["alphabet"]) if linear else "accuracy"
    model.compile(
        loss=loss(reduction="mean_with_sample_weight"), optimizer="adam", weighted_metrics=[metric]
    )
    losses, accuracies = [], []
    for sequence in sequences(plan, epochs):
        windows, targets = framed(sequence, plan)
        total, right, weight = 0.0, 0.0, 0.0
        for start in range(0, len(windows), plan["batch_size"]):
            part = slice(start, start + plan["batch_size"])
            x, y = encoded(windows[part], plan), encoded(targets[part], plan)
            present = (targets[part] != -1).astype(np.float32)
            model.reset_metrics()
            said = model.train_on_batch(x, y, sample_weight=present, return_dict=True)
            total += said["loss"] * present.sum()
            right += said["accuracy"] * present.sum()
            weight += present.sum()
        losses.append(total / weight)
        accuracies.append(right / weight)
        for layer in models.stateful_layers(model):
            layer.reset_state()
    return model, History(np.array(losses), np.array(accuracies))


def assert_same(plan: dict, epochs: int, expected: tuple[object, History]) -> None:
    ours, history = run(plan, epochs)
    keras_model, keras_history = expected
    np.testing.assert_allclose(history.loss, keras_history.loss, rtol=2e-5)
    np.testing.assert_allclose(history.accuracy, keras_history.accuracy, atol=1e-6)
    for a, b in zip(ours.get_weights(), keras_model.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, atol=2e-5)


@pytest.mark.parametrize(
    "plan", [STATELESS_FULL, STATELESS_PARTIAL], ids=["stateless full", "stateless partial"]
)
def test_a_stateless_batch_of_1_is_that_of_a_plain_keras_loop(plan: dict) -> None:
    assert_same(plan, 20, plain_keras(plan, 20))


@pytest.mark.parametrize("plan", [LINEAR_FULL, LINEAR_PARTIAL], ids=["full", "partial"])
def test_regression_is_that_of_a_plain_keras_loop(plan: dict) -> None:
    assert_same(plan, 60, keras_batches(plan, 60))


@MASKS
def test_missing_values_are_treated_as_in_a_plain_keras_loop(plan: dict) -> None:
    """Kept windows, -1 in place of what is missing, and missing targets without weight."""
    assert_same(plan, 40, keras_batches(plan, 40))


class Loud(OneHot):
    """A coding that makes much ado about missing targets."""

    def loss(self, values: object, outputs: object) -> object:
        missing = tf.cast(values == MISSING, tf.float32)
        return super().loss(values, outputs) + missing * (1e3 + 1e3 * outputs[..., 0])


@pytest.mark.parametrize("plan", [MASK_FULL, MASK_PARTIAL], ids=["full", "partial"])
def test_missing_targets_carry_no_loss(plan: dict) -> None:
    """Whatever the loss says of them, nothing that is learned or reported changes."""
    model, history = run(plan, 20)
    sizes = {key: plan[key] for key in ("n_in", "n_out", "batch_size")}
    loud_model = models.build(plan, 0)
    coding = Loud(plan["alphabet"], missing=True)
    loud = train(loud_model, sequences(plan, 20), coding, **sizes)
    np.testing.assert_allclose(loud.loss, history.loss, rtol=1e-5)
    np.testing.assert_allclose(loud.accuracy, history.accuracy, atol=1e-6)
    for a, b in zip(model.get_weights(), loud_model.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-5)


def test_a_model_that_knows_nothing_has_the_loss_of_chance_over_what_is_there() -> None:
    """Were missing targets counted, as ever so little, the mean would be another."""
    plan = MASK_FULL | {"batch_size": 12}
    model = models.build(plan, 0)
    model.set_weights([0 * w for w in model.get_weights()])
    sizes = {key: plan[key] for key in ("n_in", "n_out", "batch_size")}
    history = train(model, sequences(plan, 1), coding_of(plan), **sizes)
    assert history.loss[0] == pytest.approx(np.log(10), rel=1e-5)
    # Every answer is 0, the first of equals: right where a target that is there is 0.
    _, targets = framed(sequences(plan, 1)[0], plan)
    assert history.accuracy[0] == pytest.approx((targets == 0).sum() / (targets >= 0).sum())


@PLANS
def test_the_block_size_does_not_change_a_bit(plan: dict) -> None:
    whole, whole_history = run(plan, 25, block=25)
    parts, parts_history = run(plan, 25, block=10)  # 10, 10 and 5
    assert weights_digest(whole) == weights_digest(parts)
    np.testing.assert_array_equal(whole_history.loss, parts_history.loss)
    np.testing.assert_array_equal(whole_history.accuracy, parts_history.accuracy)


def test_the_state_is_carried_between_batches_of_a_sequence() -> None:
    """With batches of one third of the windows, forgetting the state between them shows."""
    _, carried = run(FULL, 30)
    model = models.build(FULL, 0)
    model.layers[0].stateful = False
    _, stateless = (
        model,
        train(model, sequences(FULL, 30), coding_of(FULL), n_in=4, n_out=4, batch_size=3),
    )
    assert not np.allclose(carried.loss, stateless.loss, rtol=1e-4)


def test_the_state_is_reset_between_sequences() -> None:
    """The second of two sequences is learned as it is by a fresh model with the same weights."""
    coding = coding_of(PARTIAL)
    together = train(models.build(PARTIAL, 0), sequences(PARTIAL, 2), coding, **PARTIAL_SIZES)
    first = models.build(PARTIAL, 0)
    train(first, sequences(PARTIAL, 2)[:1], coding, **PARTIAL_SIZES)
    fresh = models.build(PARTIAL, 1)
    fresh.set_weights(first.get_weights())
    second = train(fresh, sequences(PARTIAL, 2)[1:], coding, **PARTIAL_SIZES)
    assert second.loss[0] == together.loss[1]


PARTIAL_SIZES = {"n_in": 4, "n_out": 2, "batch_size": 9}


def test_progress_is_reported_by_block() -> None:
    calls = []
    _, history = run(PARTIAL, 25, block=10, progress=lambda *call: calls.append(call))
    assert [call[0] for call in calls] == [10, 20, 25]
    assert calls[2][1] == pytest.approx(history.loss[20:].mean())


def test_a_loss_that_is_no_number_stops_training() -> None:
    model = models.build(PARTIAL, 0)
    model.set_weights([w * np.nan for w in model.get_weights()])
    with pytest.raises(EchoseqError, match="not a number in epoch 1"):
        train(model, sequences(PARTIAL, 5), coding_of(PARTIAL), n_in=4, n_out=2, batch_size=9)


def test_it_learns() -> None:
    plan = FULL | {"cells": 20}
    _, history = run(plan, 400)
    assert history.accuracy[-20:].mean() > 0.9
    assert history.loss[-20:].mean() < history.loss[:20].mean() / 2


def test_keras_is_set_up_for_the_same_bits() -> None:
    assert keras.backend.backend() == "tensorflow"
    assert {key: os.environ[key] for key in VARIABLES} == VARIABLES


def test_loading_keras_does_not_load_matplotlib_and_leaves_it_usable() -> None:
    program = (
        "import sys, echoseq.backend; assert 'matplotlib' not in sys.modules;"
        "import matplotlib.pyplot; assert matplotlib.pyplot.figure"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


REAL_SIZES = """
import json, sys
from echoseq.networks import numerics
numerics.VARIABLES["ONEDNN_MAX_CPU_ISA"] = sys.argv[1]
from echoseq.evaluation.answering import Predictor
from echoseq.files import array_digest
from echoseq.networks.building import build, coding_of, weights_digest
from echoseq.data.snapshots import TRAINING, draw
from echoseq.training.loop import train
digests = {}
for name, n_out, cells, batch_size in (("lstm", 5, 20, 7), ("encoder_decoder", 2, 150, 21)):
    plan = dict(model=name, n_in=5, n_out=n_out, alphabet=100, cells=cells, batch_size=batch_size,
                encoding="one_hot", framing="drop", stateful=True, masking=False)
    coding = coding_of(plan)
    model = build(plan, 0)
    initial = weights_digest(model)
    sequences = draw(TRAINING, 0, count=150, length=25, alphabet=100)
    history = train(model, sequences, coding, n_in=5, n_out=n_out, batch_size=batch_size)
    tokens, loss, _ = Predictor(model, coding).sequences(sequences[:5])
    results = array_digest([history.loss, history.accuracy, tokens, loss])
    digests[name] = {"initial": initial, "trained": weights_digest(model), "results": results}
print(json.dumps(digests))
"""


def digests_with(
    tmp_path: Path, onednn: str = VARIABLES["ONEDNN_MAX_CPU_ISA"], **variables: str
) -> dict[str, dict[str, str]]:
    """Digests of both models at the study's sizes, the matrix product capped as said."""
    script = tmp_path / "real_sizes.py"
    script.write_text(REAL_SIZES)
    done = subprocess.run(
        [sys.executable, str(script), onednn],
        env=os.environ | variables,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


# What every x86-64 processor with AVX2 and FMA should give with the locked libraries.
KNOWN = PROJECT / "tests" / "known_digests.json"
PROMISED = pytest.mark.skipif(
    platform.machine() not in {"x86_64", "AMD64"}, reason="bits are promised for x86-64 alone"
)


@pytest.fixture(scope="module")
def digests(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, str]]:
    return digests_with(tmp_path_factory.mktemp("best"))


@PROMISED
def test_the_bits_are_those_of_other_machines(digests: dict[str, dict[str, str]]) -> None:
    """After a change that is meant to change them: write what is printed here to the file."""
    assert digests == json.loads(KNOWN.read_text()), json.dumps(digests, indent=2)


@PROMISED
def test_the_same_bits_when_limited_to_avx2(
    digests: dict[str, dict[str, str]], tmp_path: Path
) -> None:
    """Compiled for AVX2, and with a user's variables that would let kernels be chosen freely."""
    outside = {"ONEDNN_MAX_CPU_ISA": "SSE41", "TF_ENABLE_ONEDNN_OPTS": "1"}
    limited = {"XLA_FLAGS": "--xla_cpu_max_isa=AVX2"}
    assert digests_with(tmp_path, **limited, **outside) == digests


@PROMISED
@pytest.mark.parametrize("isa", ["xla", "onednn"])
def test_the_bits_need_avx2(digests: dict[str, dict[str, str]], tmp_path: Path, isa: str) -> None:
    """The limits above do something: below AVX2 the bits differ, in either library."""
    if isa == "xla":
        below = digests_with(tmp_path, XLA_FLAGS="--xla_cpu_max_isa=AVX")
    else:
        below = digests_with(tmp_path, onednn="SSE41")
    for name, known in digests.items():
        assert below[name]["initial"] == known["initial"]
        assert below[name]["trained"] != known["trained"]
