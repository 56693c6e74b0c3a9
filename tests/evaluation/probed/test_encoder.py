"""The states of an encoder are those that Keras computes, after every step."""

import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from small import FULL, PARTIAL

from echoseq.data.snapshots import PROBES, draw
from echoseq.errors import EchoseqError
from echoseq.evaluation.probed.encoder import reader
from echoseq.networks.backend import keras, tf
from echoseq.networks.building import build
from echoseq.networks.coding import coding_of

CELLS = {"lstm": keras.layers.LSTM, "gru": keras.layers.GRU, "rnn": keras.layers.SimpleRNN}
CODING = coding_of(PARTIAL)


def windows(count: int = 3) -> np.ndarray:
    drawn = draw(PROBES, 0, count=count * 5, length=PARTIAL.n_in, alphabet=PARTIAL.alphabet)
    return drawn.reshape(count, 5, PARTIAL.n_in)


def model_of(layer: Any) -> Any:
    shape = (5, PARTIAL.n_in, PARTIAL.alphabet)
    return keras.Sequential([keras.Input(batch_shape=shape), layer])


def as_keras(layer: Any, given: np.ndarray, *, steps: int) -> list[np.ndarray]:
    """The states of the layer itself after some steps: its output, then any others."""
    inputs = tf.one_hot(given.reshape(-1, PARTIAL.n_in)[:, :steps], PARTIAL.alphabet)
    fresh = type(layer).from_config(
        layer.get_config() | {"return_sequences": False, "return_state": True, "stateful": False}
    )
    fresh.build(inputs.shape)
    fresh.set_weights(layer.get_weights())
    _, *states = fresh(inputs)
    return [np.asarray(state).reshape(*given.shape[:2], -1) for state in states]


@pytest.mark.parametrize("name", CELLS)
def test_states_after_each_step_are_those_of_keras(name: str) -> None:
    layer = CELLS[name](6, name="encoder", return_sequences=True, stateful=True)
    found = reader(model_of(layer), CODING)(windows())
    assert list(found) == (["h", "c"] if name == "lstm" else ["h"])
    for step in range(1, PARTIAL.n_in + 1):
        expected = as_keras(layer, windows(), steps=step)
        assert len(expected) == len(found)
        for ours, theirs in zip(found.values(), expected, strict=True):
            assert ours.shape == (PARTIAL.n_in, 3, 5, 6)
            np.testing.assert_allclose(ours[step - 1], theirs, atol=1e-6)


def test_the_output_of_the_encoder_is_its_state_h() -> None:
    model = build(PARTIAL, seed=0)
    layer = model.get_layer("encoder")
    inputs = tf.one_hot(windows()[:2, :, :].reshape(-1, PARTIAL.n_in), PARTIAL.alphabet)
    plain = keras.layers.LSTM(PARTIAL.cells, return_sequences=True)
    plain.build(inputs.shape)
    plain.set_weights(layer.get_weights())
    expected = np.asarray(plain(inputs)).transpose(1, 0, 2)
    found = reader(model, CODING)(windows()[:2])["h"]
    np.testing.assert_allclose(found.reshape(expected.shape), expected, atol=1e-6)


def test_states_depend_on_no_other_window() -> None:
    read = reader(build(PARTIAL, seed=0), CODING)
    together, alone = read(windows(3)), read(windows(3)[1:2])
    np.testing.assert_allclose(together["c"][:, 1:2], alone["c"], atol=1e-6)


def test_states_follow_the_weights_of_the_model() -> None:
    model = build(PARTIAL, seed=0)
    read = reader(model, CODING)
    first = read(windows())["h"]
    model.set_weights(build(PARTIAL, seed=1).get_weights())
    second = read(windows())["h"]
    assert not np.allclose(first, second)
    again = reader(build(PARTIAL, seed=1), CODING)(windows())["h"]
    np.testing.assert_array_equal(second, again)


@pytest.mark.parametrize(
    ("model", "said"),
    [
        ("lstm", "model lstm: expected a recurrent layer named encoder to probe, got lstm, output"),
        ("memoryless", "model memoryless: expected a recurrent layer named encoder to probe, got"),
    ],
)
def test_a_model_without_an_encoder_is_refused(model: str, said: str) -> None:
    built = build(replace(FULL, model=model), seed=0)
    with pytest.raises(EchoseqError, match=re.escape(said)):
        reader(built, CODING)


def test_a_layer_before_the_encoder_is_refused() -> None:
    shape = (5, PARTIAL.n_in, PARTIAL.alphabet)
    layers = [keras.layers.Masking(-1.0), keras.layers.LSTM(6, name="encoder")]
    built = keras.Sequential([keras.Input(batch_shape=shape), *layers], name="masked")
    with pytest.raises(EchoseqError, match="model masked: expected no layer before encoder"):
        reader(built, CODING)
