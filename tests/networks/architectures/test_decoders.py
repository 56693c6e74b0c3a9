"""What sets each encoder-decoder apart from the plain one."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small import PARTIAL, sequences, train

from echoseq.networks.backend import keras
from echoseq.networks.building import build
from echoseq.networks.weights import weights_digest
from echoseq.study.architectures import ARCHITECTURES
from echoseq.study.plan import Plan

THREE = replace(PARTIAL, n_out=3, stateful=False)
ENCODER_DECODERS = sorted(name for name in ARCHITECTURES if name.startswith("encoder_decoder"))


def variant(name: str) -> Plan:
    return replace(THREE, model=f"encoder_decoder_{name}")


def windows(seed: int = 0) -> np.ndarray:
    values = np.random.default_rng(seed).integers(0, 10, (THREE.batch_size, THREE.n_in))
    return np.eye(10, dtype=np.float32)[values]


def part(model: Any, name: str) -> Any:
    """The model up to a layer."""
    return keras.Model(model.inputs[0], model.get_layer(name).output)


def test_gated_and_simple_layers_are_those_of_keras() -> None:
    for name, kind in (("gru", "GRU"), ("simple_rnn", "SimpleRNN")):
        kinds = [type(layer).__name__ for layer in build(variant(name), 0).layers]
        assert kinds == [kind, "RepeatVector", kind, "TimeDistributed"]


@pytest.mark.parametrize("name", ENCODER_DECODERS)
def test_the_encoder_is_the_same_in_all_with_long_short_term_memory(name: str) -> None:
    """So probes compare what is trained, not what is built: the same initial weights."""
    plain, model = build(THREE, 3), build(replace(THREE, model=name), 3)
    ours, theirs = (m.get_layer("encoder").get_weights() for m in (model, plain))
    if name.endswith(("gru", "simple_rnn")):
        assert ours[0].shape != theirs[0].shape
    else:
        assert all(np.array_equal(a, b) for a, b in zip(ours, theirs, strict=True))


def test_the_decoder_is_told_the_step() -> None:
    model = build(variant("step"), 0)
    told = part(model, "told")(windows()).numpy()
    encoded = part(model, "encoder")(windows()).numpy()
    for step in range(3):
        np.testing.assert_array_equal(told[:, step, :6], encoded)
        np.testing.assert_array_equal(told[:, step, 6:], np.eye(3)[[step] * len(told)])


@pytest.mark.parametrize("name", ["step", "feedback"])
def test_told_or_fed_nothing_it_is_the_plain_model(name: str) -> None:
    plain, model = build(THREE, 0), build(variant(name), 0)
    kernel, *others = model.get_layer("decoder").get_weights()
    model.get_layer("decoder").set_weights([np.concatenate([kernel[:6], 0 * kernel[6:]]), *others])
    plain.get_layer("decoder").set_weights([kernel[:6], *others])
    plain.get_layer("output").set_weights(model.get_layer("output").get_weights())
    np.testing.assert_allclose(model(windows()), plain(windows()), atol=1e-6)


def test_the_decoder_is_fed_its_own_answers() -> None:
    """Step by step by hand: before the first value nothing, then the probabilities just said."""
    model = build(variant("feedback"), 0)
    encoded = part(model, "encoder")(windows()).numpy()
    cell, output = model.get_layer("decoder"), model.get_layer("output")
    answer, states = np.zeros((9, 10), np.float32), [np.zeros((9, 6), np.float32)] * 2
    for step in range(3):
        decoded, states = cell(np.concatenate([encoded, answer], axis=1), states)
        answer = output(decoded).numpy()
        for training in (False, True):
            said = model(windows(), training=training).numpy()[:, step]
            np.testing.assert_allclose(said, answer, atol=1e-6)


def test_the_state_of_the_encoder_is_handed_over() -> None:
    """Zeros in its place make it the plain model, whose weights are the same from the start."""
    plain, model = build(THREE, 0), build(variant("state"), 0)
    weights = (one.get_weights() for one in (model, plain))
    assert all(np.array_equal(a, b) for a, b in zip(*weights, strict=True))
    encoded, *state = (part.numpy() for part in part(model, "encoder")(windows()))
    np.testing.assert_array_equal(encoded, state[0])
    repeated = np.repeat(encoded[:, None], 3, axis=1)
    decoder, output = model.get_layer("decoder"), model.get_layer("output")
    by_hand, zeroed, half = (
        output(decoder(repeated, initial_state=given)).numpy()
        for given in (state, [0 * state[0]] * 2, [state[0], 0 * state[1]])
    )
    np.testing.assert_allclose(model(windows()), by_hand, atol=1e-6)
    np.testing.assert_allclose(plain(windows()), zeroed, atol=1e-6)
    for other in (zeroed, half):
        assert not np.allclose(by_hand, other, atol=1e-3)


def test_the_decoder_reads_its_own_answers_after_a_start_symbol() -> None:
    """Nothing else: neither the encoding, nor the place. Its first state is the encoder's."""
    model = build(variant("teacher_forcing"), 0)
    model.set_weights([2 * weights for weights in model.get_weights()])
    _, *begun = (part.numpy() for part in part(model, "encoder")(windows()))
    cell, output = model.get_layer("decoder"), model.get_layer("output")
    assert cell.kernel.shape == (11, 24)
    nothing, start = np.zeros((9, 11), np.float32), np.eye(11, dtype=np.float32)[[10] * 9]
    for first, states, same in (
        (start, begun, True),
        (nothing, begun, False),
        (start, [begun[0], 0 * begun[1]], False),
        (start, [0 * begun[0], begun[1]], False),
    ):
        read, state, answers = first, states, []
        for _ in range(3):
            decoded, state = cell(read, state)
            answers.append(output(decoded).numpy())
            read = np.concatenate([answers[-1], np.zeros((9, 1), np.float32)], axis=1)
        for training in (False, True):
            said = model(windows(), training=training).numpy()
            assert np.allclose(said, np.stack(answers, axis=1), atol=1e-6) == same


