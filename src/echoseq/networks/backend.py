"""TensorFlow and Keras, set up so that the same inputs give the same bits.

Import them from here: the settings below must be made before TensorFlow starts.
"""

import os
import platform
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from echoseq.errors import EchoseqError
from echoseq.networks.numerics import KERAS, THREADS, VARIABLES, variables

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ.update(variables(os.environ))


@contextmanager
def _hidden(package: str) -> Iterator[None]:
    """Make imports of a package fail, unless it is already imported."""
    modules: dict[str, Any] = sys.modules
    hide = package not in modules
    if hide:
        modules[package] = None
    try:
        yield
    finally:
        if hide:
            del modules[package]


# Keras imports matplotlib for image galleries if it can, which costs every job half a second, and
# scikit-learn for wrappers, which costs a second and a half. Its warnings, and those of TensorFlow,
# would be errors if the user asked for that.
with _hidden("matplotlib"), _hidden("sklearn"), warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import keras
    import tensorflow as tf

import numpy as np

__all__ = ["keras", "numerics", "tf", "versions"]


def _require_tensorflow() -> None:
    """Refuse Keras if it was imported before, with another backend."""
    backend, ours = keras.config.backend(), VARIABLES["KERAS_BACKEND"]
    if backend != ours:
        raise EchoseqError(
            f"keras: imported with the backend {backend}, expected {ours}; import echoseq first, "
            f"or set KERAS_BACKEND={ours}"
        )


def _single_thread() -> None:
    """Limit TensorFlow to one thread; refuse it if it has worked, so that it ignores the variables.

    It accepts the number that it has at any time, and another one only before it has worked.
    """
    threading = tf.config.threading
    try:
        for number in (THREADS + 1, THREADS):
            threading.set_intra_op_parallelism_threads(number)
            threading.set_inter_op_parallelism_threads(number)
    except RuntimeError as error:
        raise EchoseqError(
            "tensorflow: it has worked before echoseq could set it up for the same bits; import "
            "echoseq.networks.backend before it does any work"
        ) from error


def _configure_keras() -> None:
    """Put our settings in the place of the user's in keras.json."""
    keras.config.set_floatx(KERAS["floatx"])
    keras.config.set_epsilon(KERAS["epsilon"])
    keras.config.set_image_data_format(KERAS["image_data_format"])
    keras.config.set_dtype_policy(KERAS["floatx"])


_require_tensorflow()
_single_thread()
_configure_keras()


def versions() -> dict[str, str]:
    """The versions of the software that computes the numbers."""
    return {
        "python": platform.python_version(),
        "numpy": np.__version__,
        "keras": keras.__version__,
        "tensorflow": tf.__version__,
    }


def numerics() -> dict[str, Any]:
    """The settings that can change the bits of a result."""
    return {
        "threads": THREADS,
        "jit_compile": True,
        "op_determinism": False,
        "variables": variables(os.environ),
        "keras": KERAS,
    }
