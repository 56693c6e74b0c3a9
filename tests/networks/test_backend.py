"""TensorFlow and Keras as every run uses them."""

import os
import subprocess
import sys

from echoseq.networks.backend import keras, numerics, versions
from echoseq.networks.numerics import THREADS, VARIABLES


def test_keras_is_set_up_for_the_same_bits() -> None:
    assert keras.backend.backend() == "tensorflow"
    assert {key: os.environ[key] for key in VARIABLES} == VARIABLES


def test_loading_keras_does_not_load_matplotlib_and_leaves_it_usable() -> None:
    program = (
        "import sys, echoseq.networks.backend; assert 'matplotlib' not in sys.modules;"
        "import matplotlib.pyplot; assert matplotlib.pyplot.figure"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


def test_versions_of_the_numerical_software_are_reported() -> None:
    assert list(versions()) == ["python", "numpy", "keras", "tensorflow"]
    assert versions()["keras"] == keras.__version__
    settings = numerics()
    assert (settings["threads"], settings["op_determinism"]) == (THREADS, False)
    assert VARIABLES.items() <= settings["variables"].items()
