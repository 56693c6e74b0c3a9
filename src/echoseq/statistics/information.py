"""Information that answers give about values."""

import math

import numpy as np


def told(loss: np.ndarray, alphabet: int) -> np.ndarray:
    """Bits about values, from the losses of answers in nats.

    log2(alphabet) - loss / ln 2: what answers tell about a value of a uniform alphabet on average
    is at least that (Barber and Agakov 2003, NIPS 16:201).
    """
    return math.log2(alphabet) - loss.astype(np.float64) / math.log(2)
