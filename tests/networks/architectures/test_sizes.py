"""The architectures at the sizes of the study's experiments."""

from dataclasses import replace

import pytest
from configurations import CONFIG

from echoseq.networks.backend import keras
from echoseq.networks.building import build, stateful_layers
from echoseq.study.reading import read

STUDY = read(CONFIG)
ENCODER_DECODERS = [
    f"encoder_decoder{which}" for which in ("", "_gru", "_simple_rnn", "_step", "_attention")
]
FULL = STUDY.plan_of("full_echo")


def lstm_size(inputs: int, units: int) -> int:
    return 4 * ((inputs + units) * units + units)


def gru_size(inputs: int, units: int) -> int:
    return 3 * ((inputs + units) * units + 2 * units)  # Keras adds a bias to each of two products


def simple_rnn_size(inputs: int, units: int) -> int:
    return (inputs + units) * units + units


def dense_size(inputs: int, units: int) -> int:
    return inputs * units + units


def parameters_by_hand(architecture: str, features: int, n_in: int, n_out: int, cells: int) -> int:
    step, vector = dense_size(cells, features), dense_size(cells, n_out * features)
    encoder, decoder = lstm_size(features, cells), lstm_size(cells, cells)
    return {
        "lstm": encoder + step,
        "encoder_decoder": encoder + decoder + step,
        "encoder_decoder_gru": gru_size(features, cells) + gru_size(cells, cells) + step,
        "encoder_decoder_simple_rnn": simple_rnn_size(features, cells)
        + simple_rnn_size(cells, cells)
        + step,
        "encoder_decoder_step": encoder + lstm_size(cells + n_out, cells) + step,
        "encoder_decoder_feedback": encoder + lstm_size(cells + features, cells) + step,
        "encoder_decoder_state": encoder + decoder + step,
        "encoder_decoder_teacher_forcing": encoder + lstm_size(features + 1, cells) + step,
        "encoder_decoder_attention": encoder + decoder + dense_size(2 * cells, features),
        "many_to_one": encoder + vector,
        "one_to_one": lstm_size(n_in * features, cells) + vector,
        "memoryless": dense_size(features, cells) + step,
        "last_step": dense_size(features, cells) + vector,
    }[architecture]


@pytest.mark.parametrize(
    ("name", "n_out", "cells", "parameters"),
    [
        ("lstm", 5, 20, 11_780),
        ("encoder_decoder", 2, 150, 346_300),
        ("encoder_decoder_gru", 2, 150, 264_400),
        ("encoder_decoder_simple_rnn", 2, 150, 97_900),
        ("encoder_decoder_step", 2, 150, 347_500),
        ("encoder_decoder_feedback", 2, 150, 406_300),
        ("encoder_decoder_state", 2, 150, 346_300),
        ("encoder_decoder_teacher_forcing", 2, 150, 316_900),
        ("encoder_decoder_attention", 2, 150, 361_300),
        ("many_to_one", 5, 20, 20_180),
        ("one_to_one", 5, 20, 52_180),
        ("memoryless", 5, 20, 4_120),
        ("last_step", 2, 150, 45_350),
    ],
)
def test_parameters_of_all_architectures(
    name: str, n_out: int, cells: int, parameters: int
) -> None:
    assert parameters_by_hand(name, 100, 5, n_out, cells) == parameters
    model = build(replace(FULL, model=name, n_out=n_out, cells=cells), 0)
    assert model.count_params() == parameters
    assert model.name == name


