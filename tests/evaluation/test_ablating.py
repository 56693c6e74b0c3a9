"""Ablations of networks made by hand: what each must do is known by construction."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from planted import (
    ALPHABET,
    BIG,
    EARLIER,
    EYE,
    LAG,
    READ,
    SAME,
    SEQUENCES,
    SHIFTED,
    accuracy,
    framed,
    gates,
    layers,
    network_of,
    results,
    said,
    share,
    window,
)
from small import FULL, PARTIAL, sequences

from echoseq.data.snapshots import PROBES, draw
from echoseq.errors import EchoseqError
from echoseq.evaluation.ablating import Ablated, ablate_models
from echoseq.evaluation.ablations import Case
from echoseq.evaluation.answering import Predictor, evaluate_models
from echoseq.evaluation.inside_trials import try_ablations
from echoseq.networks.backend import keras
from echoseq.networks.building import build
from echoseq.networks.coding import coding_of
from echoseq.study.ablated import ABLATIONS, INTACT, KNOWN
from echoseq.study.architectures import ARCHITECTURES
from echoseq.study.plan import Plan
from echoseq.training.runs import CheckpointSettings, NewRun, train_runs

RIGHT = [1.0, 1.0]

# Attention

ECHO = replace(FULL, n_in=3, n_out=3, length=6, batch_size=4)


def attending(*, used: bool) -> Any:
    """Attention finds each value in the window; the answer is what it finds, or the input."""
    read = window(ECHO)
    found = layers.Attention(name="attention")([layers.Rescaling(BIG)(read), read])
    both = layers.Concatenate()([found, read])
    kernel = np.concatenate([EYE * used, EYE * (not used)])
    return keras.Model(read, said(both, kernel))


def test_without_attention_that_carries_everything_nothing_is_known() -> None:
    found = results(attending(used=True), ECHO, "attention")
    assert list(found) == [Case(INTACT), Case("attention", "attention")]
    assert accuracy(found[Case(INTACT)], ECHO) == [1.0] * 4
    zero = framed(ECHO)[1] == 0  # what is said where nothing is known
    expected = [*zero.mean(axis=(0, 1)), zero.all(axis=-1).mean()]
    assert accuracy(found[Case("attention", "attention")], ECHO) == pytest.approx(expected)


def test_attention_that_carries_nothing_can_go() -> None:
    found = results(attending(used=False), ECHO, "attention")
    assert accuracy(found[Case("attention", "attention")], ECHO) == [1.0] * 4


# A carried state


def remembering(plan: Plan, layer: Any, weights: Any) -> Any:
    """The value that was read before is said."""
    read = window(plan)
    answer = said(layer(read), EARLIER)
    layer.set_weights(weights)
    return keras.Model(read, answer)


def shifting_rnn(plan: Plan) -> Any:
    layer = layers.SimpleRNN(2 * ALPHABET, stateful=True, return_sequences=True, name="memory")
    return remembering(plan, layer, [BIG * READ, BIG * SHIFTED, np.zeros(2 * ALPHABET)])


ONE = replace(LAG, batch_size=1)


def test_a_carried_state_that_holds_the_answer() -> None:
    """What is read is carried to the next window, which asks for it."""
    found = results(shifting_rnn(ONE), ONE, "carried_zero", "carried_other")
    windows, targets = (part[..., 0] for part in framed(ONE))
    first = np.zeros((SEQUENCES, 1), int)  # nothing was read before, and 0 is said
    before = np.concatenate([first, windows[:, :-1]], axis=1)
    other = np.concatenate([first, np.roll(windows, -1, axis=0)[:, :-1]], axis=1)
    said = {
        Case(INTACT): before,
        Case("carried_zero", "memory"): np.zeros_like(targets),
        Case("carried_other", "memory"): other,
    }
    assert list(found) == list(said)
    for case, answers in said.items():
        right = (answers == targets).sum(axis=1)  # of each sequence
        np.testing.assert_array_equal(found[case].correct[:, 0], right)
    assert (before == targets).mean() > 0.8
    assert (other == targets).mean() < 0.4


def test_in_batches_the_state_is_that_of_the_window_a_batch_earlier() -> None:
    found = results(shifting_rnn(LAG), LAG, "carried_zero")
    windows, targets = (part[..., 0] for part in framed(LAG))
    first = np.zeros((SEQUENCES, LAG.batch_size), int)
    before = np.concatenate([first, windows[:, : -LAG.batch_size]], axis=1)
    assert accuracy(found[Case(INTACT)], LAG) == pytest.approx(share(before == targets))


def shifting_lstm() -> Any:
    layer = layers.LSTM(2 * ALPHABET, stateful=True, return_sequences=True, name="memory")
    weights = gates(2 * ALPHABET, keep=False, write=True, kernel=READ, recurrent=SHIFTED)
    return remembering(ONE, layer, weights)


def test_of_an_lstm_that_forgets_its_c_the_carried_h_is_all_that_counts() -> None:
    asked = ("carried_zero", "carried_only_h", "carried_only_c")
    found = results(shifting_lstm(), ONE, *asked)
    zero, only_h, only_c = (found[Case(name, "memory")] for name in asked)
    np.testing.assert_array_equal(only_h.correct, found[Case(INTACT)].correct)
    np.testing.assert_array_equal(only_c.correct, zero.correct)
    assert accuracy(zero, ONE)[0] < 0.5 < accuracy(only_h, ONE)[0]


# A state that is handed over


def handing(*, in_c: bool) -> Any:
    """A decoder that reads nothing begins with the encoder's c, or computes from its h."""
    read = window(SAME)
    encoder = layers.LSTM(ALPHABET, return_state=True, name="encoder")
    decoder = layers.LSTM(ALPHABET, return_sequences=True, name="decoder")
    _, *state = encoder(read)
    answer = said(decoder(layers.Rescaling(0.0)(read), initial_state=state), EYE)
    encoder.set_weights(gates(ALPHABET, keep=False, write=True, kernel=EYE))
    decoder.set_weights(gates(ALPHABET, keep=in_c, write=not in_c, recurrent=EYE))
    return keras.Model(read, answer)


