"""Made-up answers of ablated networks, small enough to count by hand."""

import numpy as np

from echoseq.evaluation.ablations import Ablations, Case

# Seeds 3 and 7; two sequences of 4 windows; two values are asked for, from an alphabet of 16.
CASES = [
    Case("intact"),
    Case("attention", "attention"),
    Case("cells_mean", "decoder"),
    Case("cells_worst", "decoder"),
    Case("read_out", "encoder", "h", 2),
]
NETWORKS = [1, 1, 3, 1, 1]
# Right answers by case, seed and sequence: at position 1, at position 2, and all.
RIGHT = [
    [[[4, 4, 4], [4, 4, 4]], [[4, 2, 2], [4, 4, 4]]],
    [[[0, 1, 0], [0, 3, 0]], [[1, 0, 0], [1, 2, 0]]],
    [[[12, 10, 10], [12, 12, 12]], [[9, 6, 6], [12, 12, 12]]],
    [[[4, 2, 2], [4, 4, 4]], [[1, 2, 1], [4, 4, 4]]],
    [[[4, 0, 0], [4, 1, 1]], [[4, 0, 0], [4, 0, 0]]],
]
# Of the cells of the decoder, in all sequences; the first two of seed 3 cost nothing.
HELD = [
    [[8, 8, 8], [8, 8, 8], [8, 6, 6]],
    [[8, 6, 6], [8, 6, 6], [5, 6, 5]],
]
CORRECT = np.array(RIGHT).transpose(1, 0, 2, 3)
WRONG = 1 - CORRECT[..., :2] / (4 * np.array(NETWORKS)[:, None, None])
ABLATIONS = Ablations(
    seeds=np.array([3, 7]),
    **dict(zip(Case._fields, map(np.array, zip(*CASES, strict=True)), strict=True)),
    networks=np.array(NETWORKS),
    cell=np.array([[-1, -1, -1, 2, -1]] * 2),
    correct=CORRECT,
    loss=(WRONG * np.log(16)).astype(np.float32),
    cells=np.array([2, 2, 2]),
    held=np.array(HELD),
    windows=np.array([4, 4, 4]),
    values=np.array([2, 2, 2, 2]),
    drawn=np.array([True, True]),
    alphabet=np.array(16),
    encoding=np.array("one_hot"),
)
