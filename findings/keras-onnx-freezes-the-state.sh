#!/bin/bash
# Keras 3.15.1 on TensorFlow 2.21.0 (CPU), tf2onnx 1.17.0, ONNX Runtime 1.32.0.
# Expected: an exported stateful LSTM, unrolled, starts from zeros and carries its state, or the export is refused.
# Found: model.export(format="onnx") takes the state of the moment of the export as a constant. Every call
# begins from it, and none changes it: tf2onnx removes the assignments and says so among its messages.
# Exported after a prediction, the network is wrong from the first call on.
# Matters to: whoever deploys a stateful network, and checks the export on one batch.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv here
here/bin/pip install --quiet --disable-pip-version-check \
    tensorflow-cpu==2.21.0 keras==3.15.1 tf2onnx==1.17.0 onnx==1.23.2 onnxruntime==1.32.0 numpy==2.4.6

cat > exported.py <<'PYTHON'
import keras
import numpy as np
import onnxruntime

keras.utils.set_random_seed(0)
layer = keras.layers.LSTM(4, stateful=True, unroll=True)
model = keras.Sequential([keras.Input(batch_shape=(1, 3, 2)), layer])
x = np.ones((1, 3, 2), "float32")
layer.reset_state()
first, second = (model.predict(x, verbose=0) for _ in range(2))  # of a sequence in two parts
model.export("late.onnx", format="onnx", verbose=False)
layer.reset_state()
model.export("fresh.onnx", format="onnx", verbose=False)


def answers(path):
    session = onnxruntime.InferenceSession(path)
    (name,) = (given.name for given in session.get_inputs())
    return [session.run(None, {name: x})[0] for _ in range(2)]


fresh, late = answers("fresh.onnx"), answers("late.onnx")
print("exported fresh: as the first part", [bool(np.allclose(a, first, atol=1e-5)) for a in fresh])
print("exported late:  as the first part", [bool(np.allclose(a, first, atol=1e-5)) for a in late])
assert np.allclose(fresh, first, atol=1e-5)  # the second part as well
assert not np.allclose(first, second, atol=1e-3)
assert not np.allclose(late[0], first, atol=1e-3)
assert np.allclose(late[0], late[1])
PYTHON

TF_CPP_MIN_LOG_LEVEL=3 here/bin/python exported.py 2>/dev/null
# Seen: fresh [True, True], late [False, False].
