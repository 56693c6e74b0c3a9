"""How integers are coded for a network, inside compiled programs.

One-hot: a vector of zeros with a 1 at the index of the value, decoded by argmax, learned with
categorical cross-entropy. Linear: the value scaled to 0..1, decoded by rounding, learned with the
squared error. A missing value is the filler in every feature, -1 if a task does not say otherwise.
"""

from dataclasses import dataclass
from typing import Any

from echoseq.networks.backend import keras, tf
from echoseq.study.plan import Plan
from echoseq.task import FILLER, MISSING


@dataclass(frozen=True)
class OneHot:
    """Classification over the alphabet."""

    alphabet: int
    missing: bool
    activation: str = "softmax"
    encoding: str = "one_hot"
    filler: float = FILLER

    @property
    def features(self) -> int:
        """One number for each value of the alphabet."""
        return self.alphabet

    def encode(self, values: Any) -> Any:
        """Integers (...) to float32 (..., alphabet)."""
        encoded = tf.one_hot(values, self.alphabet)
        return _fill(encoded, values, self.filler) if self.missing else encoded

    def decode(self, outputs: Any) -> Any:
        """The most probable value, (...)."""
        return tf.argmax(outputs, -1, output_type=tf.int32)

    def loss(self, values: Any, outputs: Any) -> Any:
        """Categorical cross-entropy in nats, as Keras computes it."""
        return keras.losses.categorical_crossentropy(tf.one_hot(values, self.alphabet), outputs)

    def distance(self, values: Any, outputs: Any) -> Any:
        """From the value to the most probable one, in integers."""
        return tf.cast(tf.abs(self.decode(outputs) - values), tf.float32)


@dataclass(frozen=True)
class Linear:
    """Regression on 0..1."""

    alphabet: int
    missing: bool
    features: int = 1
    activation: str = "linear"
    encoding: str = "linear"
    filler: float = FILLER

    def encode(self, values: Any) -> Any:
        """Integers (...) to float32 (..., 1) in 0..1."""
        encoded = self._scale(values)[..., None]
        return _fill(encoded, values, self.filler) if self.missing else encoded

    def decode(self, outputs: Any) -> Any:
        """The nearest integer of the alphabet, (...)."""
        nearest = tf.round(outputs[..., 0] * (self.alphabet - 1))
        return tf.cast(tf.clip_by_value(nearest, 0, self.alphabet - 1), tf.int32)

    def loss(self, values: Any, outputs: Any) -> Any:
        """The squared error on the scale 0..1."""
        return tf.square(outputs[..., 0] - self._scale(values))

    def distance(self, values: Any, outputs: Any) -> Any:
        """From the value to the unrounded answer, in integers."""
        return tf.abs(outputs[..., 0] * (self.alphabet - 1) - tf.cast(values, tf.float32))

    def _scale(self, values: Any) -> Any:
        return tf.cast(values, tf.float32) / (self.alphabet - 1)


Coding = OneHot | Linear


def coding(encoding: str, alphabet: int, *, missing: bool, filler: float = FILLER) -> Coding:
    """The coding of a task.

    Args:
        missing: whether values may be missing.
        filler: what stands in every feature of one that is.
    """
    return {"one_hot": OneHot, "linear": Linear}[encoding](alphabet, missing, filler=filler)


def coding_of(plan: Plan) -> Coding:
    """The coding of a plan."""
    task = plan.task
    return coding(plan.encoding, task.tokens, missing=task.keep_missing, filler=plan.filler)


def _fill(encoded: Any, values: Any, filler: float) -> Any:
    return tf.where((values == MISSING)[..., None], tf.constant(filler, tf.float32), encoded)
