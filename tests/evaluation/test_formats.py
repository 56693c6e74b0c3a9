"""Networks exported as pure functions, with what they carry among their inputs and outputs.

ONNX and LiteRT are tried in tests/exports.
"""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import saved
from optioned import PLANS as OPTIONED
from small import FULL, PARTIAL

from echoseq import cli
from echoseq.errors import EchoseqError
from echoseq.evaluation.answering import Predictor
from echoseq.evaluation.formats import exporting, saved_model
from echoseq.evaluation.formats.exporting import compare, export_model
from echoseq.evaluation.formats.network import Network
from echoseq.networks.backend import keras, tf
from echoseq.networks.building import build
from echoseq.networks.coding import coding_of
from echoseq.study.plan import Plan


def predictor(plan: Plan = FULL, change: Callable[[Any], Any] = lambda model: model) -> Predictor:
    return Predictor(change(build(plan, seed=0)), coding_of(plan), plan.task)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return saved.save_network(tmp_path_factory.mktemp("saved")).parent


def test_the_command_exports_what_answers_as_the_model(run: Path, tmp_path: Path, capsys) -> None:
    target = tmp_path / "echo"
    assert cli.main(["export-model", str(run), "--to", "saved_model", str(target)]) == 0
    assert capsys.readouterr().out.startswith(f"{target}: as the model, 108 of 108 values alike")
    assert os.listdir(tmp_path) == ["echo"]
    signature = tf.saved_model.load(str(target)).signatures["serving_default"]
    windows = np.lib.stride_tricks.sliding_window_view(saved.HELD_OUT[0], saved.PLAN.n_in)
    given = {"windows": tf.constant(np.eye(5, dtype=np.float32)[windows])}
    states = signature.structured_input_signature[1].keys() - {"windows"}
    assert states == {f"state_{i}" for i in range(4)}
    given |= {name: tf.zeros((9, saved.PLAN.cells)) for name in states}
    right = signature(**given)["answers"].numpy().argmax(-1) == saved.TARGETS[0]
    assert right.mean() > 0.9


@pytest.mark.parametrize(
    "plan", [FULL, PARTIAL, replace(FULL, stateful=False), replace(FULL, encoding="linear")]
)
def test_every_sequence_begins_anew_and_carries(plan: Plan, tmp_path: Path) -> None:
    compared = export_model(predictor(plan), "saved_model", tmp_path / "echo")
    assert compared.alike
    assert compared.values == 3 * 2 * 9 * plan.n_out
    signature = tf.saved_model.load(str(tmp_path / "echo")).signatures["serving_default"]
    count = 0 if not plan.stateful else 2 if plan.model == "lstm" else 4
    assert len(signature.structured_input_signature[1]) == 1 + count


@pytest.mark.parametrize("name", ["additive", "fed all", "told the place", "one gated unit"])
def test_options_of_models_are_exported(name: str, tmp_path: Path) -> None:
    assert export_model(predictor(OPTIONED[name]), "saved_model", tmp_path / "echo").alike


def test_an_export_leaves_the_model_as_it_is(tmp_path: Path) -> None:
    model = predictor().model
    network, windows = Network(model), np.eye(10, dtype=np.float32)[[[1, 2, 3, 4]] * 3]
    before = [variable.numpy() for variable in model.variables]
    model.layers[0].reset_state()
    first = model(windows).numpy()
    network.answer(windows, *([np.zeros((3, 6), np.float32)] * 2))
    second = model(windows).numpy()
    assert not np.allclose(first, second, atol=1e-6)  # so its own state was carried
    for variable, value in zip(model.variables, before):
        np.testing.assert_array_equal(variable.numpy(), value)


class Counting(keras.layers.Layer):
    """A layer with a state that Keras cannot reset: it counts the batches."""

    def build(self, _: Any) -> None:
        self.count = self.add_weight(name="count", initializer="zeros", trainable=False)

    def call(self, inputs: Any) -> Any:
        self.count.assign(self.count + 1)
        return inputs * self.count


def counting(model: Any) -> Any:
    return keras.Sequential([keras.Input(batch_shape=model.input_shape), Counting(), model])


def test_a_network_that_answers_otherwise_is_refused(tmp_path: Path) -> None:
    """A state that is neither reset nor handed over would be frozen in the file."""
    with pytest.raises(EchoseqError) as error:
        export_model(predictor(FULL, counting), "saved_model", tmp_path / "echo")
    said = str(error.value)
    assert said.startswith("--to saved_model: expected the answers of the model, got ")
    assert said.endswith("; nothing was exported")
    assert "\n" not in said
    assert os.listdir(tmp_path) == []


def broken(network: Network, path: Path) -> None:
    path.write_text("half")
    raise RuntimeError("no such operation\nsee above")


def test_a_format_that_cannot_hold_it_is_refused(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(saved_model, "write", broken)
    with pytest.raises(EchoseqError, match=r"no such operation.*; nothing was exported") as error:
        export_model(predictor(), "saved_model", tmp_path / "echo")
    assert "\n" not in str(error.value)
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("wrong", ["frozen", "shape", "nan"])
def test_what_runs_otherwise_is_seen(wrong: str) -> None:
    """A file that begins every batch anew, as ONNX does with a state inside, or has no numbers."""
    made = predictor()
    network = Network(made.model)

    def run(given: Any) -> Any:
        state = [given[name] * (wrong != "frozen") for name in ("state_0", "state_1")]
        found = {key: x.numpy() for key, x in network.answer(given["windows"], *state).items()}
        if wrong == "nan":
            found["answers"][:] = np.nan
        return found | ({"answers": found["answers"][:1]} if wrong == "shape" else {})

    if wrong == "shape":
        with pytest.raises(ValueError, match="expected outputs of shape"):
            compare(run, network, made)
    else:
        assert not compare(run, network, made).alike


def test_what_is_there_stays(tmp_path: Path) -> None:
    (tmp_path / "echo").write_text("mine")
    with pytest.raises(EchoseqError, match="found something there already"):
        export_model(predictor(), "saved_model", tmp_path / "echo")
    assert (tmp_path / "echo").read_text() == "mine"


@pytest.mark.parametrize("kind", ["onnx", "litert"])
def test_a_missing_extra_is_one_line(run: Path, tmp_path: Path, kind: str, monkeypatch) -> None:
    monkeypatch.setitem(exporting.FORMATS, kind, ("echoseq_no_such",))
    with pytest.raises(EchoseqError) as error:
        export_model(predictor(), kind, tmp_path / "echo")
    install = f"pip install -e '.[{kind}]' in the folder of echoseq"
    assert str(error.value).endswith(f"found none: {install}")
    assert os.listdir(tmp_path) == []


def test_a_folder_without_a_model_is_refused(tmp_path: Path, capsys) -> None:
    assert cli.main(["export-model", str(tmp_path), "--to", "onnx", str(tmp_path / "x")]) == 1
    assert "expected the saved model of a run, found no file" in capsys.readouterr().err
