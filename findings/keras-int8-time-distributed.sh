#!/bin/bash
# Keras 3.15.1 on TensorFlow 2.21.0 (CPU).
# Expected: after model.quantize("int8"), a Dense layer in TimeDistributed gives about what it gave before,
# as the same layer alone does.
# Found: alone it is off by a per cent; in TimeDistributed by a large factor. Nothing warns, and where answers
# are an arg-max the accuracy hides it.
# Matters to: whoever quantizes a network that answers step by step.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv here
here/bin/pip install --quiet --disable-pip-version-check tensorflow-cpu==2.21.0 keras==3.15.1 numpy==2.4.6

cat > quantized.py <<'PYTHON'
import keras
import numpy as np

keras.utils.set_random_seed(0)
x = np.random.default_rng(0).standard_normal((4, 5, 16)).astype("float32")


def error(layer):
    """The largest difference after quantization, as a share of the largest output before."""
    model = keras.Sequential([keras.Input((5, 16)), layer])
    before = np.asarray(model(x))
    model.quantize("int8")
    return float(np.abs(np.asarray(model(x)) - before).max() / np.abs(before).max())


alone = error(keras.layers.Dense(8))
distributed = error(keras.layers.TimeDistributed(keras.layers.Dense(8)))
print(f"alone {alone:.3f}, in TimeDistributed {distributed:.3f}")
assert alone < 0.05 < 1 < distributed
PYTHON

TF_CPP_MIN_LOG_LEVEL=3 here/bin/python quantized.py 2>/dev/null
# Seen: alone below 0.05, in TimeDistributed far above 1.
