"""TensorFlow and Keras as every run uses them."""

import os
import subprocess
import sys

import pytest

from echoseq.networks.backend import keras, numerics, versions
from echoseq.networks.numerics import THREADS, VARIABLES


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
