"""What each option of a model changes, and that it changes nothing else."""

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from optioned import ADDITIVE, GATED, PLANS, THREE
from small import FULL

from echoseq.networks.backend import keras
from echoseq.networks.building import build, stateful_layers
from echoseq.study.options import GRU, LSTM, SIMPLE, Layer
from echoseq.study.plan import Plan

NAMED = {
    "encoder_decoder_gru": {"encoder": GRU, "decoder": GRU},
    "encoder_decoder_simple_rnn": {"encoder": SIMPLE, "decoder": SIMPLE},
    "encoder_decoder_state": {"start": "encoder"},
    "encoder_decoder_step": {"feed": ("encoding", "step")},
    "encoder_decoder_feedback": {"feed": ("encoding", "answer")},
    "encoder_decoder_attention": {"attention": "dot"},
}


def windows(plan: Plan, seed: int = 0) -> np.ndarray:
    drawn = np.random.default_rng(seed).integers(0, 10, (plan.batch_size, plan.n_in))
    return np.eye(10, dtype=np.float32)[drawn]


def weights(model: Any) -> dict[str, np.ndarray]:
    """The weights by the name of their layer and their own."""
    paths = {re.sub(r"_\d+(?=/)", "", w.path): w.numpy() for w in model.trainable_variables}
    return {path.removeprefix(f"{model.name}/"): value for path, value in paths.items()}


def differing(ours: Mapping[str, np.ndarray], theirs: Mapping[str, np.ndarray]) -> set[str]:
    assert ours.keys() == theirs.keys()
    return {name for name in ours if not np.array_equal(ours[name], theirs[name])}


@pytest.mark.parametrize("name", NAMED)
def test_the_models_with_names_are_those_with_these_options(name: str) -> None:
    """To the bit, before training; layers and calls are the same, so that they train alike."""
    named, optioned = build(replace(THREE, model=name), 3), build(replace(THREE, **NAMED[name]), 3)
    pairs = zip(named.get_weights(), optioned.get_weights(), strict=True)
    assert all(np.array_equal(a, b) for a, b in pairs)
    kinds = [[type(layer).__name__ for layer in model.layers] for model in (named, optioned)]
    assert kinds[0] == kinds[1]
    np.testing.assert_array_equal(named(windows(THREE)), optioned(windows(THREE)))


# Initial weights

BEGUN = {
    "gain": (Layer(recurrent_gain=0.5), {"recurrent_kernel"}),
    "zero": (Layer(recurrent_gain=0.0), {"recurrent_kernel"}),
    "glorot": (Layer(recurrent_initializer="glorot_uniform"), {"recurrent_kernel"}),
    "forget": (Layer(forget_bias=-1.5), {"bias"}),
}


@pytest.mark.parametrize("part", ["encoder", "decoder"])
@pytest.mark.parametrize("name", BEGUN)
@pytest.mark.parametrize("feed", ["encoding", "answer"])  # a layer, or a cell
def test_initial_weights_of_one_layer_change_alone(name: str, part: str, feed: str) -> None:
    layer, changed = BEGUN[name]
    plain = replace(THREE, feed=tuple(dict.fromkeys(("encoding", feed))))
    ours, theirs = (weights(build(plan, 3)) for plan in (replace(plain, **{part: layer}), plain))
    found = differing(ours, theirs)
    assert {path.split("/")[-1] for path in found} == changed
    assert all(part in path for path in found)
    (path,) = found
    before, after = theirs[path], ours[path]
    if name in ("gain", "zero"):
        np.testing.assert_array_equal(after, np.float32(layer.recurrent_gain) * before)
    elif name == "forget":
        assert after.tolist() == [0.0] * 6 + [-1.5] * 6 + [0.0] * 12
    else:
        most = (6 / (6 + 24)) ** 0.5
        assert 0.9 * most < np.abs(after).max() <= most
        assert not np.allclose(after @ after.T, np.eye(6), atol=0.01)


@pytest.mark.parametrize(("cell", "gates"), [("lstm", 4), ("gru", 3), ("simple_rnn", 1)])
def test_so_do_those_of_the_one_layer_of_a_model(cell: str, gates: int) -> None:
    for model, n_out in (("lstm", 4), ("many_to_one", 2), ("one_to_one", 2)):
        plan = replace(FULL, model=model, n_out=n_out, layer=Layer(cell))
        small = replace(plan, layer=Layer(cell, recurrent_gain=0.25))
        ours, theirs = weights(build(small, 1)), weights(build(plan, 1))
        (path,) = differing(ours, theirs)
        assert theirs[path].shape == (6, gates * 6)
        np.testing.assert_array_equal(ours[path], 0.25 * theirs[path])


