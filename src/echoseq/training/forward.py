"""The forward pass of a plain Keras model as training computes it: the same numbers, sooner.

A Keras model computes its layers one by one, and a recurrent layer its steps one by one, with a
gradient that is derived step by step. Of a standard LSTM, GRU or simple RNN this module computes
the same in another way:

- a product with one-hot vectors takes rows of the kernel, and its gradient adds to rows;
- there is no product with a state that is known to be zero;
- what a RepeatVector repeats is multiplied once;
- the gradient of the recurrent kernel is one product over all steps;
- layers that treat all steps alike treat them at once.

Every other layer is called as Keras would call it, so a model that is covered only in part is
right all the same. The results differ from those of Keras by rounding alone.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from echoseq.networks.backend import keras, tf
from echoseq.networks.coding import Coding, OneHot
from echoseq.networks.contract import UNROLL_LIMIT
from echoseq.task import MISSING
from echoseq.training.activations import Activations, OneHots, Plain, Repeated, Steps
from echoseq.training.cells import Cell, Gru, Lstm, Simple
from echoseq.training.recurrence import Kernel, run

Forward = Callable[[Any], Any]


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
        encoded: (batch, n_out, features).
    """
    run = _RUNS.get(type(model)) if any(map(_is_covered, model.layers)) else None
    if run is not None and _adds_losses(model):
        run = None
    if run is _run_functional and _is_left_to_keras(_calls(model)):
        run = None

    def forward(windows: Any) -> Any:
        if run is None:
            return model(coding.encode(windows), training=True)
        return run(model, _first(windows, coding), fresh).tensor()

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
        value = _apply(layer, value, fresh=fresh)
    return value


def _run_functional(model: Any, first: Activations, fresh: bool) -> Activations:
    """The calls of a functional model in Keras's order, each with what others returned."""
    values = {id(model.inputs[0]): first}
    for node in _calls(model):
        inputs = {id(symbol): values[id(symbol)] for symbol in node.input_tensors}
        is_layer = isinstance(node.operation, keras.layers.Layer)
        if is_layer and _is_simple(node):
            outputs = [_apply(node.operation, *inputs.values(), fresh=fresh)]
        else:
            tensors = {key: value.tensor() for key, value in inputs.items()}
            args, kwargs = node.arguments.fill_in(tensors)
            options = {"training": True} if is_layer else {}
            returned = keras.tree.flatten(node.operation(*args, **kwargs | options))
            outputs = [*map(Plain, returned)]
        values |= zip(map(id, node.outputs), outputs, strict=True)
    return values[id(model.outputs[0])]


def _calls(model: Any) -> list[Any]:
    """The calls of a functional model, in the order in which Keras makes them."""
    nodes = model._nodes_by_depth
    ordered = [node for depth in sorted(nodes, reverse=True) for node in nodes[depth]]
    return [node for node in ordered if not node.is_input]


def _is_simple(node: Any) -> bool:
    """Whether a call has one tensor as its only argument and returns one."""
    args, others = node.arguments.args, node.arguments.kwargs.items()
    alone = all(value is None for name, value in others if name != "training")
    return alone and len(args) == len(node.outputs) == 1 and args[0] is node.input_tensors[0]


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
    missing = float(MISSING) if coding.missing else None
    return OneHots(tf.transpose(windows)[..., None], coding.alphabet, missing)


def _apply(layer: Any, value: Activations, *, fresh: bool) -> Activations:
    """The output of one layer, in another way than Keras's where there is one."""
    output = None
    if _is_covered(layer):
        output = _recurrent(layer, value, fresh=fresh)
    elif type(layer) in _OTHERS and _is_float32(layer):
        output = _OTHERS[type(layer)](layer, value)
    return Plain(layer(value.tensor(), training=True)) if output is None else output


def _is_covered(layer: Any) -> bool:
    """Whether a layer is one of `_CELLS` with nothing that `recurrence.run` does not do.

    Regularizers of its weights are added in training; constraints are the optimizer's.
    """
    if type(layer) not in _CELLS or type(layer.cell) is not _CELLS[type(layer)][0]:
        return False
    cell: Any = layer.cell
    gates = getattr(cell, "recurrent_activation", keras.activations.sigmoid)  # none if simple
    return (
        (cell.activation, gates) == (keras.activations.tanh, keras.activations.sigmoid)
        and not (cell.dropout or cell.recurrent_dropout)
        and not (layer.go_backwards or layer.return_state or layer.zero_output_for_mask)
        and getattr(cell, "reset_after", True)
        and _is_float32(layer)
        and _is_float32(cell)
    )


