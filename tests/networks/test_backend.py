"""TensorFlow and Keras as every run uses them."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from echoseq.networks.backend import keras, numerics, versions
from echoseq.networks.numerics import KERAS, THREADS, VARIABLES


def test_keras_is_set_up_for_the_same_bits() -> None:
    assert keras.backend.backend() == "tensorflow"
    assert {key: os.environ[key] for key in VARIABLES} == VARIABLES


@pytest.mark.parametrize(
    ("package", "used"),
    [("matplotlib", "matplotlib.pyplot.figure"), ("sklearn", "sklearn.decomposition.PCA")],
)
def test_loading_keras_does_not_load_what_it_can_use_and_leaves_it_usable(
    package: str, used: str
) -> None:
    program = (
        f"import sys, echoseq.networks.backend; assert '{package}' not in sys.modules;"
        f"import {used.rpartition('.')[0]}; assert {used}"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


def test_versions_of_the_numerical_software_are_reported() -> None:
    assert list(versions()) == ["python", "numpy", "keras", "tensorflow"]
    assert versions()["keras"] == keras.__version__
    settings = numerics()
    assert (settings["threads"], settings["op_determinism"]) == (THREADS, False)
    assert VARIABLES.items() <= settings["variables"].items()


def run(*program: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *program],
        env=os.environ | variables,
        capture_output=True,
        text=True,
        check=False,
    )


AS_FOUND = """
import json
from echoseq.networks.backend import keras, numerics
config = keras.config
found = {"floatx": config.floatx(), "epsilon": config.epsilon(),
         "image_data_format": config.image_data_format()}
print(json.dumps([found, config.dtype_policy().name, numerics()["keras"]]))
"""


def test_the_users_settings_of_keras_change_nothing(tmp_path: Path) -> None:
    """Nor do warnings that are errors."""
    theirs = {"floatx": "float64", "epsilon": 1e-3, "image_data_format": "channels_first"}
    (tmp_path / "keras.json").write_text(json.dumps(theirs | {"backend": "jax"}))
    done = run("-W", "error", "-c", AS_FOUND, KERAS_HOME=str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == [KERAS, KERAS["floatx"], KERAS]


BEFORE = {
    # As it would be where JAX is installed.
    "keras: imported with the backend jax, expected tensorflow": """
import keras
keras.config.backend = lambda: "jax"
""",
    "tensorflow: it has worked before echoseq": """
import tensorflow as tf
tf.config.threading.set_intra_op_parallelism_threads(1)
tf.config.threading.set_inter_op_parallelism_threads(1)
tf.ones(2) + 1
""",
}


@pytest.mark.parametrize("message", BEFORE)
def test_a_backend_that_cannot_be_set_up_any_more_is_refused(message: str) -> None:
    attempt = """
from echoseq.errors import EchoseqError
try:
    import echoseq.networks.backend
except EchoseqError as error:
    print(error)
"""
    done = run("-c", f"{BEFORE[message]}{attempt}")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(message)
    assert len(done.stdout.splitlines()) == 1