def test_a_gain_is_that_of_what_was_drawn() -> None:
    """Of both initializers; the two layers and other seeds draw other numbers."""

    def kernels(gain: float, seed: int = 0) -> list[np.ndarray]:
        layer = Layer(recurrent_initializer="glorot_uniform", recurrent_gain=gain)
        found = weights(build(replace(THREE, encoder=layer, decoder=layer), seed))
        return [value for path, value in found.items() if path.endswith("recurrent_kernel")]

    (ours, others), halved = kernels(1.0), kernels(0.5)
    np.testing.assert_array_equal(halved[0], 0.5 * ours)
    assert not np.isclose(ours, others).any()
    assert not np.isclose(ours, kernels(1.0, seed=1)[0]).any()


def test_an_encoder_with_a_kernel_of_zeros_holds_nothing_but_the_last_value() -> None:
    plan = replace(THREE, encoder=Layer("simple_rnn", recurrent_gain=0.0), decoder=SIMPLE)
    inputs, others = windows(plan), windows(plan, 1)
    others[:, -1] = inputs[:, -1]
    model = build(plan, 0)
    np.testing.assert_array_equal(model(inputs), model(others))
    held = build(replace(plan, encoder=SIMPLE), 0)
    assert not np.allclose(held(inputs), held(others), atol=1e-4)


@pytest.mark.parametrize(
    ("options", "new"),
    [
        ({"start": "first"}, {"start/kernel", "start_c/kernel"}),
        ({"start": "last", "decoder": SIMPLE}, {"start/kernel"}),
        (
            {"attention": "additive", "output": ("state",)},
            {"attention_query/kernel", "attention_key/kernel", "attention/scale"},
        ),
    ],
)
def test_what_an_option_adds_leaves_the_other_initial_weights_as_they_are(
    options: dict[str, Any], new: set[str]
) -> None:
    """But the kernel of what reads more, which has more rows."""
    plain = replace(THREE, decoder=options.get("decoder", LSTM))
    options = {k: v for k, v in options.items() if k != "output"}
    ours, theirs = weights(build(replace(plain, **options), 3)), weights(build(plain, 3))
    added = {name for name in ours.keys() - theirs.keys() if not name.startswith("output")}
    assert {"/".join(name.split("/")[-2:]) for name in added} == new
    kept = ours.keys() & theirs.keys()
    assert {"/".join(name.split("/")[-2:]) for name in kept} >= {"lstm_cell/kernel"}
    assert all(
        np.array_equal(ours[name], theirs[name])
        for name in kept
        if ours[name].shape == theirs[name].shape
    )


# The functions that are computed, against a few lines of NumPy


def sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


