"""Which layers training computes in its own way, and which are left to Keras."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from as_keras import (
    FULL,
    MANY_TO_ONE,
    ONE_TO_ONE,
    PARTIAL,
    Build,
    answer,
    assert_as_keras,
    linear,
    long,
    masked,
    masking,
    own,
    recurrent,
    single,
    stateless,
    states_of,
    vary,
)
from small import train

from echoseq.data.snapshots import TRAINING, draw
from echoseq.networks.backend import keras, tf
from echoseq.networks.building import build
from echoseq.networks.contract import UNROLL_LIMIT
from echoseq.study.plan import Plan
from echoseq.training import layers as ways

layers = keras.layers


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The steps of each recurrent layer that is not left to Keras."""
    counts: list[int] = []

    def spy(take: Callable[..., Any]) -> Callable[..., Any]:
        def spied(cell: Any, inputs: list[Any], *rest: Any, **options: Any) -> Any:
            counts.append(len(inputs))
            return take(cell, inputs, *rest, **options)

        return spied

    for name in ("run", "scan"):
        monkeypatch.setattr(ways, name, spy(getattr(ways, name)))
    return counts


@pytest.mark.parametrize(
    ("plan", "expected"),
    [
        (FULL, [3]),
        (masked(FULL), [3]),
        (PARTIAL, [3, 2]),
        (stateless(single(PARTIAL)), [3, 2]),
        (masked(PARTIAL), [3, 2]),
        (linear(PARTIAL), [3, 2]),
        (replace(PARTIAL, model="encoder_decoder_gru"), [3, 2]),
        (masked(replace(PARTIAL, model="encoder_decoder_gru")), [3, 2]),
        (replace(PARTIAL, model="encoder_decoder_simple_rnn"), [3, 2]),
        (masked(replace(PARTIAL, model="encoder_decoder_simple_rnn")), [3, 2]),
        (MANY_TO_ONE, [3]),
        (ONE_TO_ONE, [1]),
        (long(PARTIAL), [UNROLL_LIMIT + 1, 2]),
        (long(masked(FULL), UNROLL_LIMIT + 1), [UNROLL_LIMIT + 1]),
    ],
)
def test_standard_layers_are_not_left_to_keras(
    plan: Plan, expected: list[int], runs: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    model = build(plan, 0)
    for layer in (layers.LSTM, layers.GRU, layers.SimpleRNN):
        monkeypatch.setattr(layer, "call", None)
    answer(model, plan)
    assert runs == expected


@pytest.mark.parametrize("plan", [replace(FULL, batch_size=8), PARTIAL], ids=["full", "partial"])
def test_the_first_layer_takes_rows_and_zeros_are_not_multiplied(
    plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a fresh state the first step of a layer of k steps makes no product with it."""
    model = build(plan, 0)
    products = []
    matmul = tf.matmul
    monkeypatch.setattr(
        tf, "matmul", lambda a, b, **options: products.append(a.shape) or matmul(a, b, **options)
    )
    answer(model, plan, fresh=True)
    batch, cells = plan.batch_size, plan.cells
    decoder = [(batch, cells)] * 2  # its input once, and one step
    expected = [(batch, cells)] * 2 + decoder * (plan.model == "encoder_decoder")
    assert products == [*expected, (plan.n_out * batch, cells)]


def test_a_fresh_state_is_neither_read_nor_written() -> None:
    plan = replace(FULL, batch_size=8)
    model = build(plan, 0)
    before = answer(model, plan, fresh=True)
    for state in states_of(model):
        state.assign(tf.ones_like(state))
    np.testing.assert_array_equal(answer(model, plan, fresh=True), before)
    assert all((state.numpy() == 1).all() for state in states_of(model))
    assert not np.allclose(answer(model, plan), before)


def stepwise() -> Any:
    return layers.TimeDistributed(layers.Dense(7, activation="tanh"))


class Halved(layers.LSTM):
    """A layer of one's own that is almost an LSTM."""

    def call(
        self, sequences: Any, initial_state: Any = None, mask: Any = None, training: bool = False
    ) -> Any:
        return 0.5 * super().call(sequences, initial_state, mask=mask, training=training)


class HalvedCell(layers.LSTMCell):
    """A cell of one's own that is almost an LSTM's."""

    def call(self, inputs: Any, states: Any, training: bool = False) -> Any:
        return super().call(0.5 * inputs, states, training=training)


def own_cell() -> Any:
    layer = recurrent()()
    layer.cell = HalvedCell(6)
    return layer


LEFT_TO_KERAS = {
    "GRU that resets before the product": recurrent("GRU", reset_after=False),
    "activation of a simple RNN": recurrent("SimpleRNN", activation="relu"),
    "activation": recurrent(activation="relu"),
    "recurrent activation": recurrent(recurrent_activation="hard_sigmoid"),
    "backwards": recurrent(go_backwards=True),
    "zeros for what is masked": recurrent(zero_output_for_mask=True),
    "both ways": lambda: layers.Bidirectional(recurrent()()),
    "a layer of one's own": lambda: Halved(6, return_sequences=True, stateful=True, unroll=True),
    "a cell of one's own": own_cell,
}


@pytest.mark.parametrize("make", LEFT_TO_KERAS.values(), ids=LEFT_TO_KERAS.keys())
def test_what_is_not_covered_is_left_to_keras(make: Build, runs: list[int]) -> None:
    """Alone, and as one of two layers of which the other is covered, with missing values."""
    answer(own(make), FULL)
    assert runs == []
    assert_as_keras(masked(FULL), own(masking, recurrent(), make))
    assert set(runs) == {3}


def test_a_nested_model_is_left_to_keras(runs: list[int]) -> None:
    def nested(features: int) -> Any:
        return keras.Sequential([keras.Input(batch_shape=(4, 3, features)), recurrent()()])

    answer(own(lambda: nested(10)), FULL)
    assert runs == []
    assert_as_keras(FULL, own(recurrent(), lambda: nested(6)))
    assert set(runs) == {3}


@pytest.mark.parametrize(
    "middle",
    [
        [recurrent(use_bias=False)],
        [recurrent(implementation=1)],
        [recurrent(unroll=False)],
        [recurrent(), recurrent(stateful=False)],
        [recurrent("GRU"), recurrent()],
        [recurrent("GRU", use_bias=False)],
        [recurrent("GRU", implementation=1), recurrent("SimpleRNN")],
        [recurrent("SimpleRNN", use_bias=False), recurrent("GRU", stateful=False)],
        [recurrent("GRU", return_sequences=False), lambda: layers.RepeatVector(3)],
        [lambda: layers.Dense(7), recurrent("SimpleRNN"), lambda: layers.Dense(3)],
        [lambda: layers.Masking(0.0), recurrent()],
        [lambda: layers.Dense(7, activation="relu"), recurrent(), lambda: layers.Dense(3)],
        [recurrent(), layers.LayerNormalization, recurrent("GRU")],
        [recurrent(return_sequences=False), lambda: layers.RepeatVector(3)],
        [lambda: layers.Reshape((3, 10)), recurrent()],
        [recurrent(kernel_constraint="max_norm")],
    ],
)
def test_models_of_ones_own_are_right(middle: list[Build], runs: list[int]) -> None:
    assert_as_keras(FULL, own(*middle))
    assert runs


@pytest.mark.parametrize(
    "first",
    [
        [masking, stepwise, recurrent()],
        [stepwise, recurrent()],
        [masking, layers.LayerNormalization, recurrent()],
        [masking, masking, recurrent()],
    ],
)
def test_missing_values_are_right_where_no_lstm_reads_them(
    first: list[Build], runs: list[int]
) -> None:
    """What is masked is zeros for layers that heed no mask."""
    assert_as_keras(masked(FULL), own(*first), holes=True)
    assert set(runs) == {3}


@pytest.mark.parametrize("options", [{"dropout": 0.5}, {"recurrent_dropout": 0.5}])
def test_dropout_is_left_to_keras(options: dict[str, float], runs: list[int]) -> None:
    model = own(recurrent(**options))
    answers = [np.array(answer(model, FULL)) for _ in range(2)]
    assert runs == []
    assert not np.allclose(*answers)  # it drops, as training does


def test_other_precisions_are_left_to_keras(runs: list[int]) -> None:
    answer(own(recurrent(dtype="mixed_float16")), FULL)
    assert runs == []
    mixed = lambda: layers.TimeDistributed(layers.Dense(8), dtype="mixed_float16")  # noqa: E731
    assert_as_keras(FULL, own(recurrent(), mixed))


def functional(kind: Any = keras.Model, **options: Any) -> Any:
    """Layers with several inputs and outputs, a layer that is called twice, and operations."""
    inputs = keras.Input(batch_shape=(4, 3, 10))
    read = recurrent(**options)()(inputs)
    twice = recurrent(**{"stateful": False} | options)()
    again, *state = recurrent(return_state=True)()(read)
    begun = recurrent(**options)()(read, initial_state=[keras.ops.ones((4, 6))] * 2)
    again = layers.Attention()([layers.Add()([again, again]), begun])
    both = layers.Concatenate()([inputs, twice(read), again])
    both = both + keras.ops.expand_dims(layers.Dense(22)(state[1]), 1)
    both = layers.Dropout(0.0)(both) + layers.Dense(22)(twice(again))
    return kind(inputs, layers.Dense(10, activation="softmax")(both))


def test_a_functional_model_is_computed_call_by_call(runs: list[int]) -> None:
    assert_as_keras(FULL, functional())
    assert runs == [3] * 3 * 2  # one reads, another is called twice; in each of two batches


@pytest.mark.parametrize("batch_size", [4, 8])
def test_a_functional_model_that_calls_a_stateful_layer_twice_is_left_to_keras(
    batch_size: int, runs: list[int]
) -> None:
    """The second call begins with the state that the first one left, also in a fresh batch."""
    inputs = keras.Input(batch_shape=(batch_size, 3, 10))
    read, twice = recurrent()()(inputs), recurrent()()
    model = keras.Model(inputs, layers.Dense(10, activation="softmax")(twice(twice(read))))
    assert_as_keras(replace(FULL, batch_size=batch_size), model)
    assert runs == []


def test_a_functional_model_with_masks_is_left_to_keras(runs: list[int]) -> None:
    plan = masked(PARTIAL)
    inputs = keras.Input(batch_shape=(4, 3, 10))
    read = recurrent()()(masking()(inputs))
    written = recurrent()()(layers.Concatenate()([read, layers.Dense(2)(read)]))
    vector = layers.GlobalAveragePooling1D()(written)  # heeds the mask
    answers = recurrent()()(layers.RepeatVector(2)(vector))
    model = keras.Model(inputs, layers.Dense(10, activation="softmax")(answers))
    assert_as_keras(plan, model)
    assert runs == []


def test_a_functional_model_of_a_class_of_ones_own_is_left_to_keras(runs: list[int]) -> None:
    class Halves(keras.Model):
        def call(self, inputs: Any, training: bool = False) -> Any:
            return 0.5 * super().call(inputs, training=training)

    assert_as_keras(FULL, functional(Halves))
    assert runs == []


def test_a_functional_model_without_a_standard_layer_is_left_to_keras(runs: list[int]) -> None:
    assert_as_keras(FULL, functional(kind=keras.Model, recurrent_activation="hard_sigmoid"))
    assert runs == []


def test_constraints_hold_in_training() -> None:
    """They are the optimizer's, which the forward pass leaves as it is."""
    limit = keras.constraints.MaxNorm(0.5)
    model = vary(own(recurrent(kernel_constraint=limit, recurrent_constraint=limit)))
    train(FULL, model, draw(TRAINING, 0, count=3, length=FULL.length, alphabet=FULL.alphabet))
    for kernel in model.get_weights()[:2]:
        assert np.linalg.norm(kernel, axis=0).max() < 0.501
