"""The loss and the hits of a batch.

Softmax and cross-entropy are one function here, with the gradient written out: probabilities minus
targets. It gives what Keras's two give, to rounding, also where Keras clips a probability.
"""

from typing import Any

from echoseq.networks.backend import keras, tf
from echoseq.networks.coding import Coding, OneHot
from echoseq.task import MISSING
from echoseq.training.activations import Activations, Logits
from echoseq.training.products import across


def score(targets: Any, outputs: Activations, answers: Activations, coding: Coding) -> list[Any]:
    """The summed loss, the number of hits, and the number of targets; missing ones do not count.

    Args:
        targets: integers, (batch, n_out).
        outputs: what is learned from.
        answers: what is scored.
    """
    if isinstance(outputs, Logits) and outputs is answers and isinstance(coding, OneHot):
        targets = tf.reshape(tf.transpose(targets), [-1])
        losses, hits = cross_entropy(outputs.rows, targets)
    else:
        losses = coding.loss(targets, outputs.tensor())
        hits = tf.cast(coding.decode(answers.tensor()) == targets, tf.float32)
    present = tf.cast(targets != MISSING, tf.float32)
    return [tf.reduce_sum(value) for value in (losses * present, hits * present, present)]


def cross_entropy(logits: Any, targets: Any) -> tuple[Any, Any]:
    """Of softmax, in nats, and whether the target is the first of the most probable values.

    Args:
        logits: (rows, alphabet).
        targets: integers, (rows,); the loss of one that is outside the alphabet means nothing.

    Returns:
        Two of (rows,), float32; the second has no gradient.
    """
    chosen = tf.range(logits.shape[1]) == targets[:, None]
    earlier = tf.range(logits.shape[1]) < targets[:, None]
    clip = keras.config.epsilon()

    @tf.custom_gradient
    def of_logits(logits: Any) -> Any:
        powers = tf.exp(logits - across(logits, tf.maximum))
        probabilities = powers / across(powers, tf.add)
        found = across(tf.where(chosen, probabilities, 0.0), tf.add)
        most = across(probabilities, tf.maximum)
        before = across(tf.where(earlier, probabilities, 0.0), tf.maximum)
        losses = -tf.math.log(tf.clip_by_value(found, clip, 1 - clip))
        unclipped = tf.cast((found >= clip) & (found <= 1 - clip), tf.float32)

        def gradient(d_losses: Any, _: Any) -> Any:
            away = probabilities - tf.cast(chosen, tf.float32)
            return away * (unclipped * d_losses[:, None])

        hits = tf.cast((found == most) & (before < most), tf.float32)
        return (losses[:, 0], hits[:, 0]), gradient

    return of_logits(logits)