@pytest.mark.parametrize("in_c", [True, False])
def test_the_part_of_a_state_that_holds_the_answer_is_the_one_that_matters(in_c: bool) -> None:
    asked = ("handed_zero", "handed_only_h", "handed_only_c")
    found = results(handing(in_c=in_c), SAME, *asked)
    zero, only_h, only_c = (accuracy(found[Case(name, "decoder")], SAME) for name in asked)
    unknown = share(framed(SAME)[1] == 0)
    assert accuracy(found[Case(INTACT)], SAME) == RIGHT
    assert zero == pytest.approx(unknown)
    assert only_c == pytest.approx(RIGHT if in_c else unknown)
    assert only_h == pytest.approx(unknown if in_c else RIGHT)


def test_a_bare_cell_is_handed_the_state_of_its_first_step_alone() -> None:
    """As if the encoder said nothing; after that, the cell goes on with its own state."""
    plan = replace(PARTIAL, model="encoder_decoder_teacher_forcing")
    network = network_of(build(plan, 0), plan, compiled=False)
    ablated = Ablated(network, ["handed_zero"])
    intact = network.answer()
    (variant,) = ablated.variants(0)
    assert variant.layer == "decoder"
    silent = build(plan, 0)
    encoder = silent.get_layer("encoder")
    encoder.set_weights([np.zeros_like(weights) for weights in encoder.get_weights()])
    expected = network_of(silent, plan, compiled=False).answer()
    answered = ablated.answer(variant)
    np.testing.assert_allclose(answered.loss, expected.loss, rtol=1e-5)
    assert not np.allclose(answered.loss, intact.loss, rtol=1e-5)


# Cells


