"""Made-up predictions, small enough to count by hand."""

import numpy as np
from framed import frame

from echoseq.evaluation.predictions import Predictions


def predicted(
    *,
    seeds: np.ndarray,
    sequences: np.ndarray,
    tokens: np.ndarray,
    loss: np.ndarray,
    distance: np.ndarray,
    n_in: np.ndarray,
    alphabet: np.ndarray,
    keep_missing: np.ndarray,
) -> Predictions:
    """Predictions of the oldest values of windows."""
    n_out = tokens.shape[-1]
    windows, expected = frame(sequences, int(n_in), n_out, keep_missing=bool(keep_missing))
    return Predictions(
        seeds=seeds,
        sequences=sequences,
        windows=windows.astype(np.int16),
        expected=expected.astype(np.int16),
        tokens=tokens,
        loss=loss,
        distance=distance,
        places=np.arange(n_out),
        drawn=np.ones(n_out, bool),
        alphabet=alphabet,
    )


# Two seeds (3 and 7) answer two sequences of 6 values, framed with n_in 3 and n_out 2 to 4 windows.
# Seed 3 is always right. Seed 7 is wrong in windows 1 (position 1) and 2 (position 2) of sequence
# 0, and in windows 3 (position 1) and 4 (both) of sequence 1.
SEQUENCES = np.array([[0, 1, 2, 3, 4, 5], [9, 8, 7, 6, 5, 4]], np.uint8)
EXPECTED = np.array([[[0, 1], [1, 2], [2, 3], [3, 4]], [[9, 8], [8, 7], [7, 6], [6, 5]]], np.uint8)
SEED_7 = np.array([[[9, 1], [1, 0], [2, 3], [3, 4]], [[9, 8], [8, 7], [0, 6], [5, 6]]], np.uint8)
PREDICTIONS = predicted(
    seeds=np.array([3, 7]),
    sequences=SEQUENCES,
    tokens=np.stack([EXPECTED, SEED_7]),
    loss=np.array([[[0, 0.25], [0.5, 0.25]], [[1, 2], [2, 4]]], np.float32),
    distance=np.array([[[0, 0], [0, 0]], [[2, 0.25], [2, 0.75]]], np.float32),
    n_in=np.array(3),
    alphabet=np.array(10),
    keep_missing=np.array(False),
)
# Right windows of seed 7 by sequence: position 1, position 2, both.
COUNTS_7 = [[3, 3, 2], [2, 3, 2]]
# The same with incomplete windows kept: targets [-, -], [-, first], and four complete
# ones. Seed 3 is right where there is a target, and answers 255 elsewhere; seed 7 answers 0.
MASKED = predicted(
    seeds=PREDICTIONS.seeds,
    sequences=SEQUENCES,
    loss=PREDICTIONS.loss,
    distance=PREDICTIONS.distance,
    n_in=np.array(3),
    alphabet=np.array(10),
    tokens=np.concatenate(
        [
            [
                [[[255, 255], [255, 0]], [[255, 255], [255, 9]]],
                [[[0, 0], [0, 1]], [[0, 0], [0, 9]]],
            ],
            PREDICTIONS.tokens,
        ],
        axis=2,
    ).astype(np.uint8),
    keep_missing=np.array(True),
)


def made_up(
    seeds: list[int], n_out: int, wrong: list[tuple[int, int, int, int]] = (), n_in: int = 3
) -> Predictions:
    """Right answers to two sequences of 6 values, except at (seed, sequence, window, position)."""
    sequences = np.array([[0, 1, 2, 3, 4, 5], [9, 8, 7, 6, 5, 4]], np.uint8)
    windows = np.lib.stride_tricks.sliding_window_view(sequences, n_in, axis=-1)[..., :n_out]
    tokens = np.stack([windows] * len(seeds))
    for seed, sequence, window, position in wrong:
        tokens[seeds.index(seed), sequence, window, position] = 99
    empty = np.zeros((len(seeds), 2, n_out), np.float32)
    return predicted(
        seeds=np.array(seeds),
        sequences=sequences,
        tokens=tokens,
        loss=empty,
        distance=empty,
        n_in=np.array(n_in),
        alphabet=np.array(10),
        keep_missing=np.array(False),
    )
