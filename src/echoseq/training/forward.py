"""The forward pass of a plain Keras model as training computes it: the same numbers, sooner.

A Keras model computes its layers one by one, and a recurrent layer its steps one by one, with a
gradient that is derived step by step. Of a model with a standard LSTM, GRU or simple RNN, or a cell
of one, `layers` computes some in other ways. Every other layer is called as Keras would call it, so
a model that is covered only in part is right all the same. The results differ from those of Keras
by rounding alone.
"""

from collections.abc import Callable
from typing import Any

from echoseq.networks.backend import keras, tf
from echoseq.networks.coding import Coding, OneHot
from echoseq.training.activations import Activations, OneHots, Plain
from echoseq.training.layers import compute, is_covered

Forward = Callable[[Any], Activations]


def forward_pass(model: Any, coding: Coding, *, fresh: bool) -> Forward:
    """The forward pass of a model in training.

    Args:
        model: built, with fixed shapes. Of a sequential or functional one with such a layer,
            that and some other layers are computed in their own way; any other model is called as
            it is, and so is one whose layers add losses when they are called.
        fresh: whether every batch begins with a state of zero. If not, stateful layers read and
            write theirs, as in Keras; otherwise what they hold is neither used nor changed by
            the layers that are not left to Keras.

    Returns:
        A function of windows, integers (batch, n_in), that returns what the model says of them,
        encoded, which as a tensor is (batch, n_out, features).
    """
    run = _RUNS.get(type(model)) if any(map(is_covered, model.layers)) else None
    if run is not None and _adds_losses(model):
        run = None
    if run is _run_functional and _is_left_to_keras(_calls(model)):
        run = None

    def forward(windows: Any) -> Activations:
        if run is None:
            return Plain(model(coding.encode(windows), training=True))
        return run(model, _first(windows, coding), fresh)

    return forward


def _adds_losses(model: Any) -> bool:
    """Whether a call adds losses: activity regularizers, or `add_loss` in a layer of one's own."""
    layers = model._flatten_layers()
    if any(layer.activity_regularizer is not None for layer in layers):
        return True
    if all(type(layer).__module__.startswith("keras.") for layer in layers):
        return False
    model._clear_losses()
    of_weights = len(model.losses)

    found = []

    def call(windows: Any) -> None:
        model(windows, training=True)
        found.extend(model.losses)

    traced = tf.function(call, autograph=False)
    traced.get_concrete_function(tf.TensorSpec(model.input_shape))  # runs nothing
    model._clear_losses()
    return len(found) > of_weights


def _run_sequential(model: Any, value: Activations, fresh: bool) -> Activations:
    for layer in model.layers:
        (value,) = compute(layer, (value,), {}, fresh=fresh)
    return value


def _run_functional(model: Any, first: Activations, fresh: bool) -> Activations:
    """The calls of a functional model in Keras's order, each with what others returned."""
    values: dict[int, Activations] = {id(model.inputs[0]): first}
    for node in _calls(model):
        inputs = {id(symbol): values[id(symbol)] for symbol in node.input_tensors}
        outputs = compute(node.operation, *node.arguments.fill_in(inputs), fresh=fresh)
        values |= zip(map(id, node.outputs), outputs, strict=True)
    return values[id(model.outputs[0])]


def _calls(model: Any) -> list[Any]:
    """The calls of a functional model, in the order in which Keras makes them."""
    nodes = model._nodes_by_depth
    ordered = [node for depth in sorted(nodes, reverse=True) for node in nodes[depth]]
    return [node for node in ordered if not node.is_input]


def _is_left_to_keras(calls: list[Any]) -> bool:
    """Whether masks are tensors of their own, or a state passes from one call to another."""
    masks = [node.arguments.kwargs.get("mask") for node in calls]
    carrying = [id(node.operation) for node in calls if getattr(node.operation, "stateful", False)]
    masked = any(part is not None for part in keras.tree.flatten(masks))
    return masked or len(set(carrying)) < len(carrying)


def _first(windows: Any, coding: Coding) -> Activations:
    """Windows (batch, n_in) as the first layer gets them."""
    if type(coding) is not OneHot:
        return Plain(coding.encode(windows))
    missing = coding.filler if coding.missing else None
    return OneHots(tf.transpose(windows)[..., None], coding.alphabet, missing)


# A model of a class of one's own may be called in another way than these.
_RUNS: dict[type, Callable[[Any, Activations, bool], Activations]] = {
    keras.Sequential: _run_sequential,
    keras.src.models.functional.Functional: _run_functional,
}