def test_of_a_network_with_a_cell_for_each_value_each_cell_costs_its_value() -> None:
    read = window(SAME)
    memory = layers.LSTM(ALPHABET, return_sequences=True, name="memory")
    answer = said(memory(read), EYE)
    memory.set_weights(gates(ALPHABET, keep=False, write=True, kernel=EYE))
    found = results(keras.Model(read, answer), SAME, "cells")
    targets = framed(SAME)[1]
    asked = np.array([(targets == value).sum() for value in range(ALPHABET)])
    lost = np.where(np.arange(ALPHABET) == 0, 0, asked)  # without its cell, 0 is still said
    mean, worst = (found[Case(f"cells_{name}", "memory")] for name in ("mean", "worst"))
    assert mean.held is not None
    np.testing.assert_array_equal(mean.held[:, 0], targets.size - lost)
    assert accuracy(mean, SAME) == pytest.approx([1 - lost.mean() / targets.size] * 2)
    assert worst.cell == lost.argmax()
    assert accuracy(worst, SAME) == pytest.approx([1 - lost.max() / targets.size] * 2)


@pytest.mark.parametrize(
    ("plan", "layer"),
    [(FULL, "lstm"), (replace(PARTIAL, model="encoder_decoder_state"), "decoder")],
)
def test_a_cell_held_at_zero_neither_writes_nor_is_read(plan: Plan, layer: str) -> None:
    """As if the weights from it were zero, also with a state that is carried or handed to it."""
    network = network_of(build(plan, 0), plan, compiled=False)
    ablated = Ablated(network, ["cells"])
    variants = [variant for variant in ablated.variants(0) if variant.layer == layer]
    assert [variant.cell for variant in variants] == list(range(plan.cells))
    answered = ablated.answer(variants[3])
    cut = build(plan, 0)
    lstm, output = cut.get_layer(layer), cut.get_layer("output")
    (kernel, recurrent, bias), (weights, constant) = lstm.get_weights(), output.get_weights()
    recurrent[3] = 0
    weights[3] = 0
    lstm.set_weights([kernel, recurrent, bias])
    output.set_weights([weights, constant])
    expected = network_of(cut, plan, compiled=False).answer()
    np.testing.assert_allclose(answered.loss, expected.loss, rtol=1e-5)
    assert not np.allclose(answered.loss, network.answer().loss, rtol=1e-5)


# What a probe reads

TWO = replace(FULL, n_in=2, n_out=2, length=9, batch_size=8)


def encoding() -> Any:
    """Two values of a window, each in cells of its own, answered from the last output."""
    read = window(TWO)
    encoder = layers.SimpleRNN(2 * ALPHABET, name="encoder")
    vector = layers.Dense(2 * ALPHABET, name="vector")
    values = layers.Reshape((2, ALPHABET))(vector(encoder(read)))
    answer = layers.Softmax()(values)
    encoder.set_weights([BIG * READ, BIG * SHIFTED, np.zeros(2 * ALPHABET)])
    swapped = np.roll(np.eye(2 * ALPHABET), ALPHABET, axis=1)  # the older value first
    vector.set_weights([BIG * swapped, np.zeros(2 * ALPHABET)])
    return keras.Model(read, answer)


def test_what_a_probe_reads_of_a_value_is_what_its_answer_needs() -> None:
    drawn = draw(PROBES, 0, count=100, length=TWO.length, alphabet=ALPHABET)
    network = network_of(encoding(), TWO)
    network.probed = TWO.task.frame(drawn)[0]
    found = {one.case: one for one in Ablated(network, ["read_out"]).results(0)}
    assert accuracy(found[Case(INTACT)], TWO) == [1.0] * 3
    for position, other in ((1, 2), (2, 1)):
        removed = accuracy(found[Case("read_out", "encoder", "h", position)], TWO)
        assert removed[other - 1] == 1.0
        assert removed[position - 1] < 0.8
        drawn_at_random = accuracy(found[Case("random_out", "encoder", "h", position)], TWO)
        assert drawn_at_random[position - 1] > removed[position - 1] + 0.1


# The intact network


