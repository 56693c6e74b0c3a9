"""Networks exported to ONNX and LiteRT, answered by their own runtimes."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import saved
from optioned import PLANS as OPTIONED
from small import FULL, PARTIAL

from echoseq.evaluation.answering import Predictor
from echoseq.evaluation.formats.exporting import export_model
from echoseq.networks.building import build
from echoseq.networks.coding import coding_of
from echoseq.study.architectures import ARCHITECTURES

PLANS = {
    name: replace(FULL if name in {"lstm", "memoryless"} else PARTIAL, model=name, cells=3)
    for name in ARCHITECTURES
} | {name: OPTIONED[name] for name in ("additive", "fed all", "one gated unit", "told the place")}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return saved.save_network(tmp_path_factory.mktemp("saved")).parent


def export(run: Path, kind: str, path: Path) -> None:
    command = [sys.executable, "-m", "echoseq.cli", "export-model", run, "--to", kind, path]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"{path}: as the model, 108 of 108 values alike")
    assert os.listdir(path.parent) == [path.name]


def encoded() -> np.ndarray:
    """The held-out sequences as the network reads them, (sequences, windows, ...)."""
    windows = np.lib.stride_tricks.sliding_window_view(saved.HELD_OUT, saved.PLAN.n_in, axis=-1)
    return np.eye(saved.PLAN.alphabet, dtype=np.float32)[windows]


def test_onnx_answers_every_sequence(run: Path, tmp_path: Path) -> None:
    """Without TensorFlow and without echoseq: by what docs/models.md says."""
    path = tmp_path / "to/echo.onnx"
    export(run, "onnx", path)
    answers = saved.functions("onnx_echo.py")["answers"]
    tokens = [next(answers(str(path), [windows])).argmax(-1) for windows in encoded()]
    assert (tokens == saved.TARGETS).mean() > 0.95
    twice = list(encoded()[:2])
    first, second = answers(str(path), twice)  # as if they were one sequence
    np.testing.assert_array_equal(first.argmax(-1), tokens[0])
    assert not np.allclose(second, next(answers(str(path), twice[1:])), atol=1e-3)  # carried


def test_litert_answers_every_sequence(run: Path, tmp_path: Path) -> None:
    from ai_edge_litert.interpreter import Interpreter

    path = tmp_path / "to/echo.tflite"
    export(run, "litert", path)
    runner = Interpreter(str(path)).get_signature_runner("serving_default")
    shapes = {name: given["shape"] for name, given in runner.get_input_details().items()}
    zeros = {name: np.zeros(s, np.float32) for name, s in shapes.items() if name != "windows"}
    assert sorted(zeros) == [f"state_{i}" for i in range(4)]
    tokens = [runner(windows=windows, **zeros)["answers"].argmax(-1) for windows in encoded()]
    assert (tokens == saved.TARGETS).mean() > 0.95


@pytest.mark.parametrize("name", PLANS)
@pytest.mark.parametrize("kind", ["onnx", "litert"])
def test_every_architecture_is_exported(kind: str, name: str, tmp_path: Path) -> None:
    plan = PLANS[name]
    predictor = Predictor(build(plan, seed=0), coding_of(plan), plan.task)
    assert export_model(predictor, kind, tmp_path / "echo").alike
