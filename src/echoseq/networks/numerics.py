"""The settings of TensorFlow that determine the bits of a result.

By default, matrix products in TensorFlow, including those in compiled programs, choose kernels by
processor, and threads split sums differently on each machine.
"""

THREADS = 1

# Set before TensorFlow starts. The first is for its own kernels, the second for matrix products
# inside compiled programs, which the first does not affect.
VARIABLES = {
    "TF_ENABLE_ONEDNN_OPTS": "0",
    "ONEDNN_MAX_CPU_ISA": "AVX2",
    "KERAS_BACKEND": "tensorflow",
}

# Not set here, but TensorFlow reads them: recorded if a user sets them.
RECORDED = ("XLA_FLAGS", "TF_XLA_FLAGS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS",
            "TF_DETERMINISTIC_OPS", "ONEDNN_DEFAULT_FPMATH_MODE")  # fmt: skip
