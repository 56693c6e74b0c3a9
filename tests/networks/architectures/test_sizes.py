"""The architectures at the sizes of the study's experiments."""

import re
from dataclasses import replace

import pytest
from configurations import CONFIG

from echoseq.networks.backend import keras
from echoseq.networks.building import build, stateful_layers
from echoseq.study.reading import read

STUDY = read(CONFIG)
FULL = STUDY.plan_of("full_echo")


def lstm_size(inputs: int, units: int) -> int:
    return 4 * ((inputs + units) * units + units)


def dense_size(inputs: int, units: int) -> int:
    return inputs * units + units


def parameters_by_hand(architecture: str, features: int, n_in: int, n_out: int, cells: int) -> int:
    step, vector = dense_size(cells, features), dense_size(cells, n_out * features)
    return {
        "lstm": lstm_size(features, cells) + step,
        "encoder_decoder": lstm_size(features, cells) + lstm_size(cells, cells) + step,
        "many_to_one": lstm_size(features, cells) + vector,
        "one_to_one": lstm_size(n_in * features, cells) + vector,
        "memoryless": dense_size(features, cells) + step,
        "last_step": dense_size(features, cells) + vector,
    }[architecture]


@pytest.mark.parametrize(
    ("name", "n_out", "cells", "parameters"),
    [
        ("lstm", 5, 20, 11_780),
        ("encoder_decoder", 2, 150, 346_300),
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


BASE, BIG = ("lstm", 20), ("encoder_decoder", 150)
# The experiments of the study as described: model and cells, features, n_in, n_out,
# batch size; stateful and without a Masking layer unless named below. Larger versions, whose names
# end with their cells, as in full_linear_100, are the same in everything else.
DESCRIBED = {
    "full_echo": (*BASE, 100, 5, 5, 7),
    "partial_echo": (*BIG, 100, 5, 2, 21),
    "full_linear": (*BASE, 1, 5, 5, 7),
    "partial_linear": (*BIG, 1, 5, 2, 21),
    "full_masked": (*BASE, 100, 5, 5, 5),
    "full_unmasked": (*BASE, 100, 5, 5, 5),
    "partial_masked": (*BIG, 100, 5, 2, 25),
    "partial_unmasked": (*BIG, 100, 5, 2, 25),
    "three_of_5": (*BIG, 100, 5, 3, 21),
    "four_of_5": (*BIG, 100, 5, 4, 21),
    "five_of_5": (*BIG, 100, 5, 5, 21),
    "two_of_10": (*BIG, 100, 10, 2, 16),
    "five_of_10": (*BIG, 100, 10, 5, 16),
    "ten_of_10": (*BIG, 100, 10, 10, 16),
    "full_stateless": (*BASE, 100, 5, 5, 1),
    "partial_stateless": (*BIG, 100, 5, 2, 1),
    "full_one_to_one": ("one_to_one", 20, 100, 5, 5, 7),
    "partial_one_to_one": ("one_to_one", 150, 100, 5, 2, 21),
    "full_many_to_one": ("many_to_one", 20, 100, 5, 5, 7),
    "partial_many_to_one": ("many_to_one", 150, 100, 5, 2, 21),
    "full_memoryless": ("memoryless", 20, 100, 5, 5, 7),
    "partial_last_step": ("last_step", 150, 100, 5, 2, 21),
}
STATELESS = {"full_stateless", "partial_stateless"}
MASKING = {"full_masked", "partial_masked"}


def without_cells(name: str) -> tuple[str, int | None]:
    """The name of an experiment without its number of cells, and that number, if any."""
    found = re.fullmatch(r"(.+)_(\d{3})", name)
    return (found[1], int(found[2])) if found else (name, None)


def test_every_experiment_of_the_study_is_described() -> None:
    assert {without_cells(name)[0] for name in STUDY.experiments} == set(DESCRIBED)
    assert set(DESCRIBED) <= set(STUDY.experiments)


@pytest.mark.parametrize("name", STUDY.experiments)
def test_every_experiment_of_the_study_is_the_model_described(name: str) -> None:
    base, larger = without_cells(name)
    architecture, cells, features, n_in, n_out, batch_size = DESCRIBED[base]
    cells = larger or cells
    model = build(STUDY.plan_of(name), 0)
    assert model.name == architecture
    assert model.input_shape == (batch_size, n_in, features)
    assert model.output_shape == (batch_size, n_out, features)
    assert model.count_params() == parameters_by_hand(architecture, features, n_in, n_out, cells)
    kinds = [type(layer).__name__ for layer in model.layers]
    assert kinds.count("Masking") == (name in MASKING)
    assert kinds[0] == "Masking" or name not in MASKING
    recurrent = [layer for layer in model.layers if isinstance(layer, keras.layers.LSTM)]
    expected = {"lstm": 1, "encoder_decoder": 2, "many_to_one": 1, "one_to_one": 1}
    assert len(recurrent) == expected.get(architecture, 0)
    assert all(layer.stateful == (name not in STATELESS) for layer in recurrent)
    assert stateful_layers(model) == ([] if name in STATELESS else recurrent)
    last = model.layers[-1]
    activation = getattr(last, "layer", last).activation.__name__
    assert activation == ("softmax" if features == 100 else "linear")
