"""TensorFlow and Keras, set up so that the same inputs give the same bits.

Import them from here: the settings below must be made before TensorFlow starts.
"""

import os
import platform
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from echoseq.networks.numerics import RECORDED, THREADS, VARIABLES

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ.update(VARIABLES)


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
# scikit-learn for wrappers, which costs a second and a half.
with _hidden("matplotlib"), _hidden("sklearn"):
    import keras

import numpy as np
import tensorflow as tf

__all__ = ["keras", "numerics", "tf", "versions"]


def _single_thread() -> None:
    threading = tf.config.threading
    if threading.get_intra_op_parallelism_threads() == THREADS:
        return
    try:
        threading.set_intra_op_parallelism_threads(THREADS)
        threading.set_inter_op_parallelism_threads(THREADS)
    except RuntimeError as error:
        raise ImportError(
            "import echoseq's modules before TensorFlow does any work: they limit it to one "
            "thread, without which results are not the same bits"
        ) from error


_single_thread()


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
        "variables": VARIABLES | {k: os.environ[k] for k in RECORDED if k in os.environ},
    }
