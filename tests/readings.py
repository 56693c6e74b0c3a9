"""Made-up readouts of probes, small enough to count by hand."""

import numpy as np

from echoseq.evaluation.readouts import Case, Readouts

# Seeds 3 and 7; two sequences of 4 windows of 2 values, of which the first is asked for.
CASES = [
    Case("trained", "linear", "h", 1, 2),
    Case("trained", "linear", "h", 2, 2),
    Case("trained", "linear", "h", 2, 1),
    Case("trained", "mlp", "h", 1, 2),
    Case("untrained", "linear", "h", 1, 2),
    Case("untrained", "linear", "h", 2, 2),
    Case("untrained", "mlp", "h", 1, 2),
    Case("shuffled", "linear", "h", 1, 2),
    Case("shuffled", "mlp", "h", 1, 2),
]
# Right answers by case, seed and sequence; the loss of an accuracy is made up.
RIGHT = [
    [[4, 4], [4, 4]],
    [[1, 0], [1, 2]],
    [[0, 0], [1, 0]],
    [[4, 4], [4, 3]],
    [[2, 2], [2, 2]],
    [[3, 3], [3, 3]],
    [[2, 1], [2, 3]],
    [[0, 1], [0, 0]],
    [[0, 0], [0, 1]],
]
CORRECT = np.array(RIGHT).transpose(1, 0, 2)
READOUTS = Readouts(
    seeds=np.array([3, 7]),
    **dict(zip(Case._fields, map(np.array, zip(*CASES, strict=True)), strict=True)),
    correct=CORRECT,
    loss=((1 - CORRECT / 4) * np.log(16)).astype(np.float32),
    asked=np.array([1]),
    windows=np.array(4),
    alphabet=np.array(16),
)
