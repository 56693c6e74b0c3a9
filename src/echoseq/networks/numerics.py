"""The settings of TensorFlow and Keras that determine the bits of a result.

By default, matrix products in TensorFlow, including those in compiled programs, choose kernels by
processor, and threads split sums differently on each machine.
"""

import re
from collections.abc import Mapping
from pathlib import Path

from echoseq.errors import EchoseqError

THREADS = 1

# Flags of XLA. Products of compiled programs are left to YNNPACK, which chooses its kernels by
# processor itself, whatever instruction set the program is compiled for; the first lets it choose
# only among those that round alike. And with more
# than AVX, programs are compiled for the model of the processor: for those with fast gathers and no
# AVX-512, sums are then taken in another order.
# The flag between these two is for speed alone: without it, weights are copied before each update.
FLAGS = {
    "--xla_cpu_enable_platform_dependent_math": "false",
    "--xla_cpu_copy_insertion_use_region_analysis": "true",
    "--xla_cpu_max_isa": "AVX",
}

# Set before TensorFlow starts. The first is for its own kernels, the second for products that XLA
# leaves to oneDNN, which the first does not affect.
VARIABLES = {
    "TF_ENABLE_ONEDNN_OPTS": "0",
    "ONEDNN_MAX_CPU_ISA": "AVX2",
    "XLA_FLAGS": " ".join(f"{flag}={value}" for flag, value in FLAGS.items()),
    "KERAS_BACKEND": "tensorflow",
}

# Not set here, but TensorFlow reads them: recorded if a user sets them.
RECORDED = ("TF_XLA_FLAGS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS",
            "TF_DETERMINISTIC_OPS", "ONEDNN_DEFAULT_FPMATH_MODE")  # fmt: skip

# Keras would read these from the user's keras.json.
KERAS = {"floatx": "float32", "epsilon": 1e-7, "image_data_format": "channels_last"}


def variables(environment: Mapping[str, str]) -> dict[str, str]:
    """The variables that count in an environment: those set here, and those recorded.

    XLA's flags of the user's are kept, before those set here.

    Raises:
        EchoseqError: if XLA_FLAGS names a file that cannot be read.
    """
    flags = f"{_without_ours(_flags(environment.get('XLA_FLAGS', '')))} {VARIABLES['XLA_FLAGS']}"
    recorded = {name: environment[name] for name in RECORDED if name in environment}
    return {**VARIABLES, "XLA_FLAGS": flags.strip(), **recorded}


def _flags(text: str) -> str:
    """Flags of XLA as text; what does not begin with a dash is the name of a file of them."""
    text = text.strip()
    if not text or text.startswith("-"):
        return text
    try:
        return Path(text).read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        raise EchoseqError(
            f"XLA_FLAGS: expected flags that begin with --, or a file of them, cannot read {text}"
        ) from error


def _without_ours(flags: str) -> str:
    ours = "|".join(FLAGS)
    return " ".join(re.sub(rf"(?<!\S)({ours})(=\S*)?(?!\S)", " ", flags).split())
