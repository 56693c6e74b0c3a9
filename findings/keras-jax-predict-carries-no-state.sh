#!/bin/bash
# Keras 3.15.1 on JAX 0.10.2 and on TensorFlow 2.21.0 (CPU).
# Expected: a stateful LSTM carries its state from one predict() to the next on every backend, as it does when
# the model is called.
# Found: on JAX a call carries it, predict() does not, without a warning. So the same saved network answers a
# second batch in two ways.
# Matters to: whoever moves a stateful network to another backend and evaluates it with predict().
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv here
here/bin/pip install --quiet --disable-pip-version-check \
    tensorflow-cpu==2.21.0 keras==3.15.1 "jax[cpu]==0.10.2" numpy==2.4.6

cat > carried.py <<'PYTHON'
import keras
import numpy as np

keras.utils.set_random_seed(0)
layer = keras.layers.LSTM(4, stateful=True)
model = keras.Sequential([keras.Input(batch_shape=(1, 3, 2)), layer])
x = np.ones((1, 3, 2), "float32")


def carries(answer):
    """Whether a second answer to the same input depends on the first."""
    layer.reset_state()
    first, second = (np.asarray(answer(x)) for _ in range(2))
    return not np.allclose(first, second)


print(carries(model), carries(lambda x: model.predict(x, verbose=0)))
PYTHON

export TF_CPP_MIN_LOG_LEVEL=3
jax=$(KERAS_BACKEND=jax here/bin/python carried.py 2>/dev/null)
tensorflow=$(KERAS_BACKEND=tensorflow here/bin/python carried.py 2>/dev/null)
echo "called, predicted: on JAX $jax, on TensorFlow $tensorflow"
# Seen: on JAX True False, on TensorFlow True True.
[ "$jax" = "True False" ] && [ "$tensorflow" = "True True" ]