# The experiments of the study as described: architecture, cells, features, n_in, n_out, batch size;
# stateful and without a Masking layer unless told below. Of a sweep, one experiment for each value
# of each axis is enough: the others only combine them.
LSTM, BIG, HUNDRED = ("lstm", 20), ("encoder_decoder", 150), ("encoder_decoder", 100)
FULL_ECHO, PARTIAL_ECHO = "5_of_5_at_once", "2_of_5"
DESCRIBED = {
    "full_echo": (*LSTM, 100, 5, 5, 7),
    "partial_echo": (*BIG, 100, 5, 2, 21),
    "full_memoryless": ("memoryless", 20, 100, 5, 5, 7),
    "partial_last_step": ("last_step", 150, 100, 5, 2, 21),
    f"linear_full_{FULL_ECHO}_one-hot_rate_0_01_20": (*LSTM, 100, 5, 5, 7),
    f"linear_full_{FULL_ECHO}_linear_rate_0_001_20": (*LSTM, 1, 5, 5, 7),
    f"linear_partial_{PARTIAL_ECHO}_linear_decaying_rate_100": (*HUNDRED, 1, 5, 2, 21),
    f"linear_scaled_{PARTIAL_ECHO}": (*HUNDRED, 1, 5, 2, 21),
    f"linear_scaled_{FULL_ECHO}": ("lstm", 50, 1, 5, 5, 7),
    f"masking_full_{FULL_ECHO}_dropped_20": (*LSTM, 100, 5, 5, 21),
    f"masking_full_{FULL_ECHO}_kept_20": (*LSTM, 100, 5, 5, 25),
    f"masking_full_{FULL_ECHO}_masked_20": (*LSTM, 100, 5, 5, 25),
    f"masking_partial_{PARTIAL_ECHO}_masked_100": (*HUNDRED, 100, 5, 2, 25),
    f"masking_partial_{PARTIAL_ECHO}_kept_as_zeros_100": (*HUNDRED, 100, 5, 2, 25),
    "longer_2_of_5_200": ("encoder_decoder", 200, 100, 5, 2, 21),
    "longer_3_of_5_100": (*HUNDRED, 100, 5, 3, 21),
    "longer_5_of_5_100": (*HUNDRED, 100, 5, 5, 21),
    "longer_window_2_of_10_50": ("encoder_decoder", 50, 100, 10, 2, 21),
    "longer_window_5_of_10_100": (*HUNDRED, 100, 10, 5, 21),
    f"state_source_1_{FULL_ECHO}_reset_20": (*LSTM, 100, 5, 5, 1),
    f"state_full_1_{FULL_ECHO}_reset_20": (*LSTM, 100, 5, 5, 1),
    f"state_full_7_{FULL_ECHO}_carried_20": (*LSTM, 100, 5, 5, 7),
    f"state_partial_1_{PARTIAL_ECHO}_reset_40": ("encoder_decoder", 40, 100, 5, 2, 1),
    f"state_partial_21_{PARTIAL_ECHO}_carried_80": ("encoder_decoder", 80, 100, 5, 2, 21),
    "state_lag_the_value_before_200": ("many_to_one", 200, 100, 1, 1, 1),
    "topology_source_5_of_5_step_by_step_25": ("lstm", 25, 100, 5, 5, 21),
    "topology_2_of_5_many-to-many_50": ("encoder_decoder", 50, 100, 5, 2, 21),
    "topology_5_of_5_many-to-one_100": ("many_to_one", 100, 100, 5, 5, 21),
    "topology_2_of_5_one-to-one_200": ("one_to_one", 200, 100, 5, 2, 21),
    "cell_LSTM_2_of_5_100": (*HUNDRED, 100, 5, 2, 21),
    "cell_GRU_2_of_5_100": ("encoder_decoder_gru", 100, 100, 5, 2, 21),
    "cell_simple_RNN_5_of_5_25": ("encoder_decoder_simple_rnn", 25, 100, 5, 5, 21),
    "cell_rates_simple_RNN_2_of_5_0_01_50": ("encoder_decoder_simple_rnn", 50, 100, 5, 2, 21),
    "decoder_plain_2_of_5_25": ("encoder_decoder", 25, 100, 5, 2, 21),
    "decoder_kinds_told_the_step_3_of_5_50": ("encoder_decoder_step", 50, 100, 5, 3, 21),
    "decoder_kinds_fed_its_answer_2_of_5_50": ("encoder_decoder_feedback", 50, 100, 5, 2, 21),
    "decoder_attention_5_of_5_100": ("encoder_decoder_attention", 100, 100, 5, 5, 21),
    "decoder_long_attention_10_of_10_25": ("encoder_decoder_attention", 25, 100, 10, 10, 21),
    "decoder_held_attention_5_of_5_20": ("encoder_decoder_attention", 20, 100, 5, 5, 21),
    "order_the_newest_two_LSTM_50": ("encoder_decoder", 50, 100, 5, 2, 21),
    "order_whole_all_five_reversed_100": (*HUNDRED, 100, 5, 5, 21),
    "order_steps_delayed_by_one_lstm_50": ("lstm", 50, 100, 5, 5, 21),
    "lost_5_of_5_4000": (*HUNDRED, 100, 5, 5, 21),
    "lost_long_10_of_10_4000": (*HUNDRED, 100, 10, 10, 21),
    "lost_told_5_of_5_told_the_step_4000": ("encoder_decoder_step", 100, 100, 5, 5, 21),
    f"control_full_{FULL_ECHO}_LSTM_20": ("lstm", 20, 100, 5, 5, 7),
    f"control_full_{FULL_ECHO}_memoryless_10": ("memoryless", 10, 100, 5, 5, 7),
    "two_and_zeros_plain": ("encoder_decoder", 150, 50, 5, 5, 1),
    "lag_0": ("lstm", 15, 100, 1, 1, 1),
    "lag_1_by_steps": ("many_to_one", 50, 100, 1, 1, 6),
    "lag_1": ("many_to_one", 50, 100, 5, 1, 5),
    "lag_reset_2": ("many_to_one", 50, 100, 5, 1, 5),
    "beginner_batch_of_1": ("many_to_one", 200, 100, 1, 1, 1),
}
# These vary options of models, which have tests of their own.
OPTIONED = {"cell_apart", "cell_kernels"}
RESET = {"two_and_zeros_plain", "lag_0"}  # as their source has it, besides those named so


def test_an_experiment_of_every_group_is_described() -> None:
    described = {STUDY.experiments[name].sweep for name in DESCRIBED}
    assert described | OPTIONED == {experiment.sweep for experiment in STUDY.experiments.values()}


@pytest.mark.parametrize("name", DESCRIBED)
def test_experiments_of_the_study_are_the_models_described(name: str) -> None:
    architecture, cells, features, n_in, n_out, batch_size = DESCRIBED[name]
    model = build(STUDY.plan_of(name), 0)
    assert model.name == architecture
    assert model.input_shape == (batch_size, n_in, features)
    assert model.output_shape == (batch_size, n_out, features)
    assert model.count_params() == parameters_by_hand(architecture, features, n_in, n_out, cells)
    kinds = [type(layer).__name__ for layer in model.layers]
    assert kinds.count("Masking") == ("masked" in name)
    assert kinds[0] == "Masking" or "masked" not in name
    recurrent = [layer for layer in model.layers if isinstance(layer, keras.layers.RNN)]
    expected = {
        **dict.fromkeys(("lstm", "many_to_one", "one_to_one", "encoder_decoder_feedback"), 1),
        **dict.fromkeys(ENCODER_DECODERS, 2),
    }
    assert len(recurrent) == expected.get(architecture, 0)
    stateless = "reset" in name or name in RESET
    assert all(layer.stateful != stateless for layer in recurrent)
    assert stateful_layers(model) == ([] if stateless else recurrent)
    last = model.get_layer("output")
    activation = getattr(last, "layer", last).activation.__name__
    assert activation == ("linear" if features == 1 else "softmax")
