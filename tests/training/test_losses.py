"""Softmax and cross-entropy in one, beside those of Keras."""

import numpy as np
import pytest

from echoseq.networks.backend import tf
from echoseq.networks.coding import OneHot
from echoseq.task import MISSING
from echoseq.training.activations import Logits, Plain
from echoseq.training.losses import cross_entropy, score

ALPHABET = 11
# A hopeless row and one without doubt are where Keras clips a probability.
SCALES = np.array([1, 1, 5, 40, 0, 100], np.float32)


def logits() -> np.ndarray:
    drawn = np.random.default_rng(0).normal(size=(6, ALPHABET)).astype(np.float32)
    drawn[5, 3] = 9
    return drawn * SCALES[:, None]


@pytest.mark.parametrize("targets", [[0, 1, 2, 3, 4, 3], [5, MISSING, 7, 8, 9, 10]])
def test_losses_hits_and_gradients_are_those_of_keras(targets: list[int]) -> None:
    coding, x = OneHot(ALPHABET, missing=True), tf.constant(logits())
    asked = tf.constant(np.reshape(targets, (2, 3)).T, tf.int32)  # (batch, n_out)
    found = []
    for fused in (True, False):
        with tf.GradientTape() as tape:
            tape.watch(x)
            steps = Logits(x, 2)
            outputs = steps if fused else Plain(steps.tensor())
            loss, hits, count = score(asked, outputs, outputs, coding)
        found.append([loss, hits, count, tape.gradient(loss, x)])
    for ours, keras in zip(*found, strict=True):
        np.testing.assert_allclose(ours, keras, rtol=1e-5, atol=1e-6)
    assert found[0][2] == sum(target != MISSING for target in targets)


def test_of_equal_probabilities_the_first_is_the_answer() -> None:
    _, hits = cross_entropy(tf.zeros([3, 4]), tf.constant([0, 1, 3]))
    np.testing.assert_array_equal(hits, [1, 0, 0])