KINDS = ("lstm", "encoder_decoder_gru", "encoder_decoder_state", "encoder_decoder_attention")


@pytest.mark.parametrize("name", KINDS)
def test_with_all_switches_on_a_network_answers_as_ever(name: str) -> None:
    """Whatever is put into it."""
    plan = replace(FULL if ARCHITECTURES[name].step_by_step else PARTIAL, model=name)
    asked = [ablation for ablation in ABLATIONS if name in KNOWN[ablation]]
    model = build(plan, 0)
    predictor = Predictor(build(plan, 0), coding_of(plan), plan.task)
    tokens, loss, _ = predictor.sequences(*framed(plan))
    network = network_of(model, plan, compiled=False)
    Ablated(network, asked)
    answered = network.answer()
    right = (tokens == framed(plan)[1]).sum(axis=1)
    np.testing.assert_array_equal(answered.correct[:, :-1], right)
    np.testing.assert_allclose(answered.loss, loss, rtol=1e-5)


def test_what_is_taken_away_is_put_back() -> None:
    plan = replace(FULL, cells=2)
    network = network_of(build(plan, 0), plan, compiled=False)
    ablated = Ablated(network, ["carried_zero", "carried_other", "cells"])
    before = network.answer()
    changed = [ablated.answer(variant).loss for variant in ablated.variants(0)]
    np.testing.assert_array_equal(network.answer().loss, before.loss)
    assert not any(np.array_equal(loss, before.loss) for loss in changed)


# Models of one's own


class Attending(layers.Layer):
    """A layer that is named for what it does."""

    def call(self, value: Any) -> Any:
        return value * 2


def own(plan: Plan, middle: Callable[[Any], Any]) -> Any:
    """A model from what it does between the window and the answers."""
    read = window(plan)
    return keras.Model(read, layers.Dense(ALPHABET, activation="softmax")(middle(read)))


def names_of(model: Any, plan: Plan, *ablations: str) -> list[tuple[str, str]]:
    network = network_of(model, plan, compiled=False)
    ablated = Ablated(network, ablations)
    network.answer()
    found = [(v.ablation, v.layer) for v in ablated.variants(0) if v.cell <= 0]
    return list(dict.fromkeys(found))


def test_attention_is_found_in_models_of_ones_own() -> None:
    def several(read: Any) -> Any:
        heads = layers.MultiHeadAttention(2, 3, name="heads")
        first, _ = heads(read, read, return_attention_scores=True)
        inner = keras.Sequential([keras.Input((4, ALPHABET)), Attending(name="attention_2")])
        return inner(layers.AdditiveAttention(name="additive")([first, read]))

    alone = ["heads", "additive", "attention_2"]
    expected = [" + ".join(alone), *alone]
    model = own(FULL, several)
    assert names_of(model, FULL, "attention") == [("attention", name) for name in expected]


def test_states_and_cells_are_found_in_models_of_ones_own() -> None:
    def several(read: Any) -> Any:
        cells = [layers.LSTMCell(3), layers.GRUCell(2)]
        both = layers.RNN(cells, return_sequences=True, name="stacked")(read)
        for kind, name in ((layers.GRU, "gru"), (layers.SimpleRNN, "simple")):
            both = kind(4, return_sequences=True, stateful=True, name=name)(both)
        return layers.Bidirectional(layers.LSTM(2, return_sequences=True, name="two"))(both)

    found = names_of(own(FULL, several), FULL, "carried_zero", "cells")
    assert [layer for name, layer in found if name == "carried_zero"] == [
        *("gru + simple", "gru", "simple"),
    ]
    cells = [layer for name, layer in found if name == "cells"]
    assert sorted(cells) == [
        *("backward_two", "forward_two", "gru", "simple", "stacked 1", "stacked 2")
    ]


# Trials


