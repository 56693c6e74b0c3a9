"""The states of a decoder are those that Keras computes, after every step."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from small import FULL, PARTIAL

from echoseq.data.snapshots import PROBES, draw
from echoseq.evaluation.probed.decoder import reader
from echoseq.networks.backend import keras
from echoseq.networks.building import build, stateful_layers
from echoseq.networks.coding import coding_of
from echoseq.study.architectures import ARCHITECTURES

CODING = coding_of(PARTIAL)
WINDOWS = draw(PROBES, 0, count=18, length=PARTIAL.n_in, alphabet=PARTIAL.alphabet)
SHAPE = (2, 9)  # sequences and windows


def found_in(model: Any) -> dict[str, np.ndarray]:
    read = reader(model, CODING)
    assert read is not None
    return read(WINDOWS.reshape(*SHAPE, -1))


def answers_of(model: Any, layer: str) -> np.ndarray:
    """What a layer of the model says of each batch, from a state of zero, (windows, steps, ...)."""
    whole = keras.Model(model.inputs, model.get_layer(layer).output)
    answers = []
    for batch in WINDOWS.reshape(*SHAPE, -1):
        for stateful in stateful_layers(model):
            stateful.reset_state()
        answers.append(np.asarray(whole(CODING.encode(batch), training=False)))
    return np.concatenate(answers)


@pytest.mark.parametrize("kind", ["", "_gru", "_simple_rnn", "_state", "_step", "_attention"])
@pytest.mark.parametrize("stateful", [True, False])
def test_the_output_of_the_decoder_is_its_state_h(kind: str, stateful: bool) -> None:
    """A state that a batch leaves is not carried to the next."""
    model = build(replace(PARTIAL, model=f"encoder_decoder{kind}", stateful=stateful), seed=0)
    found = found_in(model)
    one = kind in ("_gru", "_simple_rnn")
    assert list(found) == (["decoder h"] if one else ["decoder h", "decoder c"])
    for state in found.values():
        assert state.shape == (PARTIAL.n_out, *SHAPE, PARTIAL.cells)
    told = found["decoder h"].reshape(PARTIAL.n_out, -1, PARTIAL.cells).transpose(1, 0, 2)
    np.testing.assert_allclose(told, answers_of(model, "decoder"), atol=1e-6)
    assert not np.allclose(told[:, 0], told[:, 1], atol=1e-3)


def test_the_cell_state_is_that_of_keras() -> None:
    model = build(PARTIAL, seed=0)
    given, decoder = answers_of(model, "repeat"), model.get_layer("decoder")
    for step in range(1, PARTIAL.n_out + 1):
        fresh = keras.layers.LSTM(PARTIAL.cells, return_state=True)
        fresh.build(given[:, :step].shape)
        fresh.set_weights(decoder.get_weights())
        _, _, expected = fresh(given[:, :step])
        found = found_in(model)["decoder c"][step - 1].reshape(-1, PARTIAL.cells)
        np.testing.assert_allclose(found, np.asarray(expected), atol=1e-6)


def test_states_follow_the_weights_of_the_model() -> None:
    model, other = build(PARTIAL, seed=0), build(PARTIAL, seed=1)
    read = reader(model, CODING)
    assert read is not None
    windows = WINDOWS.reshape(*SHAPE, -1)
    first = read(windows)["decoder h"]
    model.set_weights(other.get_weights())
    second = read(windows)["decoder h"]
    assert not np.allclose(first, second, atol=1e-3)
    np.testing.assert_array_equal(second, found_in(other)["decoder h"])


LAYERS = {f"encoder_decoder{kind}" for kind in ("", "_gru", "_simple_rnn")}
LAYERS |= {f"encoder_decoder{kind}" for kind in ("_state", "_step", "_attention")}


@pytest.mark.parametrize("name", sorted(ARCHITECTURES.keys() - LAYERS))
def test_a_model_whose_decoder_is_a_bare_cell_or_missing_has_no_such_state(name: str) -> None:
    plan = FULL if ARCHITECTURES[name].step_by_step else PARTIAL
    assert reader(build(replace(plan, model=name), seed=0), CODING) is None