def softmax(x: np.ndarray) -> np.ndarray:
    powers = np.exp(x - x.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def varied(plan: Plan) -> Any:
    """A model with random weights, biases too."""
    model = build(plan, 0)
    stream = np.random.default_rng(1)
    model.set_weights([stream.normal(0, 0.6, w.shape) for w in model.get_weights()])
    return model


def read_by(model: Any, inputs: np.ndarray) -> np.ndarray:
    """The outputs of the encoder, (batch, n_in, cells)."""
    return np.array(keras.Model(model.inputs[0], model.get_layer("encoder").output)(inputs))


def bahdanau(model: Any, read: np.ndarray, n_out: int, *, after: bool = False) -> np.ndarray:
    """The decoder of Bahdanau et al. 2014, A.2.2, of Keras's weights; z is 1 - z there.

    Args:
        after: whether the output reads the state after the step, not the one before.
    """
    of = {layer.name: layer.get_weights() for layer in model.layers}
    (start,), (w_a,), (u_a,), (v_a,) = (
        of[name] for name in ("start", "attention_query", "attention_key", "attention")
    )
    (kernel, recurrent, bias), (out, out_bias) = of["decoder"], of["output"]
    w, u, b = (np.split(part, 3, axis=-1) for part in (kernel, recurrent, bias))
    s, y, said = np.tanh(read[:, 0] @ start), np.zeros((len(read), 10)), []
    for _ in range(n_out):
        energy = np.tanh((s @ w_a)[:, None] + read @ u_a) @ v_a
        context = np.einsum("bi,bic->bc", softmax(energy), read)
        x = np.concatenate([y, context], axis=1)
        update, reset = (sigmoid(x @ w[k] + s @ u[k] + b[k]) for k in (0, 1))
        proposed = np.tanh(x @ w[2] + (reset * s) @ u[2] + b[2])
        new = update * s + (1 - update) * proposed
        y = softmax(np.concatenate([new if after else s, context, y], axis=1) @ out + out_bias)
        s = new
        said.append(y)
    return np.stack(said, axis=1)


@pytest.mark.parametrize("after", [False, True])
def test_the_additive_decoder_is_that_of_its_paper(after: bool) -> None:
    output = ("state" if after else "previous_state", "context", "answer")
    plan = replace(ADDITIVE, output=output)
    model = varied(plan)
    inputs = windows(plan)
    read = read_by(model, inputs)
    for training in (False, True):
        said = model(inputs, training=training)
        np.testing.assert_allclose(said, bahdanau(model, read, 3, after=after), atol=2e-6)
        assert not np.allclose(said, bahdanau(model, read, 3, after=not after), atol=1e-3)


def test_a_gru_that_resets_after_the_product_is_another_function() -> None:
    ours, theirs = (varied(replace(ADDITIVE, decoder=cell)) for cell in (GATED, GRU))
    assert theirs.count_params() - ours.count_params() == 3 * 6  # a second bias
    layers = [model.get_layer("decoder").get_weights() for model in (ours, theirs)]
    for one, other in zip(ours.layers, theirs.layers, strict=True):
        if one.name != "decoder":
            other.set_weights(one.get_weights())
    (kernel, recurrent, bias), _ = layers
    theirs.get_layer("decoder").set_weights([kernel, recurrent, np.stack([bias, 0 * bias])])
    inputs = windows(ADDITIVE)
    assert not np.allclose(ours(inputs), theirs(inputs), atol=1e-3)


@pytest.mark.parametrize("fed", [False, True])
def test_what_is_fed_is_asked_for_before_the_step_and_else_after_it(fed: bool) -> None:
    """With dot products: the state before is zero at first, so all outputs weigh the same."""
    feed = ("encoding", "context") if fed else ("encoding", "answer")
    plan = replace(THREE, attention="dot", feed=feed, decoder=SIMPLE)
    model, inputs = varied(plan), windows(THREE)
    read = read_by(model, inputs)
    kernel, recurrent, bias = model.get_layer("decoder").get_weights()
    out, out_bias = model.get_layer("output").get_weights()
    s, y = np.zeros((9, 6)), np.zeros((9, 10))
    attend = lambda s: np.einsum(  # noqa: E731
        "bi,bic->bc", softmax(np.einsum("bc,bic->bi", s, read)), read
    )
    for place in range(3):
        x = np.concatenate([read[:, -1], attend(s) if fed else y], axis=1)
        before, s = attend(s), np.tanh(x @ kernel + s @ recurrent + bias)
        y = softmax(np.concatenate([s, before if fed else attend(s)], axis=1) @ out + out_bias)
        np.testing.assert_allclose(model(inputs)[:, place], y, atol=2e-6)
    np.testing.assert_allclose(attend(np.zeros((9, 6))), read.mean(axis=1), atol=1e-6)


@pytest.mark.parametrize("start", ["zero", "encoder", "first", "last"])
def test_the_decoder_starts_from_what_it_is_told(start: str) -> None:
    """As a layer and, also fed the place as a row of zeros more, as a cell."""
    plan = replace(THREE, start=start)
    model, inputs = varied(plan), windows(THREE)
    read = read_by(model, inputs) if start == "first" else None
    encoder = keras.layers.LSTM(6, return_sequences=True, return_state=True)
    encoder.build(inputs.shape)
    encoder.set_weights(model.get_layer("encoder").get_weights())
    outputs, *state = (part.numpy() for part in encoder(inputs))
    if read is not None:
        np.testing.assert_allclose(read, outputs, atol=1e-6)
    if start in ("first", "last"):
        output = outputs[:, 0 if start == "first" else -1]
        maps = [model.get_layer(name).get_weights()[0] for name in ("start", "start_c")]
        state = [np.tanh(output @ kernel) for kernel in maps]
    elif start == "zero":
        state = [0 * part for part in state]
    repeated = np.repeat(outputs[:, -1:], 3, axis=1)
    decoded = model.get_layer("decoder")(repeated, initial_state=state)
    expected = model.get_layer("output")(decoded)
    np.testing.assert_allclose(model(inputs), expected, atol=2e-6)


def test_only_what_starts_from_a_state_of_its_own_is_carried() -> None:
    def carrying(**options: Any) -> list[str]:
        plan = replace(THREE, stateful=True, **options)
        return [layer.name for layer in stateful_layers(build(plan, 0))]

    assert carrying(decoder=GRU) == ["encoder", "decoder"]
    assert carrying(start="last") == carrying(feed=("answer", "encoding")) == ["encoder"]


@pytest.mark.parametrize("name", ["dot, fed", "additive, not fed", "additive, simple", "GRU, LSTM"])
def test_masked_steps_are_neither_read_nor_attended_to(name: str) -> None:
    plan = replace(PLANS[name], framing="mask", batch_size=3, n_out=2)
    masked = build(replace(plan, masking=True), 0)
    short = build(replace(plan, n_in=2), 0)
    stream = np.random.default_rng(2)
    masked.set_weights([stream.normal(0, 0.6, w.shape) for w in masked.get_weights()])
    short.set_weights(masked.get_weights())
    inputs = windows(plan)
    inputs[:, :2] = -1
    np.testing.assert_allclose(masked(inputs), short(inputs[:, 2:]), atol=2e-6)


# Saving

ANSWER = """
import sys, numpy, keras
assert "echoseq" not in sys.modules
model = keras.models.load_model(sys.argv[1], compile=False)
numpy.save(sys.argv[3], model(numpy.load(sys.argv[2])))
assert "echoseq" not in sys.modules
"""


def test_saved_models_answer_in_a_process_without_the_package(tmp_path: Path) -> None:
    """All of them in one process, which takes seconds to start."""
    for place, (name, plan) in enumerate(PLANS.items()):
        model = varied(plan)
        model.save(tmp_path / f"{place}.keras")
        np.save(tmp_path / f"{place}.in.npy", windows(plan))
        for layer in stateful_layers(model):
            layer.reset_state()
        np.save(tmp_path / f"{place}.npy", model(windows(plan)))
        assert model.name == plan.model, name
    loop = "import sys\nfor i in range({}):\n    sys.argv[1:] = [f'{{i}}.keras', f'{{i}}.in.npy', "
    loop += "f'{{i}}.out.npy']\n    exec({!r})\n"
    environment = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "KERAS_HOME")}
    done = subprocess.run(
        [sys.executable, "-P", "-c", loop.format(len(PLANS), ANSWER)],
        cwd=tmp_path,
        env=environment | {"KERAS_BACKEND": "tensorflow"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    for place, name in enumerate(PLANS):
        ours, theirs = (np.load(tmp_path / f"{place}{end}") for end in (".npy", ".out.npy"))
        np.testing.assert_allclose(theirs, ours, atol=1e-6, err_msg=name)


# What the first layer reads


@pytest.mark.parametrize("plan", [THREE, FULL], ids=["encoder_decoder", "lstm"])
def test_a_masked_step_is_skipped_beside_its_place(plan: Plan) -> None:
    """As if there were only the steps with a value, each with its own place."""
    masked = replace(plan, framing="mask", masking=True, read=("value", "place"), stateful=False)
    model = build(masked, 3)
    name = "encoder" if plan.model == "encoder_decoder" else "lstm"
    layer = model.get_layer(name)
    values = windows(plan)
    given = values.copy()
    given[:, 0] = -1
    places = np.broadcast_to(np.eye(plan.n_in, dtype=np.float32), (*values.shape[:2], plan.n_in))
    seen = np.concatenate([values, places], axis=2)[:, 1:]
    alone = keras.layers.LSTM(plan.cells, return_sequences=True)
    alone.build(seen.shape)
    alone.set_weights(layer.get_weights())
    expected = np.asarray(alone(seen))
    inside = keras.Model(model.inputs, layer.output)
    found = np.asarray(inside(given))
    np.testing.assert_allclose(
        found if found.ndim == 2 else found[:, -1], expected[:, -1], atol=1e-6
    )
