#!/bin/bash
# tf2onnx 1.17.0 on TensorFlow 2.21.0 (CPU), ONNX 1.23.2, ONNX Runtime 1.32.0.
# Expected: a constant that a function captures (an eager tensor made outside it) is stored in the file.
# Found: tf2onnx.convert.from_function makes it a required input of the graph, which no signature has. The file is
# written without a word, and every call with the inputs of the signature is refused.
# Matters to: whoever exports a network as a pure function, with weights frozen as constants.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv here
here/bin/pip install --quiet --disable-pip-version-check \
    tensorflow-cpu==2.21.0 tf2onnx==1.17.0 onnx==1.23.2 onnxruntime==1.32.0 numpy==2.4.6

cat > captured.py <<'PYTHON'
import numpy as np
import onnxruntime
import tensorflow as tf
import tf2onnx


x = np.ones((1, 3), "float32")
weights = tf.constant([[1.0], [2.0], [3.0]])
signature = [tf.TensorSpec((1, 3), name="x")]
function = tf.function(lambda x: tf.matmul(x, weights), input_signature=signature)
assert function(tf.constant(x)).numpy() == 6
model, _ = tf2onnx.convert.from_function(function, signature)
session = onnxruntime.InferenceSession(model.SerializeToString())
inputs = [given.name for given in session.get_inputs()]
print("inputs:", inputs)
assert inputs[0] == "x" and len(inputs) == 2
try:
    session.run(None, {"x": x})
except ValueError as error:
    print("called with x:", error)
    assert "Required inputs" in str(error)
else:
    raise AssertionError("it answered")
PYTHON

TF_CPP_MIN_LOG_LEVEL=3 here/bin/python captured.py 2>/dev/null
# Seen: inputs: ['x', 'MatMul/b:0'], and "Required inputs (['MatMul/b:0']) are missing from input feed (['x'])."