def test_attention_averages_the_outputs_of_the_encoder() -> None:
    model = build(variant("attention"), 0)
    read, decoded = (part(model, name)(windows()).numpy() for name in ("encoder", "decoder"))
    scores = np.exp(np.einsum("bod,bid->boi", decoded, read))
    weights = scores / scores.sum(axis=2, keepdims=True)
    attended = part(model, "attention")(windows()).numpy()
    np.testing.assert_allclose(attended, np.einsum("boi,bid->bod", weights, read), atol=1e-6)
    assert read.shape == (9, THREE.n_in, 6)


def test_without_what_it_attends_to_it_is_the_plain_model() -> None:
    plain, model = build(THREE, 0), build(variant("attention"), 0)
    kernel, bias = model.get_layer("output").get_weights()
    model.get_layer("output").set_weights([np.concatenate([kernel[:6], 0 * kernel[6:]]), bias])
    plain.get_layer("decoder").set_weights(model.get_layer("decoder").get_weights())
    plain.get_layer("output").set_weights([kernel[:6], bias])
    np.testing.assert_allclose(model(windows()), plain(windows()), atol=1e-6)


@pytest.mark.parametrize("name", ENCODER_DECODERS)
def test_a_trained_model_is_the_same_after_it_was_saved(name: str, tmp_path: Path) -> None:
    plan = replace(THREE, model=name)
    model = build(plan, 0)
    untrained = weights_digest(model)
    train(plan, model, sequences(plan, 3))
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras", compile=False)
    assert weights_digest(loaded) == weights_digest(model) != untrained
    np.testing.assert_array_equal(loaded(windows()).numpy(), model(windows()).numpy())
    assert (loaded.input_shape, loaded.output_shape) == ((9, 4, 10), (9, 3, 10))
