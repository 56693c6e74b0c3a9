"""The files of docs/models.md, as they stand there, on networks that were trained and saved."""

import ast
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
from workspaces import PROJECT

from echoseq.evaluation.answering import Predictor, load_model
from echoseq.networks import building
from echoseq.networks.coding import coding_of
from echoseq.study.architectures import ARCHITECTURES

stateless = saved.functions("stateless.py")["stateless"]


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return saved.save_network(tmp_path_factory.mktemp("saved"))


def answers(path: Path, **changed: object) -> np.ndarray:
    """The page's answers to the held-out sequences, with some of its functions replaced."""
    echo = saved.functions("echo.py")
    echo.update(changed)
    model = load_model(path)
    return np.stack([echo["probabilities"](model, s).argmax(-1) for s in saved.HELD_OUT])


def test_the_page_answers_as_echoseq_does(path: Path) -> None:
    found = answers(path)
    tokens, _, _ = Predictor(load_model(path), coding_of(saved.PLAN), saved.PLAN.task).sequences(
        *saved.PLAN.task.frame(saved.HELD_OUT)
    )
    np.testing.assert_array_equal(found, tokens)
    assert (found == saved.TARGETS).mean() > 0.95


def test_without_a_reset_only_the_first_sequence_is_echoed(path: Path) -> None:
    right = answers(path, reset=id) == saved.TARGETS
    assert right[0].mean() > 0.95
    assert right[1:].mean() < 0.5


@pytest.mark.parametrize("count", [1, 9, 10])  # of windows; 9 are a batch
def test_a_batch_is_padded_and_what_was_added_is_dropped(path: Path, count: int) -> None:
    """Nothing is carried within a batch, so a window is answered as it is alone."""
    echo, model = saved.functions("echo.py"), load_model(path)
    values = saved.HELD_OUT.reshape(-1)[: count + saved.PLAN.n_in - 1]
    found = echo["probabilities"](model, values)
    assert found.shape == (count, 2, 5)
    first = echo["probabilities"](model, values[:3])[0]
    np.testing.assert_allclose(found[0], first, atol=1e-5)


def test_the_script_answers_one_sequence(path: Path, tmp_path: Path) -> None:
    (tmp_path / "echo.py").write_text(saved.FILES["echo.py"], encoding="utf-8")
    values = [str(value) for value in saved.HELD_OUT[0]]
    done = subprocess.run(
        [sys.executable, "echo.py", str(path), *values],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env=os.environ | {"KERAS_BACKEND": "tensorflow"},
    )
    assert done.returncode == 0, done.stderr
    assert ast.literal_eval(done.stdout) == answers(path)[0].tolist()


@pytest.mark.parametrize("name", [*ARCHITECTURES, *OPTIONED])
def test_the_page_suits_every_architecture(name: str) -> None:
    """It resets every state, and the stateless network answers as from states of zeros."""
    plan = OPTIONED.get(name) or replace(
        FULL if name in {"lstm", "memoryless"} else PARTIAL, model=name, cells=3
    )
    model = building.build(plan, seed=0)
    one_hot = np.eye(plan.alphabet, dtype=np.float32)
    windows = np.random.default_rng(0).integers(0, plan.alphabet, (plan.batch_size, plan.n_in))
    expected = model(one_hot[windows]).numpy()
    reset = saved.functions("echo.py")["reset"]
    reset(model)
    states = [s for layer in building.stateful_layers(model) for s in layer.states]
    assert all(not state.numpy().any() for state in states)

    free = stateless(model)
    assert building.stateful_layers(free) == []
    assert free.input_shape == (None, plan.n_in, plan.alphabet)
    answered = free(one_hot[windows[:2]]).numpy()
    np.testing.assert_allclose(answered, expected[:2], atol=1e-5)


def test_other_backends_are_tried_with_the_keras_of_the_lock() -> None:
    """A file that it saved is refused by older ones."""
    pins = []
    for name in ("requirements.lock", "benchmarks/peers/requirements.txt"):
        lines = (PROJECT / name).read_text(encoding="utf-8").splitlines()
        pins.append([line.split()[0] for line in lines if line.startswith("keras==")])
    assert pins[0] == pins[1] != []
