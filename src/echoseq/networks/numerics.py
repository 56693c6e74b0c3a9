"""The settings of TensorFlow that decide the bits of a result, in one place.

By themselves, the matrix products of TensorFlow, which compiled programs use too, choose their
kernels by the processor, and threads split sums by the machine.
"""

THREADS = 1

# Set before TensorFlow starts. The first is for its own kernels, the second for the matrix
# product inside compiled programs, which the first does not reach.
VARIABLES = {
    "TF_ENABLE_ONEDNN_OPTS": "0",
    "ONEDNN_MAX_CPU_ISA": "AVX2",
    "KERAS_BACKEND": "tensorflow",
}

# Not set here, but heeded by TensorFlow: recorded if a user sets them.
RECORDED = ("XLA_FLAGS", "TF_XLA_FLAGS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS",
            "TF_DETERMINISTIC_OPS", "ONEDNN_DEFAULT_FPMATH_MODE")  # fmt: skip
