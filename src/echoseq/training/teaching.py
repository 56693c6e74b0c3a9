"""What a batch says in training: the outputs that are learned from, and the answers that count.

They are the same, unless a model is taught: then it learns from outputs for which it was fed the
previous targets (teacher forcing, Williams and Zipser 1989), while the answers are those that it
gives when it is fed its own. So accuracy means the same for all models, and so does `until:
learned`, which is judged by it.
"""

from collections.abc import Callable
from typing import Any

from echoseq.networks.backend import keras, tf
from echoseq.networks.building import stateful_layers
from echoseq.networks.coding import Coding
from echoseq.task import MISSING
from echoseq.training.activations import Activations, Plain
from echoseq.training.forward import forward_pass

# From windows (batch, n_in) and targets (batch, n_out), integers, to outputs and answers, both
# encoded, as tensors (batch, n_out, features).
Passes = Callable[[Any, Any], tuple[Activations, Activations]]


def passes(model: Any, coding: Coding, *, taught: Any, fresh: bool) -> Passes:
    """The passes of a batch through a model in training.

    Args:
        model: built, with fixed shapes.
        taught: a model of windows and of the targets before each answer, with the weights of
            `model`; None if it is not taught.
        fresh: whether every batch begins with a state of zero, as in `forward_pass`.
    """
    if taught is not None:
        return _taught_passes(model, coding, taught)
    forward = forward_pass(model, coding, fresh=fresh)

    def learn(windows: Any, _targets: Any) -> tuple[Activations, Activations]:
        outputs = forward(windows)
        return outputs, outputs

    return learn


def _taught_passes(model: Any, coding: Coding, taught: Any) -> Passes:
    """The answers come first, and leave nothing behind: neither states nor losses nor gradients.

    Both passes begin with the same state; that of the taught one is carried to the next batch.
    """
    states = [getattr(layer, "states", ()) for layer in stateful_layers(model)]  # not in variables
    kept = [*model.non_trainable_variables, *keras.tree.flatten(states)]

    def learn(windows: Any, targets: Any) -> tuple[Activations, Activations]:
        encoded = coding.encode(windows)
        before = [tf.convert_to_tensor(variable) for variable in kept]
        answers = tf.stop_gradient(model(encoded, training=False))
        for variable, value in zip(kept, before, strict=True):
            variable.assign(value)
        model._clear_losses()
        outputs = taught([encoded, previous(targets, coding)], training=True)
        return Plain(outputs), Plain(answers)

    return learn


def previous(targets: Any, coding: Coding) -> Any:
    """The target before each, encoded; zeros at the first, and where nothing is asked for.

    Args:
        targets: integers, (batch, n_out).

    Returns:
        float32, (batch, n_out, features).
    """
    before = tf.concat([tf.fill([targets.shape[0], 1], MISSING), targets[:, :-1]], axis=1)
    return tf.where((before != MISSING)[..., None], coding.encode(before), 0.0)