def _is_float32(layer: Any) -> bool:
    return layer.dtype_policy.name == "float32"


def _recurrent(layer: Any, value: Activations, *, fresh: bool) -> Activations | None:
    """A recurrent layer step by step, unless there are so many that they compile slowly."""
    steps = value.steps() if isinstance(value, Plain) else value
    if steps.count > UNROLL_LIMIT:
        return None
    cell, carries = _CELLS[type(layer)][1], layer.stateful and not fresh
    bias, kernel = _recurrent_weights(layer.cell)
    inputs = steps.products(tf.convert_to_tensor(layer.cell.kernel), bias)
    held = tf.nest.flatten(layer.states) if carries else []
    states = [tf.convert_to_tensor(state) for state in held] or [None] * cell.count
    masks = [None] * steps.count if steps.mask is None else tf.unstack(steps.mask)
    only_last = not layer.return_sequences
    outputs, states = run(cell, inputs, kernel, states, masks, only_last=only_last)
    for variable, state in zip(held, states):
        variable.assign(state)
    if only_last:
        return Plain(outputs[0])
    return Steps(tf.concat(outputs, axis=0), steps.count, steps.mask)


def _recurrent_weights(cell: Any) -> tuple[Any, Kernel]:
    """The bias of what a step reads, or None, and the recurrent kernel; a GRU has two biases."""
    kernel, bias = tf.convert_to_tensor(cell.recurrent_kernel), cell.bias
    if bias is None or len(bias.shape) == 1:
        return bias, Kernel(kernel)
    first, second = tf.unstack(tf.convert_to_tensor(bias))
    return first, Kernel(tf.concat([kernel, second[None]], axis=0), biased=True)


def _masking(layer: Any, value: Activations) -> Activations | None:
    """A missing value is one that has MISSING in every feature: it becomes zeros, and is masked."""
    if not isinstance(value, OneHots) or value.mask is not None or layer.mask_value != MISSING:
        return None
    if value.missing is None:
        return value
    return replace(value, missing=0.0, mask=value.values != MISSING)


def _reshape(layer: Any, value: Activations) -> Activations | None:
    """All steps as the features of one: the vectors side by side."""
    if not isinstance(value, OneHots) or value.mask is not None:
        return None
    steps, _, vectors = value.values.shape
    if vectors > 1 or tuple(layer.target_shape) != (1, steps * value.alphabet):
        return None
    return replace(value, values=tf.transpose(value.values, [2, 1, 0]))


def _repeat_vector(layer: Any, value: Activations) -> Activations:
    return Repeated(value.tensor(), layer.n)


def _time_distributed(layer: Any, value: Activations) -> Activations | None:
    """A Dense layer treats all rows alike; Keras calls it for each step.

    Not so with a single unit: XLA fuses the product of a matrix and a vector with what makes the
    matrix, and all rows at once were summed in an order that depends on the processor.
    """
    dense = layer.layer
    if type(dense) is not keras.layers.Dense or dense.units == 1 or not _is_float32(dense):
        return None
    steps = value.steps()
    return replace(steps, rows=dense.call(steps.rows))


# A model of a class of one's own may be called in another way than these.
_RUNS: dict[type, Callable[[Any, Activations, bool], Activations]] = {
    keras.Sequential: _run_sequential,
    keras.src.models.functional.Functional: _run_functional,
}
_CELLS: dict[type, tuple[type, Cell]] = {
    keras.layers.LSTM: (keras.layers.LSTMCell, Lstm()),
    keras.layers.GRU: (keras.layers.GRUCell, Gru()),
    keras.layers.SimpleRNN: (keras.layers.SimpleRNNCell, Simple()),
}
_OTHERS: dict[type, Callable[[Any, Any], Activations | None]] = {
    keras.layers.Masking: _masking,
    keras.layers.Reshape: _reshape,
    keras.layers.RepeatVector: _repeat_vector,
    keras.layers.TimeDistributed: _time_distributed,
}