@pytest.mark.parametrize("name", [n for n in ARCHITECTURES if any(n in k for k in KNOWN.values())])
def test_what_is_known_to_work_does(name: str) -> None:
    """In batches, so that there is a state to be carried."""
    plan = FULL if ARCHITECTURES[name].step_by_step else replace(PARTIAL, batch_size=3)
    asked = [ablation for ablation in ABLATIONS if name in KNOWN[ablation]]
    try_ablations(replace(plan, model=name), asked)


@pytest.mark.parametrize(
    ("name", "ablation", "said"),
    [
        ("encoder_decoder", "attention", "model encoder_decoder: expected an attention layer"),
        ("memoryless", "carried_zero", "expected a layer that carries a state from batch to batch"),
        ("encoder_decoder_gru", "carried_only_h", "(an LSTM, for h or c alone), found none"),
        ("encoder_decoder", "handed_zero", "expected a recurrent layer that is handed a state by"),
        ("encoder_decoder_feedback", "handed_zero", "expected an effect, but no answer changes"),
        ("last_step", "cells", "expected a recurrent layer with a cell of Keras's kind"),
        ("many_to_one", "read_out", "expected a recurrent layer named encoder"),
    ],
)
def test_what_cannot_be_taken_away_is_refused_in_one_line(
    name: str, ablation: str, said: str
) -> None:
    assert name not in KNOWN[ablation]
    plan = FULL if ARCHITECTURES[name].step_by_step else replace(PARTIAL, batch_size=3)
    with pytest.raises(EchoseqError, match=re.escape(said)) as told:
        try_ablations(replace(plan, model=name), [ablation])
    assert str(told.value).startswith("ablate: ")
    assert "\n" not in str(told.value)


# Runs


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Path, Path]]:
    folders = [tmp_path_factory.mktemp("runs") / f"seed-{seed}" for seed in (0, 3)]
    new = [
        NewRun(seed, sequences(FULL, FULL.epochs, seed), folder, folder / "checkpoints")
        for seed, folder in zip((0, 3), folders, strict=True)
    ]
    train_runs("small", FULL, new, checkpointing=CheckpointSettings(10, "code"))
    return [(folder / "model.keras", folder / "run.json") for folder in folders]


def test_all_seeds_answer_the_sequences_of_the_evaluation(runs: list[tuple[Path, Path]]) -> None:
    held_out = draw("evaluation data", 0, count=5, length=FULL.length, alphabet=ALPHABET)
    found = ablate_models(FULL, runs, held_out, ["carried_zero", "cells"], report=print)
    predictions = evaluate_models(runs, held_out, report=print)
    assert found.seeds.tolist() == [0, 3]
    assert [case.ablation for case in found.cases] == [
        *("intact", "carried_zero", "cells_mean", "cells_worst")
    ]
    right = (predictions.tokens == predictions.expected).sum(axis=2)
    np.testing.assert_array_equal(found.correct[:, 0, :, :-1], right)
    np.testing.assert_allclose(found.loss[:, 0], predictions.loss, rtol=1e-5)
    assert not np.array_equal(found.correct[0], found.correct[1])
    assert found.networks.tolist() == [1, 1, FULL.cells, 1]
    np.testing.assert_array_equal(
        found.held.reshape(2, FULL.cells, -1).sum(axis=1), found.correct[:, 2].sum(axis=1)
    )


def test_what_a_trained_model_lacks_is_refused(runs: list[tuple[Path, Path]]) -> None:
    held_out = draw("evaluation data", 0, count=5, length=FULL.length, alphabet=ALPHABET)
    said = "^ablate: attention: expected an attention layer, .*, found none$"
    with pytest.raises(EchoseqError, match=said):
        ablate_models(FULL, runs, held_out, ["attention", "cells"], report=print)


def test_a_model_of_another_run_is_refused(runs: list[tuple[Path, Path]]) -> None:
    held_out = draw("evaluation data", 0, count=5, length=FULL.length, alphabet=ALPHABET)
    with pytest.raises(EchoseqError, match="the weights do not match the digest"):
        ablate_models(FULL, [(runs[1][0], runs[0][1])], held_out, ["cells"], report=print)
