#!/bin/bash
# Keras 3.15.1 on TensorFlow 2.21.0 (CPU).
# Expected: where a masked sequence is concatenated with one that has no mask, along the features, the steps that
# were masked stay masked, as they do where both have the same mask.
# Found: no step is masked any more. The mask of the result is true where any feature is not masked, and those of
# the sequence without a mask never are. A recurrent layer after it runs over the padding, without a warning.
# Matters to: whoever puts positions, times or other features beside padded sequences.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv here
here/bin/pip install --quiet --disable-pip-version-check tensorflow-cpu==2.21.0 keras==3.15.1 numpy==2.4.6

cat > masked.py <<'PYTHON'
import keras
import numpy as np

keras.utils.set_random_seed(0)
layers = keras.layers
values, places = keras.Input((3, 2)), keras.Input((3, 1))
masked = layers.Masking(0.0)(values)
lstm = layers.LSTM(4)
model = keras.Model([values, places], lstm(layers.Concatenate()([masked, places])))
both = keras.Model([values, places], lstm(layers.Concatenate()([masked, layers.Masking(0.0)(places)])))

x = np.ones((1, 3, 2), "float32")
x[:, 0] = 0  # a step that is masked
# What stands in that step must not matter.
here, there = (np.array([[[p], [2.0], [3.0]]], "float32") for p in (0.0, 9.0))
one, other = (np.asarray(model([x, p])) for p in (here, there))
print("one masked:  depends on a masked step:", not np.allclose(one, other))
skipped = np.asarray(lstm(np.concatenate([x, here], axis=2)[:, 1:]))
print("both masked: as if the step were left out:", bool(np.allclose(both([x, here]), skipped, atol=1e-6)))
assert not np.allclose(one, other)
assert np.allclose(both([x, here]), skipped, atol=1e-6)
PYTHON

TF_CPP_MIN_LOG_LEVEL=3 here/bin/python masked.py 2>/dev/null
# Seen: True, True.
