"""The programs that are compared with echoseq's."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from measuring import HERE, MeasuringError, Program
from peers.work import Sizes

from echoseq.study.plan import Plan

OURS = "echoseq"
NO_STATE = "its `fit` carries no state"


def path(script: str) -> str:
    """Of a program."""
    return str(HERE / "peers" / script)


def ours() -> Program:
    """Echoseq's compiled loop, in this environment."""
    return Program(OURS, (sys.executable, path("with_echoseq.py")))


def compiled(python: str) -> list[Program]:
    """Peers that train many sequences in one call, or without the overhead of `fit`.

    Args:
        python: an interpreter with the packages of peers/requirements.txt.
    """
    return [
        Program("JAX", (python, path("with_jax.py"))),
        Program("JAX, written out", (python, path("jax_written_out.py"))),
        Program(
            "JAX, written out, AVX2 alone",
            (python, path("jax_written_out.py")),
            {"XLA_FLAGS": "--xla_cpu_max_isa=AVX2"},
        ),
        Program("PyTorch, eager", (python, path("with_torch.py")), block=50),
    ]


def torch_compiled(python: str, cache: Path) -> Program:
    """PyTorch with `torch.compile`.

    Args:
        cache: a folder for what it compiles.
    """
    return Program(
        "PyTorch, compiled",
        (python, path("with_torch.py"), "compiled"),
        {"TORCHINDUCTOR_CACHE_DIR": str(cache)},
        block=50,
    )


def fits(python: str) -> list[Program]:
    """One `fit` call per sequence, on each of Keras's backends."""
    script = path("with_keras.py")
    return [
        Program(
            "one `fit` a sequence, TensorFlow",
            (sys.executable, script),
            {"KERAS_BACKEND": "tensorflow"},
            block=5,
        ),
        Program(
            "one `fit` a sequence, JAX",
            (python, script),
            {"KERAS_BACKEND": "jax"},
            block=5,
            carries=False,
            note=NO_STATE,
        ),
        Program(
            "one `fit` a sequence, PyTorch",
            (python, script),
            {"KERAS_BACKEND": "torch"},
            block=5,
        ),
    ]


def can_compile(python: str) -> bool:
    """Whether `torch.compile` works there: it needs a C++ compiler.

    Raises:
        MeasuringError: if there is no such interpreter.
    """
    if shutil.which(python) is None:
        raise MeasuringError(
            f"PYTHON: expected an interpreter with benchmarks/peers/requirements.txt, got {python}"
        )
    code = "import torch; torch.compile(lambda x: x.sin() + 1)(torch.ones(3))"
    with tempfile.TemporaryDirectory() as cache:
        done = subprocess.run(
            [python, "-c", code],
            capture_output=True,
            check=False,
            env=os.environ | {"TORCHINDUCTOR_CACHE_DIR": cache},
        )
    return done.returncode == 0


def sizes_of(plan: Plan) -> Sizes:
    """What a program needs to know of a plan."""
    names = ("length", "alphabet", "n_in", "n_out", "batch_size", "cells", "stateful")
    given = {name: getattr(plan, name) for name in names}
    return Sizes(**given, encoder=plan.model == "encoder_decoder")
