"""Run by the Python of another environment: what a saved network answers under a backend.

Called with the page's echo.py, a model, held-out sequences and the file to write.
"""

import runpy
import sys

import keras
import numpy as np

script, path, sequences, written = sys.argv[1:]
echo = runpy.run_path(script)
model = keras.models.load_model(path, compile=False)
answers = np.stack([echo["probabilities"](model, values) for values in np.load(sequences)])
carried = [np.abs(keras.ops.convert_to_numpy(s)).max() for s in model.layers[0].states]
np.savez(
    written, answers=answers, carried=carried, backend=keras.backend.backend(),
    loaded=[name for name in ("tensorflow", "echoseq") if name in sys.modules],
)  # fmt: skip
