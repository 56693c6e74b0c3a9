"""A saved network under JAX, PyTorch and NumPy, as docs/models.md loads it."""

import os
import subprocess
from pathlib import Path

import numpy as np
import pytest
import saved
from workspaces import PROJECT

from echoseq.evaluation.answering import load_model

PYTHON = PROJECT / ".venv-peers/bin/python"


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return saved.save_network(tmp_path_factory.mktemp("saved"))


@pytest.fixture(scope="module")
def expected(path: Path) -> np.ndarray:
    """The probabilities under TensorFlow, (sequences, windows, n_out, alphabet)."""
    probabilities, model = saved.functions("echo.py")["probabilities"], load_model(path)
    return np.stack([probabilities(model, values) for values in saved.HELD_OUT])


@pytest.mark.parametrize("backend", ["jax", "torch", "numpy"])
def test_the_answers_are_those_under_tensorflow(
    path: Path, expected: np.ndarray, tmp_path: Path, backend: str
) -> None:
    (tmp_path / "echo.py").write_text(saved.FILES["echo.py"], encoding="utf-8")
    np.save(tmp_path / "sequences.npy", saved.HELD_OUT)
    answering = PROJECT / "tests/backends/answering.py"
    files = [tmp_path / "echo.py", path, tmp_path / "sequences.npy", tmp_path / "answers.npz"]
    done = subprocess.run(
        [os.environ.get("ECHOSEQ_PEERS", PYTHON), answering, *files],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": os.environ["PATH"], "KERAS_BACKEND": backend, "KERAS_HOME": str(tmp_path)},
    )
    assert done.returncode == 0, done.stderr
    found = np.load(tmp_path / "answers.npz")
    assert found["backend"] == backend
    assert found["loaded"].size == 0  # neither TensorFlow nor echoseq
    assert (found["carried"] > 0).all()  # so the resets are what keeps sequences apart
    np.testing.assert_array_equal(found["answers"].argmax(-1), expected.argmax(-1))
    np.testing.assert_allclose(found["answers"], expected, atol=1e-5)
    assert (expected.argmax(-1) == saved.TARGETS).mean() > 0.95
